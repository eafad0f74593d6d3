"""Watch a process from outside while its rows appear, and tell its start from its steady rate.

``digitd score`` runs as its user runs it. Every 2 ms its predictions.csv is looked at; the moments at which rows
appear in it give both figures. The summary that the command prints would mix them, and the difference of two sizes
would carry the noise of two starts.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SETTLED_ROWS = 32
"""Rows before the steady rate is taken: two commits of 16, so that each of two workers has delivered one."""

_LOOK_EVERY_S = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """That many rows were there, so many seconds after the process was started."""

    at_s: float
    rows: int


def watch_score(folder: Path, out: Path, *, annotate: str, jobs: int) -> list[Sighting]:
    """Run ``digitd score`` on a folder; return when rows appeared, in order, at least once.

    Raises
    ------
    RuntimeError
        When the command does not end with 0, or left no rows.
    """
    words = ("score", str(folder), "--out", str(out), "--annotate", annotate, "--jobs", str(jobs))
    log = out.with_suffix(".log")
    with log.open("wb") as stderr:
        began = time.perf_counter()
        process = _start(("digitd", *words), stdout=subprocess.DEVNULL, stderr=stderr.fileno())
        sightings = _watch(process, out / "predictions.csv", began)
    if process.returncode or not sightings:
        raise RuntimeError(f"digitd {' '.join(words)} ended with {process.returncode}: {log.read_text()}")
    return sightings


def steady_rate(sightings: Sequence[Sighting]) -> float:
    """Return rows per second between the first `SETTLED_ROWS` rows and the last one.

    Raises
    ------
    RuntimeError
        When all rows beyond those appeared at once.
    """
    start = next((sighting for sighting in sightings if sighting.rows >= SETTLED_ROWS), sightings[-1])
    end = sightings[-1]
    if start is end:
        raise RuntimeError(f"{end.rows} rows came too quickly to take a rate; give more images")
    return (end.rows - start.rows) / (end.at_s - start.at_s)


def first_line_s(module: str, *words: str) -> float:
    """Return the seconds from the start of a module's process to its first line on stdout.

    Raises
    ------
    RuntimeError
        When it ends otherwise than with 0, or writes nothing.
    """
    began = time.perf_counter()
    process = _start((module, *words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with process:
        line = process.stdout.readline() if process.stdout else b""
        elapsed_s = time.perf_counter() - began
    if process.returncode or not line:
        raise RuntimeError(f"{module} {' '.join(words)} ended with {process.returncode}")
    return elapsed_s


def _start(words: Sequence[str], *, stdout: int, stderr: int) -> "subprocess.Popen[bytes]":
    """Start a module without the settings of digitd that the user may have made."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DIGITD_")}
    command = [sys.executable, "-m", *words]
    return subprocess.Popen(command, stdout=stdout, stderr=stderr, env=environment)  # noqa: S603 - our own modules


def _watch(process: "subprocess.Popen[bytes]", csv: Path, began: float) -> list[Sighting]:
    sightings: list[Sighting] = []
    size_bytes = 0
    rows = -1  # the header is no row
    has_ended = False
    while not has_ended:
        has_ended = process.poll() is not None  # asked first, so that what it wrote last is seen below
        now_s = time.perf_counter() - began
        added = _bytes_after(csv, size_bytes)
        size_bytes += len(added)
        rows += added.count(b"\n")
        if added and rows > 0:
            sightings.append(Sighting(at_s=now_s, rows=rows))
        time.sleep(_LOOK_EVERY_S)
    return sightings


def _bytes_after(path: Path, size_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(size_bytes)
            return file.read()
    except FileNotFoundError:
        return b""
