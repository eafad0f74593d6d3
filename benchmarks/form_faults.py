"""Score files with faults as a user would, and say what came of each: ``python -m benchmarks.form_faults``."""

import csv
import os
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.proc import memory_of, tree
from benchmarks.processes import running

if TYPE_CHECKING:
    from benchmarks.fault_files import Fault
    from benchmarks.fault_stock import Stock

_ROOT = Path(__file__).parents[1]
_LOOK_EVERY_S = 0.05
_GOOD = "zz-good.png"
"""Scored after each fault, to see that the rest is."""
_HEAD = ("fault", "what the rows say", "pages", "exit code", "peak MB", "seconds", "right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the command made of a file.

    Attributes
    ----------
    reasons : tuple of str
        Of each page that has a row, in order: of a page without values the reason, and else empty.
    details : dict of str to str
        What the command said of the first page that failed for each reason.
    exit_code : int
    peak_mb : float
        The most that all its processes together held; what they share counts for each.
    seconds : float
    good : int
        Rows of the good file beside it.
    """

    reasons: tuple[str, ...]
    details: dict[str, str]
    exit_code: int
    peak_mb: float
    seconds: float
    good: int


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--slow", is_flag=True, help="Also files of hundreds of pages and hundreds of MB; some twenty minutes.")
@click.option("--only", default="", metavar="WORDS", help="Only faults with these words in their name.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes that read.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with mnist.npz.  [default: $DIGITD_DATA, or ../shared/data]",
)
def main(*, slow: bool, only: str, jobs: int, data: Path | None) -> None:
    """Score pages and documents with all kinds of faults, and print what became of each; exits 1 unless all is right.

    Each is scored by `digitd score --form` with a good page beside it, whose rows must be there too.

    \b
    Example: python -m benchmarks.form_faults --only TIFF
    """
    from benchmarks.fault_files import faults
    from benchmarks.fault_stock import Stock
    from benchmarks.form_pages import digits_of
    from benchmarks.machine import heading, this_machine
    from benchmarks.section import table

    folder = (data or Path(os.environ.get("DIGITD_DATA", _ROOT.parent / "shared" / "data"))).resolve()
    if not (folder / "mnist.npz").is_file():
        raise click.ClickException(f"{folder}: holds no mnist.npz; name the folder of the real data by --data")
    chosen = [fault for fault in faults() if (slow or not fault.is_slow) and only.lower() in fault.name.lower()]
    stock = Stock.of(digits_of(folder, "validation"))
    said = f"`digitd score --form` with --jobs {jobs} on each of {len(chosen)} faults and a good page."
    head, rule = table(_HEAD, [], words=2)
    click.echo("\n".join([*heading(this_machine(_ROOT), said), head, rule]))
    wrong = 0
    for fault in chosen:
        with tempfile.TemporaryDirectory(prefix="digitd-faults-") as scratch:
            told = provoke(fault, stock, Path(scratch), jobs=jobs)
        is_right = (told.reasons, told.exit_code) == (fault.reasons, fault.exit_code) and told.good > 0
        wrong += not is_right
        click.echo(table(_HEAD, [(fault.name, *_cells(told), "yes" if is_right else "**no**")])[-1])
    raise SystemExit(bool(wrong))


def provoke(fault: "Fault", stock: "Stock", scratch: Path, *, jobs: int) -> Told:
    """Score a fault and a good page in a folder of its own, and look at the processes meanwhile."""
    from benchmarks.drawn import as_png
    from digitd.forms.written import to_toml

    scans, out, template = scratch / "scans", scratch / "out", scratch / "form.toml"
    scans.mkdir()
    (scratch / "blank.png").write_bytes(as_png(stock.blank))
    template.write_text(to_toml(replace(stock.form.template, reference="blank.png")), encoding="utf-8")
    fault.write(stock, scans / f"fault.{fault.ending}")
    (scans / _GOOD).write_bytes(as_png(stock.scans[-1]))
    words = ("score", scans, "--form", template, "--out", out, "--jobs", jobs, "--annotate", "review")
    peak_mb, began = 0.0, time.monotonic()
    with (
        (scratch / "log").open("wb") as log,
        running(("digitd", *map(str, words)), stdout=subprocess.DEVNULL, stderr=log.fileno()) as process,
    ):
        while process.poll() is None:
            peak_mb = max(peak_mb, _resident_mb(process.pid))
            time.sleep(_LOOK_EVERY_S)
    seconds = time.monotonic() - began
    rows = _rows(out / "predictions.csv")
    own = [row for row in rows if row["file"] != _GOOD]
    pages = [next(of_page) for _, of_page in groupby(own, key=lambda row: row["page"])]
    return Told(
        reasons=tuple("" if page["field"] else page["reason"] for page in pages),
        details=_details(scratch / "log"),
        exit_code=process.returncode,
        peak_mb=peak_mb,
        seconds=seconds,
        good=len(rows) - len(own),
    )


def _resident_mb(pid: int) -> float:
    return sum(memory.resident_mb for member in tree(pid) if (memory := memory_of(member)) is not None)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _details(log: Path) -> dict[str, str]:
    """Return what the command said of the first page that failed for each reason."""
    said = [line.split(": ", 3) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("failed: ")]
    return {parts[2]: parts[3] for parts in reversed(said) if len(parts) == 4}


def _cells(told: Told) -> tuple[str, ...]:
    counts = Counter(told.reasons)
    said = [f"{count} {reason or 'read'}" for reason, count in counts.items()]
    said += [f"“{told.details[reason]}”" for reason in counts if reason in told.details]
    return (
        ", ".join(said),
        f"{len(told.reasons)}",
        str(told.exit_code),
        f"{told.peak_mb:.0f}",
        f"{told.seconds:.1f}",
    )


if __name__ == "__main__":
    main()
