"""``digitd config``: what is in effect, and why."""

from pathlib import Path

import click

from digitd.cli.options import config_file


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def config() -> None:
    """Look at the configuration.

    \b
    Example:
      digitd config show --config /etc/digitd/digitd.toml
    """


@config.command()
@config_file
def show(file: Path | None) -> None:
    """Print the configuration in effect, and where each value came from.

    \b
    Example:
      DIGITD_SETTLE_QUIET_S=3 digitd config show
    """
    from digitd.config import describe, load_config

    click.echo(describe(load_config(file)))
