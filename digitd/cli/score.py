"""``digitd score``: a folder, files or PDFs, once."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitd.cli.options import config_file
from digitd.errors import ExitCode
from digitd.names import printable
from digitd.values import ANNOTATE, Status

if TYPE_CHECKING:
    from digitd.score import Tally

_FAILURES_SHOWN = 10


@click.command()
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT...")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder for results.")
@click.option("--form", type=click.Path(path_type=Path), metavar="FILE", help="Read pages of this form (TOML).")
@click.option("--annotate", type=click.Choice(ANNOTATE), help="Which pictures to make; sheets hold a hundred readings.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes to use. [default: one a core]")
@config_file
@click.pass_context
def score(
    context: click.Context,
    inputs: tuple[Path, ...],
    out: Path,
    form: Path | None,
    annotate: str | None,
    jobs: int | None,
    file: Path | None,
) -> None:
    """Read images in bulk, once. INPUT is a folder, an image, a TIFF or a PDF; inputs are never changed.

    Results are those of `digitd watch`: predictions.csv, annotated/, review/. Run it again to go on after an
    interruption or to add new files: what is done is skipped. Exits 8 when some files could not be read.

    With --form, each page is one of that form: a row for each of its fields, and a line for each page in forms/. See
    `digitd form --help`.

    \b
    Examples:
      digitd score scans --out results
      digitd score page-1.png exam.pdf --out results --annotate review
      digitd score 20000-scans --out results --annotate sheet
      digitd score exams.pdf --form exam.toml --out results
    """
    from digitd.config import load_config
    from digitd.score import run_score

    workers = jobs or len(os.sched_getaffinity(0))
    tally = run_score(
        load_config(file), inputs, out, form=form, annotate=annotate, workers=workers, show_progress=_progress
    )
    _report(tally, out)
    if tally.is_interrupted:
        context.exit(ExitCode.INTERRUPTED)
    if tally.failures:
        context.exit(ExitCode.SOME_FAILED)


@contextmanager
def _progress(length: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr where that is a terminal."""
    with click.progressbar(
        length=length, label="reading", file=sys.stderr, hidden=not (sys.stderr and sys.stderr.isatty())
    ) as bar:
        yield bar.update


def _report(tally: "Tally", out: Path) -> None:
    for name, reason, detail in tally.failures[:_FAILURES_SHOWN]:
        click.echo(f"failed: {printable(name)}: {reason}: {detail}", err=True)
    if len(tally.failures) > _FAILURES_SHOWN:
        click.echo(f"failed: {len(tally.failures) - _FAILURES_SHOWN} more; see predictions.csv", err=True)
    counts = ", ".join(f"{tally.statuses[status]} {status}" for status in Status)
    rate = tally.files / tally.elapsed_s if tally.elapsed_s else 0.0
    click.echo(f"files read: {tally.files} in {tally.elapsed_s:.1f} s, {rate:.0f} a second")
    click.echo(f"readings: {tally.statuses.total()}, {counts}")
    if tally.skipped:
        click.echo(f"skipped: {tally.skipped}, done before")
    if tally.passed_over:
        click.echo(f"passed over: {tally.passed_over}, their names do not end like an image or a PDF")
    if tally.is_interrupted:
        click.echo("interrupted; run the same command again to go on", err=True)
    click.echo(f"results: {out / 'predictions.csv'}")
