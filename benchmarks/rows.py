"""Watch a process from outside while its rows appear, and tell its start from its steady rate.

``digitd score`` runs as its user runs it. Every 2 ms its predictions.csv is looked at; the moments at which rows
appear in it give both figures. The summary that the command prints would mix them, and the difference of two sizes
would carry the noise of two starts.
"""

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import running

SETTLED_ROWS = 32
"""Rows before the steady rate is taken: two commits of 16, so that each of two workers has delivered one."""

_LOOK_EVERY_S = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """That many rows were there, so many seconds after the process was started."""

    at_s: float
    rows: int


class Tail:
    """Counts the rows of a CSV that grows, and may not be there yet."""

    def __init__(self, csv: Path) -> None:
        self._csv = csv
        self._size_bytes = 0
        self._lines = 0

    def rows(self) -> int:
        """Return how many rows are there now; the header is none."""
        try:
            with self._csv.open("rb") as file:
                file.seek(self._size_bytes)
                added = file.read()
        except FileNotFoundError:
            added = b""
        self._size_bytes += len(added)
        self._lines += added.count(b"\n")
        return max(0, self._lines - 1)


def watch_score(
    folder: Path, out: Path, *, annotate: str, jobs: int, look: Callable[[int, int], None] | None = None
) -> list[Sighting]:
    """Run ``digitd score`` on a folder; return when rows appeared, in order, at least once.

    Parameters
    ----------
    folder, out : Path
    annotate : str
    jobs : int
    look : callable, optional
        Called at every look with the process and the rows there are.

    Raises
    ------
    RuntimeError
        When the command does not end with 0, or left no rows.
    """
    words = ("score", str(folder), "--out", str(out), "--annotate", annotate, "--jobs", str(jobs))
    log = out.with_suffix(".log")
    sightings: list[Sighting] = []
    with log.open("wb") as stderr:
        began = time.perf_counter()
        with running(("digitd", *words), stdout=subprocess.DEVNULL, stderr=stderr.fileno()) as process:
            tail = Tail(out / "predictions.csv")
            has_ended = False
            while not has_ended:
                has_ended = process.poll() is not None  # asked first, so that what it wrote last is seen below
                now_s = time.perf_counter() - began
                note(sightings, tail.rows(), now_s)
                if look is not None:
                    look(process.pid, sightings[-1].rows if sightings else 0)
                time.sleep(_LOOK_EVERY_S)
    if process.returncode or not sightings:
        raise RuntimeError(f"digitd {' '.join(words)} ended with {process.returncode}: {log.read_text()}")
    return sightings


def note(sightings: list[Sighting], rows: int, now_s: float) -> None:
    """Add a sighting where there are more rows than at the last one."""
    if rows > (sightings[-1].rows if sightings else 0):
        sightings.append(Sighting(at_s=now_s, rows=rows))


def steady_rate(sightings: Sequence[Sighting], *, first: int = SETTLED_ROWS) -> float:
    """Return rows per second between the first so many rows and the last one.

    Where a stalled disk lets those and all others appear at once, the rate is taken from the first rows there were.

    Raises
    ------
    RuntimeError
        When all rows appeared at once.
    """
    *earlier, end = sightings
    if not earlier:
        raise RuntimeError(f"{end.rows} rows came too quickly to take a rate; give more images")
    start = next((sighting for sighting in earlier if sighting.rows >= first), earlier[0])
    return (end.rows - start.rows) / (end.at_s - start.at_s)


def first_line_s(module: str, *words: str) -> float:
    """Return the seconds from the start of a module's process to its first line on stdout.

    Raises
    ------
    RuntimeError
        When it ends otherwise than with 0, or writes nothing.
    """
    began = time.perf_counter()
    with running((module, *words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        line = process.stdout.readline() if process.stdout else b""
        elapsed_s = time.perf_counter() - began
        process.wait()
    if process.returncode or not line:
        raise RuntimeError(f"{module} {' '.join(words)} ended with {process.returncode}")
    return elapsed_s
