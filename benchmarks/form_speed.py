"""Time the reading of scanned forms, A4 at 300 dpi in grey: from the bytes of a PNG to the values of its fields."""

import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import cv2

from benchmarks.drawn import as_png
from benchmarks.form_pages import Task, digits_of, reader_of
from digitd.config import load_config
from digitd.errors import Rejection
from digitd.imaging.decode import decode_pages
from tests.forms.simulation.layouts import layouts
from tests.forms.simulation.scanner import scan
from tests.forms.simulation.writing import fill

_DPI, _DRAWN = 300, 12
"""Different pages; each is read several times, because drawing them takes longer than reading."""
_TIMED = (("markers", 0), ("features", 3))
"""Layouts: the exam, and the dense table."""


def measure_form_speed(data: Path, rows: str, *, pages: int, jobs: int) -> Iterator[str]:
    """Read so many pages with markers and so many without in so many processes, and say how fast that was."""
    digits = digits_of(data, rows)
    with get_context("spawn").Pool(jobs, cv2.setNumThreads, (1,)) as pool:
        for means, layout in _TIMED:
            form = layouts()[layout]
            drawn = []
            for number in range(min(_DRAWN, pages)):
                rng = Task(number=number, seed=0, layout=layout, kind="scan").rng()
                drawn.append(as_png(scan(fill(form, 1, digits, rng), rng, dpi=_DPI).picture))
            work = [(layout, drawn[number % len(drawn)]) for number in range(pages)]
            pool.map(_read, work[: 4 * jobs], chunksize=1)  # so that every process has its reader
            began = time.perf_counter()
            pool.map(_read, work, chunksize=1)
            per_minute = 60 * pages / (time.perf_counter() - began)
            boxes = sum(len(field.boxes) for field in form.template.fields)
            yield f"{per_minute:,.0f} pages a minute with {means} ({boxes} boxes, {jobs} processes, decoding included)."


def _read(work: tuple[int, bytes]) -> None:
    layout, data = work
    for page in decode_pages(data, load_config(environ={}).limits):
        if isinstance(page, Rejection):
            raise page
        reader_of(layout).read(page, 1)
