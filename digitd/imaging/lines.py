"""Find long, thin, straight lines in ink, nearly level; upright ones are found in the page laid on its side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.levels import middle
from digitd.imaging.marks import labelled
from digitd.imaging.packed import sheet_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

_LONG = 0.3
"""Of the page: no shorter line is looked for."""
_THICK = 0.065
"""Of the page's longer side: no printed line is thicker."""
_GAP = 0.2
"""Of the page: how wide the ink may be that crosses a line."""
_COVERED = 0.6
"""Of a line's length: how much of it must be seen as a line, where nothing crosses it."""
_STRAIGHT = 0.70
"""Pixels: how far the middle of a line strays from straight, root mean square."""
STEEPEST = 0.09
"""Rise over run: 5 degrees."""
AT_THE_EDGE = 1
"""Pixels: how near to the edge of the page it does."""
LONGEST_TIP = 2
"""Pixels: how much of the end of a line as found may be blur."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A level line: row = at + slope * column, for columns [begin, end); `reach` rows to either side are ink."""

    at: float
    slope: float
    begin: int
    end: int
    reach: float

    def row(self, column: float) -> float:
        """Return where it is at a column."""
        return self.at + self.slope * column

    def ends_outside(self, length: int) -> bool:
        """Return whether it runs from edge to edge of a page of so many columns."""
        return self.begin <= AT_THE_EDGE and self.end >= length - AT_THE_EDGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What may be level lines: `thin` ink, and where its `long` runs are, both (H, W) uint8."""

    thin: Mask
    long: Mask

    def touch_both_sides(self) -> bool:
        """Return whether there is a run at the left edge of the page, and one at the right."""
        return bool(self.long[:, : LONGEST_TIP + 1].any() and self.long[:, -LONGEST_TIP - 1 :].any())


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Long level runs of ink: `thin` is what they are seen in, (H, W) uint8; `labels` and `stats` are OpenCV's."""

    thin: Mask
    labels: NDArray[np.integer]
    stats: NDArray[np.int32]


def find_traces(mask: Mask) -> Traces | None:
    """Find what may be level lines in (H, W) uint8.

    Ink that is thin from top to bottom is joined across gaps (a closing) and must then be long (an opening).
    """
    height, width = mask.shape
    thick = max(2, round(_THICK * max(height, width))) + 1
    gap, shortest = round(_GAP * width), round(_LONG * width)
    both = gap + shortest - 1  # the erosion of the closing and that of the opening are one
    sheet = sheet_for(height, width, margin=both // 2 + 1)
    ink = sheet.packed(mask)
    thin = ink & ~sheet.grown(sheet.shrunk(ink, sheet.down, thick, thick // 2), sheet.down, thick, thick // 2)
    # a tilted line climbs by a row or two within the length looked for
    joined = sheet.grown(sheet.grown(thin, sheet.down, 3, 1), 1, gap, gap // 2)
    long = sheet.shrunk(joined, 1, both, gap // 2 + shortest // 2)
    if not long:
        return None
    thin_mask = sheet.unpacked(thin)
    counts = cv2.reduce(thin_mask, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    if (counts[:-2] + counts[1:-1] + counts[2:]).max() < _COVERED * shortest:
        return None
    return Traces(thin=thin_mask, long=sheet.unpacked(sheet.grown(long, 1, shortest, shortest // 2)))


def told_apart(traces: Traces | None) -> Runs | None:
    """Label the runs."""
    if traces is None:
        return None
    labels, stats = labelled(traces.long)
    return Runs(thin=traces.thin, labels=labels, stats=stats)


def met_ends(runs: Runs | None, others: Runs | None, reach: float) -> list[int]:
    """Count, by bounding boxes, how many ends of each run lie at the edge of the page or at a run the other way."""
    if runs is None:
        return []
    length = runs.thin.shape[1]
    across = [] if others is None else [(y, y + h, x, x + w) for x, y, w, h, _ in others.stats[1:].tolist()]
    return [
        sum(
            end <= LONGEST_TIP
            or end >= length - LONGEST_TIP
            or any(
                x0 - reach <= end <= x1 + reach and y0 - reach <= top + height and top <= y1 + reach
                for x0, x1, y0, y1 in across
            )
            for end in (left, left + width)
        )
        for left, top, width, height, _ in runs.stats[1:].tolist()
    ]


def fit_lines(runs: Runs | None, mask: Mask, met_ends: list[int]) -> list[Line]:
    """Fit a line to each run that is straight and does not end in mid-air on both sides."""
    if runs is None:
        return []
    labels = (label for label, met in enumerate(met_ends, start=1) if met)
    found = (_line(runs.thin, runs.labels, runs.stats, label) for label in labels)
    return [_to_its_ends(line, mask) for line in found if line is not None]


def _line(thin: Mask, labels: NDArray[np.integer], stats: NDArray[np.int32], label: int) -> Line | None:
    """Fit a straight line to one component; None where it is not straight, level and unbroken."""
    left, top, width, height = (int(value) for value in stats[label][:4])
    window = slice(top, top + height), slice(left, left + width)
    part = np.where(labels[window] == label, thin[window], 0)
    counts = part.sum(axis=0)
    columns = np.flatnonzero(counts)
    if len(columns) < _COVERED * width:
        return None
    rows = (np.arange(height) @ part)[columns] / counts[columns]
    for _ in range(2):
        slope, at = _straight_through(columns, rows)
        off = np.abs(rows - (at + slope * columns))
        if off.max() <= 1:
            break
        near = off <= max(1.0, 2.5 * float(np.partition(off, len(off) // 2)[len(off) // 2]))
        columns, rows = columns[near], rows[near]
    rms = float(np.sqrt(np.mean((rows - (at + slope * columns)) ** 2)))
    if rms > _STRAIGHT or abs(slope) > STEEPEST or len(columns) < _COVERED * width * 0.9:
        return None
    reach = float(middle(counts[columns])) / 2 + 1
    begin, end = left + int(columns[0]), left + int(columns[-1]) + 1
    return Line(at=top + at - slope * left, slope=float(slope), begin=begin, end=end, reach=reach)


def _straight_through(x: NDArray[np.integer], y: NDArray[np.floating]) -> tuple[float, float]:
    """Return (slope, intercept) of least squares; numpy.polyfit does it in five times the time."""
    middle = x.mean()
    away = x - middle
    slope = float(away @ y) / max(float(away @ away), 1.0)
    return slope, float(y.mean() - slope * middle)


def _to_its_ends(line: Line, mask: Mask) -> Line:
    """Follow a line over (H, W) uint8 to where its ink ends; the search for long runs stops short on tilted ones."""
    height, width = mask.shape
    columns = np.arange(width)
    rows = np.clip(np.rint(line.at + line.slope * columns).astype(int), 1, height - 2)
    bare = np.flatnonzero((mask[rows - 1, columns] | mask[rows, columns] | mask[rows + 1, columns]) == 0)
    before, behind = bare[bare < line.begin + LONGEST_TIP], bare[bare >= line.end - LONGEST_TIP]
    return replace(line, begin=int(before[-1]) + 1 if len(before) else 0, end=int(behind[0]) if len(behind) else width)
