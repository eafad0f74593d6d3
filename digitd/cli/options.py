"""Options that more than one command takes, spelled once."""

from pathlib import Path

import click

config_file = click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Configuration file (TOML). [default: $DIGITD_CONFIG, else the built-in values]",
)

outbox_folder = click.option(
    "--outbox",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of results. [default: as configured]",
)
