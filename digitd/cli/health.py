"""``digitd health``: is the daemon well? For scripts and monitoring."""

from pathlib import Path

import click

from digitd.cli.options import config_file, outbox_folder
from digitd.names import printable


@click.command()
@config_file
@outbox_folder
@click.pass_context
def health(context: click.Context, file: Path | None, outbox: Path | None) -> None:
    """Say in a line how the daemon is, and exit 0 if it is well, 1 if it is degraded, 2 if it is dead or hung.

    Degraded is a daemon that is there and waits for something: room on a disk, an inbox to come back, or that somebody
    mends the configuration. It goes on by itself.

    \b
    Examples:
      digitd health --config /etc/digitd/digitd.toml
      digitd health --outbox results || mail -s "digitd" me
    """
    from digitd.config import load_config
    from digitd.health import examine

    condition = examine(load_config(file, flags={"outbox.path": outbox}).state_path)
    what = "; ".join(condition.because) or (condition.snapshot.line if condition.snapshot else "")
    click.echo(f"{condition.health.name.lower()}: {printable(what)}")
    context.exit(condition.health)
