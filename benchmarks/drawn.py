"""Read pages that are drawn on the spot, in this process or in several."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import round_trips
from benchmarks.results import Row, count_right
from benchmarks.ways import DIGITD, TESSERACT, Way, open_ways
from digitd.config import Limits, load_config
from digitd.errors import Rejection
from digitd.imaging.decode import decode_pages
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.calibrate import threshold_for
from digitd.model.classify import load_classifier
from digitd.reader import Reader
from digitd.training.corrupt import CORRUPTIONS, corrupt
from digitd.values import Reading, failed

ROUND_TRIPS = "round trips"
CORRUPTED = "corruptions"
CLUMSY = ("canny_edges", "zigzag")
"""Corruptions that leave no digit to be restored: edges for strokes, and a stroke that is not the digit's."""

SLOW = {"small_on_large": 10}
"""Conditions of which only one digit in so many is drawn, since a page takes as long as a hundred others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Digits to draw in one way, and to read in every way.

    Attributes
    ----------
    group, name : str
        `ROUND_TRIPS` and a condition, or `CORRUPTED` and a corruption.
    digits : (N, 28, 28) uint8, 255 = ink
    labels : tuple of str
    seed : int
    classic : Path
        The artefact of the other model.
    tesseract : str or None
        Path of the command.
    tesseract_rows : int
        It reads so many of the digits.
    """

    group: str
    name: str
    digits: NDArray[np.uint8]
    labels: tuple[str, ...]
    seed: int
    classic: Path
    tesseract: str | None
    tesseract_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Reads pages as `digitd score` does, from the bytes of a file to a reading, in this process."""

    reader: Reader
    limits: Limits

    def read(self, page: NDArray[np.uint8]) -> tuple[Reading, NDArray[np.uint8] | None]:
        """Pack a page as a PNG, decode and read it; return the reading, and the page as decoded if it could be."""
        decoded = next(decode_pages(as_png(page), self.limits))
        if isinstance(decoded, Rejection):
            return failed(1, decoded.reason, str(decoded)), None
        return self.reader.read(decoded, 1), decoded


@cache
def open_desk() -> Desk:
    """Open the shipped model with the settings that digitd has by default; once a process."""
    config = load_config(environ={})
    artefact = load_artefact(shipped_model())
    threshold = threshold_for(artefact.manifest.thresholds, config.review.target_error)
    return Desk(reader=Reader(classifier=load_classifier(artefact), threshold=threshold), limits=config.limits)


def as_png(page: NDArray[np.uint8]) -> bytes:
    """Pack (H, W) or (H, W, 3) uint8 RGB as a PNG."""
    pixels = page if page.ndim == 2 else cv2.cvtColor(page, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def read_drawn(tasks: Sequence[Task], *, jobs: int, tell: Callable[[str], None]) -> list[Row]:
    """Draw and read all tasks in so many processes; the rows come in the order of the tasks."""
    rows = []
    for number, row in enumerate(_rows(tasks, jobs), start=1):
        tell(f"{number} of {len(tasks)}: {row.name}, {100 * row.right[DIGITD].share:.2f} % right")
        rows.append(row)
    return rows


def read_task(task: Task) -> Row:
    """Draw and read the digits of a task."""
    cv2.setNumThreads(1)
    desk, ways = open_desk(), _ways(task.classic, task.tesseract)
    step = SLOW.get(task.name, 1)
    digits, labels = task.digits[::step], task.labels[::step]
    values: dict[str, list[str]] = {name: [] for name in (DIGITD, *ways)}
    for index, page in enumerate(_pages(task, digits)):
        reading, decoded = desk.read(page)
        values[DIGITD].append(reading.value)
        for name, way in ways.items():
            if name != TESSERACT or index < task.tesseract_rows:
                values[name].append("" if decoded is None else way.read(decoded))
    right = {name: count_right(read, labels[: len(read)]) for name, read in values.items()}
    return Row(
        group=task.group,
        name=task.name,
        right=right,
        note=f"one digit in {step}" if step > 1 else "",
    )


def tasks_of(
    digits: NDArray[np.uint8],
    labels: Sequence[str],
    *,
    seed: int,
    classic: Path,
    tesseract: str | None,
    tesseract_rows: int,
) -> list[Task]:
    """Return a task for each condition of the round trips and each corruption."""
    names = [(ROUND_TRIPS, name) for name in round_trips.CONDITIONS] + [(CORRUPTED, name) for name in CORRUPTIONS]
    return [
        Task(
            group=group,
            name=name,
            digits=digits,
            labels=tuple(labels),
            seed=seed,
            classic=classic,
            tesseract=tesseract,
            tesseract_rows=tesseract_rows,
        )
        for group, name in names
    ]


def _pages(task: Task, digits: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    if task.group == ROUND_TRIPS:
        return round_trips.draw(task.name, digits, seed=task.seed)
    return iter(255 - corrupt(digits, task.name, seed=task.seed))


def _rows(tasks: Sequence[Task], jobs: int) -> Iterator[Row]:
    if jobs == 1:
        yield from map(read_task, tasks)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(read_task, tasks)


@cache
def _ways(classic: Path, tesseract: str | None) -> Mapping[str, Way]:
    return open_ways(classic, tesseract=tesseract)
