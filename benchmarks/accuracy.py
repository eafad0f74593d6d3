"""Measure how much digitd reads right, beside what a person would do without it: ``python -m benchmarks.accuracy``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from benchmarks.accuracy_report import Measured

SEED = 20_241
"""Any number; it is part of the report, because it decides the pages."""

_ROOT = Path(__file__).parents[1]
_BLANKS = 0.5
_RUBBISH = 0.1
"""Pages for each row asked for: of all kinds together, and of each kind."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--rows",
    type=click.IntRange(20, 10_000),
    default=10_000,
    show_default=True,
    help="MNIST test images in all that is drawn from them; 500 for a quick look.",
)
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write everything here too.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with mnist.npz and digits/.  [default: $DIGITD_DATA, or ../shared/data]",
)
@click.option(
    "--mlp",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Model folder of the recipe mlp.  [default: train one meanwhile]",
)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes that read.")
@click.option(
    "--tesseract-rows", type=click.IntRange(1), default=100, show_default=True, help="Pages of each set it reads."
)
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder for pages and results meanwhile.  [default: the system's for such files]",
)
def main(
    *,
    rows: int,
    json_file: Path | None,
    data: Path | None,
    mlp: Path | None,
    jobs: int,
    tesseract_rows: int,
    work: Path | None,
) -> None:
    """Count what is read right, on MNIST, on pages drawn from it and on other handwriting; print one table.

    Takes about half an hour on one core, two minutes with --rows 500. TensorFlow must be installed.

    \b
    Example: python -m benchmarks.accuracy --rows 500 --json accuracy.json
    """
    import json
    import tempfile
    from importlib.util import find_spec

    if find_spec("tensorflow") is None:
        raise click.ClickException("the models that digitd is compared with need it: pip install 'digitd[train]'")
    folder = data or Path(os.environ.get("DIGITD_DATA", _ROOT.parent / "shared" / "data"))
    if not (folder / "mnist.npz").is_file():
        raise click.ClickException(f"{folder}: holds no mnist.npz; name the folder of the real data by --data")

    from benchmarks.accuracy_report import markdown, record
    from benchmarks.machine import this_machine

    with tempfile.TemporaryDirectory(prefix="digitd-accuracy-", dir=work) as scratch:
        machine = this_machine(Path(scratch))
        measured = _measure(folder.resolve(), Path(scratch), mlp, rows=rows, jobs=jobs, tesseract_rows=tesseract_rows)
    click.echo(markdown(machine, measured), nl=False)
    if json_file is not None:
        json_file.write_text(json.dumps(record(machine, measured), indent=2) + "\n", encoding="utf-8")


def _measure(data: Path, work: Path, mlp: Path | None, *, rows: int, jobs: int, tesseract_rows: int) -> "Measured":
    import shutil

    from benchmarks.accuracy_report import Measured
    from benchmarks.drawn import open_desk, read_drawn, tasks_of
    from benchmarks.pace import model_pace, normaliser_us
    from benchmarks.rejects import read_blanks, read_rubbish
    from benchmarks.sets import REAL_SETS, load_mnist_test, read_arrays, read_pngs, read_real
    from benchmarks.shipped import describe_shipped
    from benchmarks.ways import open_ways
    from digitd.config import load_config

    config = load_config(environ={})
    digits, labels = load_mnist_test(data, rows)
    _tell("timing")
    pace, times_us = model_pace(digits), normaliser_us(digits[:1000])
    classic = mlp or _train_mlp(data, work)
    tesseract, limits = shutil.which("tesseract"), config.limits
    ways = open_ways(classic, tesseract=tesseract)
    _tell("MNIST")
    table = [read_arrays(digits, labels, classic)]
    table.append(read_pngs(digits, labels, ways, work=work, jobs=jobs, tesseract_rows=tesseract_rows, limits=limits))
    for name in REAL_SETS:
        _tell(name)
        table.append(read_real(name, data, ways, work=work, jobs=jobs, tesseract_rows=tesseract_rows, limits=limits))
    tasks = tasks_of(digits, labels, seed=SEED, classic=classic, tesseract=tesseract, tesseract_rows=tesseract_rows)
    table += read_drawn(tasks, jobs=jobs, tell=_tell)
    desk = open_desk()
    _tell("what is no digit")
    rubbish = read_rubbish(desk, digits, count=max(20, round(_RUBBISH * rows)), seed=SEED)
    _tell("blank pages")
    return Measured(
        seed=SEED,
        shipped=describe_shipped(),
        rows=table,
        rubbish=rubbish,
        blanks=read_blanks(desk, count=round(_BLANKS * rows), seed=SEED),
        pace=pace,
        normaliser_us=times_us,
        target_error=config.review.target_error,
        tesseract_rows=tesseract_rows if tesseract else None,
    )


def _train_mlp(data: Path, work: Path) -> Path:
    """Train the classic model in a process of its own, so that TensorFlow takes no core from what follows."""
    import subprocess
    import sys

    _tell("training the mlp")
    target = work / "mlp"
    words = ("train", "--recipe", "mlp", "--data", str(data / "mnist.npz"), "--out", str(target))
    ran = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", "digitd", *words], capture_output=True, text=True, check=False, cwd=_ROOT
    )
    if ran.returncode:
        raise click.ClickException(f"digitd {' '.join(words)} ended with {ran.returncode}: {ran.stderr}")
    return target


def _tell(doing: str) -> None:
    click.echo(doing, err=True)


if __name__ == "__main__":
    main()
