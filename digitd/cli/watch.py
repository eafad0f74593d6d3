"""``digitd watch``: the daemon."""

from functools import partial
from pathlib import Path

import click

from digitd.cli.options import config_file


@click.command()
@config_file
@click.option("--inbox", type=click.Path(path_type=Path), metavar="DIR", help="Folder to watch.")
@click.option("--outbox", type=click.Path(path_type=Path), metavar="DIR", help="Folder for results.")
@click.option("--once", is_flag=True, help="Read what is there, then exit.")
def watch(file: Path | None, inbox: Path | None, outbox: Path | None, once: bool) -> None:
    """Watch an inbox and read every image dropped in it.

    Rows go to predictions.csv in the outbox, pictures to annotated/, the images to done/ or failed/. Ctrl-C or
    SIGTERM finishes what is in hand. SIGHUP reads configuration and model again, or ends it with its terminal.

    \b
    Examples:
      digitd watch                                   ./inbox to ./outbox
      digitd watch --inbox scans --outbox results --once
      digitd watch --config /etc/digitd/digitd.toml
    """
    from digitd.service.hangup import hold_hangups

    hold_hangups()
    from digitd.config import load_config
    from digitd.daemon import serve

    serve(partial(load_config, file, flags={"inbox.path": inbox, "outbox.path": outbox}), once=once)
