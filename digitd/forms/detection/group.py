"""Group boxes into fields: neighbours in a row, of one size and one pitch."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from digitd.forms.template import Rect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ALIKE = 0.12
"""Of a box: sizes and rows that differ by less are one."""
_FARTHEST = 0.75
"""Of the width of a box: what is further from its neighbour begins another field."""
_SAME_PITCH = 0.12
"""Of the pitch: a larger step begins another field."""


def group(boxes: Iterable[Rect]) -> list[tuple[Rect, ...]]:
    """Group boxes into rows of evenly spaced ones, top to bottom, then left to right; their sizes are made even."""
    runs: list[list[Rect]] = []
    for box in sorted(boxes, key=lambda box: (box.x, box.y)):
        run = next((run for run in runs if _goes_on(run, box)), None)
        if run is None:
            runs.append([box])
        else:
            run.append(box)
    fields = [_evened(run) for run in runs]
    return _in_reading_order(fields)


def _goes_on(run: Sequence[Rect], box: Rect) -> bool:
    last = run[-1]
    is_alike = (
        abs(box.width - last.width) <= _ALIKE * last.width
        and abs(box.height - last.height) <= _ALIKE * last.height
        and abs(box.y - last.y) <= _ALIKE * last.height
    )
    gap = box.x - last.right
    if not is_alike or not -_ALIKE * last.width <= gap <= _FARTHEST * last.width:
        return False
    if len(run) == 1:
        return True
    pitch = (last.x - run[0].x) / (len(run) - 1)
    return abs(box.x - last.x - pitch) <= _SAME_PITCH * pitch


def _evened(run: Sequence[Rect]) -> tuple[Rect, ...]:
    width, height, y = (median(getattr(box, side) for box in run) for side in ("width", "height", "y"))
    if len(run) == 1:
        return (Rect(x=run[0].x, y=y, width=width, height=height),)
    middle = (len(run) - 1) / 2
    mean = sum(box.x for box in run) / len(run)
    spread = sum((number - middle) ** 2 for number in range(len(run)))
    pitch = sum((number - middle) * (box.x - mean) for number, box in enumerate(run)) / spread
    if abs(pitch - width) <= _ALIKE * width / 2:
        width = pitch  # they adjoin
    first = mean - middle * pitch
    return tuple(Rect(x=first + number * pitch, y=y, width=width, height=height) for number in range(len(run)))


def _in_reading_order(fields: list[tuple[Rect, ...]]) -> list[tuple[Rect, ...]]:
    """Sort fields by their rows: those that overlap by half of their height are in one."""
    rows: list[list[tuple[Rect, ...]]] = []
    for field in sorted(fields, key=lambda field: field[0].y):
        row = rows[-1] if rows else None
        if row and field[0].y < row[0][0].y + row[0][0].height / 2:
            row.append(field)
        else:
            rows.append([field])
    return [field for row in rows for field in sorted(row, key=lambda field: field[0].x)]
