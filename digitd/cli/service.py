"""``digitd service``: make digitd a system service."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from digitd.service.installer import Installer

_instance = click.option("--instance", default="", metavar="NAME", help="One of several services, digitd@NAME.")
_root = click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("/"),
    metavar="DIR",
    help="Place files below DIR, run nothing.",
)
_dry_run = click.option("--dry-run", is_flag=True, help="Only say what would be done.")


@click.group()
def service() -> None:
    """Make digitd a system service, or undo that.

    \b
    Example:
      digitd service install --dry-run
    """


@service.command()
@_instance
@_root
@_dry_run
def install(instance: str, root: Path, dry_run: bool) -> None:
    """Place the unit, its user, folders and configuration, for the digitd that is run here.

    What is there and was changed by hand is kept. Run it again after an upgrade.

    \b
    Examples:
      digitd service install
      digitd service install --instance forms
      digitd service install --root image --dry-run
    """
    _installer(root, dry_run).install(instance)


@service.command()
@_instance
@_root
@_dry_run
def uninstall(instance: str, root: Path, dry_run: bool) -> None:
    """Stop the service and remove its files; configuration, data and users stay.

    \b
    Example:
      digitd service uninstall --dry-run
    """
    _installer(root, dry_run).uninstall(instance)


def _installer(root: Path, is_dry: bool) -> "Installer":
    from digitd.service.installer import Installer
    from digitd.service.unit_files import Environment

    return Installer(root, say=click.echo, is_dry=is_dry, environment=Environment.of_this_process())
