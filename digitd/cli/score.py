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
@click.option(
    "--form",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read pages of a form by this template; `digitd form detect` makes one. [default: a digit a page]",
)
@click.option(
    "--annotate",
    type=click.Choice(ANNOTATE),
    help="Which pictures to make; sheet: a hundred readings on each, but of forms the same as review.",
)
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

    Results are those of `digitd watch`: predictions.csv, annotated/, review/. With --form also forms/<form>.csv, a
    line a page, and summary.json and summary.png of all pages of the form in DIR. Run it again to go on after an
    interruption or to add new files: what is done is skipped. Exits 8 when some files or pages could not be read.

    \b
    Examples:
      digitd score scans --out results
      digitd score page-1.png exam.pdf --out results --annotate review
      digitd score 20000-scans --out results --annotate sheet
      digitd score exams.pdf --form exam.toml --out results --annotate review
    """
    from digitd.config import load_config
    from digitd.score import run_score

    workers = jobs or len(os.sched_getaffinity(0))
    tally = run_score(
        load_config(file), inputs, out, annotate=annotate, workers=workers, show_progress=_progress, form=form
    )
    _report(tally, out, has_form=form is not None)
    if tally.is_interrupted:
        context.exit(ExitCode.INTERRUPTED)
    if tally.failures:
        context.exit(ExitCode.SOME_FAILED)


@contextmanager
def _progress(length: int) -> Iterator[Callable[[int, int], None]]:
    """Show a bar of the files on stderr where that is a terminal, and how many pages they had so far."""
    pages = 0
    with click.progressbar(
        length=length, label="reading", file=sys.stderr, hidden=not (sys.stderr and sys.stderr.isatty())
    ) as bar:

        def advance(files_done: int, pages_done: int) -> None:
            nonlocal pages
            pages += pages_done
            bar.label = f"reading, {pages} pages"
            bar.update(files_done)

        yield advance


def _report(tally: "Tally", out: Path, *, has_form: bool) -> None:
    for name, reason, detail in tally.failures[:_FAILURES_SHOWN]:
        click.echo(f"failed: {printable(name)}: {reason}: {detail}", err=True)
    if len(tally.failures) > _FAILURES_SHOWN:
        click.echo(f"failed: {len(tally.failures) - _FAILURES_SHOWN} more; see predictions.csv", err=True)
    if has_form:
        _report_pages(tally)
    else:
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
    if has_form:
        click.echo(f"summary: {out / 'summary.json'}, {out / 'summary.png'}")


def _report_pages(tally: "Tally") -> None:
    rate = 60 * tally.pages / tally.elapsed_s if tally.elapsed_s else 0.0
    counts = ", ".join(f"{tally.fields[status]} {status}" for status in Status if status is not Status.FAILED)
    blank_pages = tally.statuses[Status.BLANK] - tally.fields[Status.BLANK]
    click.echo(f"pages: {tally.pages} of {tally.files} files in {tally.elapsed_s:.1f} s, {rate:.0f} a minute")
    click.echo(f"pages without values: {tally.statuses[Status.FAILED]} failed, {blank_pages} blank")
    click.echo(f"fields: {tally.fields.total()}, {counts}")
