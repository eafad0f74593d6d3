"""``digitd prune``: remove what was kept long enough, now."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitd.cli.options import config_file, outbox_folder
from digitd.names import printable

if TYPE_CHECKING:
    from digitd.retention import Removal, Walk


@click.command()
@config_file
@outbox_folder
@click.option("--dry-run", is_flag=True, help="Remove nothing, print the names of the files.")
def prune(file: Path | None, outbox: Path | None, dry_run: bool) -> None:
    """Remove from the outbox what has been kept for as many days as [retention] says.

    `digitd watch` does the same by itself, every hour. It may run meanwhile: only files are removed that it has done
    with. Rows stay, in predictions.csv and in the ledger.

    \b
    Examples:
      digitd prune --dry-run
      DIGITD_RETENTION_DONE_KEEP_DAYS=30 digitd prune --outbox results
    """
    from digitd.config import load_config
    from digitd.ledger import Ledger
    from digitd.retention import walks
    from digitd.service.logs import configure_logging

    config = load_config(file, flags={"outbox.path": outbox})
    configure_logging(config.service.log_format, level="WARNING")
    with Ledger.open_results(config.state_path) as ledger:
        found = walks(config.outbox.path, ledger, config.retention, removes=not dry_run)
        for walk in found:
            _run(walk, config.outbox.path, is_dry=dry_run)
    if not found:
        click.echo(
            "everything is kept for ever; set done_keep_days, failed_keep_days, annotated_keep_days or "
            "review_keep_days under [retention]",
            err=True,
        )


def _run(walk: "Walk", outbox: Path, *, is_dry: bool) -> None:
    """Walk to the end and print what that came to; with ``is_dry`` also each file, alone on stdout."""
    files, size_bytes, oldest = 0, 0, float("inf")
    for removed in walk.slices():
        for removal in removed:
            files, size_bytes, oldest = files + 1, size_bytes + removal.size_bytes, min(oldest, removal.changed)
            if is_dry:
                _print(removal, outbox)
    number = "1 file" if files == 1 else f"{files} files"
    verb = "would be removed" if is_dry else "removed"
    since = f", the oldest of {datetime.fromtimestamp(oldest, UTC):%Y-%m-%d}" if files else ""
    click.echo(f"{walk.folder}/: {number}, {size_bytes / 1e6:.1f} MB {verb}{since}", err=is_dry)


def _print(removal: "Removal", outbox: Path) -> None:
    click.echo(printable(str(outbox / removal.path)))
