"""Where the time of an image goes, stage by stage: ``python -m benchmarks.stages``.

Each stage is called by itself, one image after another, in one process, as `digitd score --jobs 1` would.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

import click
import numpy as np

from benchmarks.images import make_images
from benchmarks.machine import heading, this_machine
from benchmarks.section import table
from benchmarks.shipped import describe_shipped
from benchmarks.stopwatch import median_us
from digitd.annotate import Annotator
from digitd.config import load_config
from digitd.imaging.decode import decode_pages
from digitd.imaging.normalise import normalise
from digitd.intake import read_bytes
from digitd.job import Job, prepare_job
from digitd.ledger import Ledger
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.chatter import muted_stderr
from digitd.model.classify import load_classifier
from digitd.projection import CsvProjection
from digitd.publish import commit
from digitd.service.process import set_up_process

_FILES = {28: 400, 100: 300, 600: 60}
_BATCH = 64
"""Files whose rows share a commit."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Print the median microseconds of each stage by the size of the image.

    \b
    Example: python -m benchmarks.stages
    """
    set_up_process("text", level="WARNING")
    with tempfile.TemporaryDirectory(prefix="digitd-benchmark-") as scratch:
        columns = [_stages(Path(scratch), size_px) for size_px in _FILES]
        machine = this_machine(Path(scratch))
    rows = [(stage, *(f"{column[stage]:,.0f}" for column in columns)) for stage in columns[0]]
    lines = heading(machine, str(describe_shipped()), "Microseconds of one image, medians.")
    heads = ("stage", *(f"{size_px} px" for size_px in _FILES))
    click.echo("\n".join([*lines, *table(heads, rows, words=1)]))


def _stages(scratch: Path, size_px: int) -> dict[str, float]:
    files = make_images(scratch, size_px=size_px, count=_FILES[size_px], count_drawn=0).files
    config = load_config(environ={})
    with muted_stderr():  # LiteRT announces its delegate there
        classifier = load_classifier(load_artefact(shipped_model()))
    job = prepare_job(
        model_path=None, review=config.review, limits=config.limits, annotate="none", outbox=scratch / f"{size_px}"
    )
    annotator = Annotator()
    contents = [read_bytes(file, config.limits.max_bytes) for file in files]
    pages = [next(decode_pages(content, config.limits)) for content in contents]
    glyphs = [glyph.pixels[np.newaxis] for page in pages if (glyph := normalise(page)) is not None]
    readings = [job.reader.read(page, 1) for page in pages]
    drawn = list(zip(pages, readings, files, strict=True))
    annotator.render(*drawn[0][:2], "first")
    annotator.cell(*drawn[0][:2], "first")
    return {
        "open and read the file": median_us(lambda file: read_bytes(file, config.limits.max_bytes), files),
        "decode": median_us(lambda content: next(decode_pages(content, config.limits)), contents),
        "normalise": median_us(normalise, pages),
        "classify": median_us(classifier.probabilities, glyphs),
        "all of it: `Job.read`": median_us(lambda file: job.read(file, file.name), files),
        f"rows and CSV, {_BATCH} files a commit": _rows_us(job, files, scratch / f"state-{size_px}"),
        "a card": median_us(lambda item: annotator.render(*item[:2], item[2].name), drawn),
        "a cell of a contact sheet": median_us(lambda item: annotator.cell(*item[:2], item[2].name), drawn),
    }


def _rows_us(job: Job, files: tuple[Path, ...], state: Path) -> float:
    """Commit the rows of all files and project them, batch by batch; return the microseconds of a file."""
    job.outbox.mkdir()
    outcomes = [job.read(file, file.name) for file in files]
    spent = []
    with Ledger.open(state) as ledger:
        csv = CsvProjection(job.outbox / "predictions.csv", ledger)
        csv.catch_up()
        for start in range(0, len(outcomes), _BATCH):
            batch = outcomes[start : start + _BATCH]
            began = time.perf_counter()
            deliveries = ledger.claim((state, outcome.name, outcome.sha256) for outcome in batch)
            committed = zip(deliveries, batch, strict=True)
            commit(ledger, committed, model_id=job.model_id, state="settled")
            csv.catch_up()
            spent.append((time.perf_counter() - began) / len(batch))
    return 1e6 * median(spent)


if __name__ == "__main__":
    main()
