"""Take printed lines out of a page: ruling, squared paper, the boxes of forms.

A line counts as printed when it is long, thin and straight, nearly level or upright, and ends at the edge of the page
or at another such line, as the sides of a box do. What crosses it stays.

Residual risk: a stroke that runs along a printed line for its whole length is lost with the line; a digit built of
straight strokes that fill the page is kept only because nothing would be left of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

_SMALLEST_PAGE = 40
"""Pixels of the longer side: on smaller pages lines and strokes look the same."""
_LONG = 0.3
"""Of the page: no shorter line is looked for."""
_THICK = 0.065
"""Of the page's longer side: no printed line is thicker."""
_THREE = np.ones(3, np.int64)
_GAP = 0.2
"""Of the page: how wide the ink may be that crosses a line."""
_COVERED = 0.6
"""Of a line's length: how much of it must be seen as a line, where nothing crosses it."""
_STRAIGHT = 0.70
"""Pixels: how far the middle of a line strays from straight, root mean square."""
_STEEPEST = 0.09
"""Rise over run: 5 degrees."""
_ANCHORED = 0.06
"""Of the page: how near to another line the end of a printed line lies."""
_AT_THE_EDGE = 1
"""Pixels: how near to the edge of the page it does."""
_LONGEST_TIP = 2
"""Pixels: how much of the end of a line as found may be blur."""
_LEAST_REST = 0.2
"""Of the page: when no larger mark is left, the lines were the digit."""
_FLATTEST = 3
"""Times its height: no digit is wider, but the bar of an 8 is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A level line: row = at + slope * column, for columns [begin, end); `reach` rows to either side are ink."""

    at: float
    slope: float
    begin: int
    end: int
    reach: float

    def row(self, column: float) -> float:
        return self.at + self.slope * column

    def ends_outside(self, length: int) -> bool:
        """Return whether it runs from edge to edge of a page of so many columns."""
        return self.begin <= _AT_THE_EDGE and self.end >= length - _AT_THE_EDGE


def without_printed_lines(mask: Mask) -> Mask:
    """Return (H, W) uint8, 1 = ink, without its printed lines; the mask itself where there are none."""
    if max(mask.shape) < _SMALLEST_PAGE or min(mask.shape) < _SMALLEST_PAGE // 2:
        return mask
    height, width = mask.shape
    level_runs = _runs(mask)
    if level_runs is None and not (mask[: _LONGEST_TIP + 1].any() and mask[-_LONGEST_TIP - 1 :].any()):
        return mask  # without a level line, upright ones are printed only where they cross the page
    flipped = np.ascontiguousarray(mask.T)
    upright_runs = _runs(flipped)
    slack = _ANCHORED * max(mask.shape)
    near, far = slack + _LONGEST_TIP, 2 * slack + _LONGEST_TIP
    if 2 not in _met_ends(level_runs, upright_runs, near) + _met_ends(upright_runs, level_runs, near):
        return mask  # the quick end for nearly every digit: its straight strokes end in mid-air
    level = _lines(level_runs, mask, _met_ends(level_runs, upright_runs, far))
    upright = _lines(upright_runs, flipped, _met_ends(upright_runs, level_runs, far))
    level, upright = _with_fourth_sides(level, upright, slack), _with_fourth_sides(upright, level, slack)
    level, upright = _anchored(level, upright, mask.shape, slack)
    if not level and not upright:
        return mask
    rest = _without(mask, level)
    rest = np.ascontiguousarray(_without(np.ascontiguousarray(rest.T), upright).T)
    if _holds_the_digit(rest, level, upright):
        return rest
    is_ruled = all(line.ends_outside(width) for line in level) and all(line.ends_outside(height) for line in upright)
    return rest if is_ruled and (level or len(upright) > 1) else mask


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runs:
    """Long level runs of ink: `thin` is what they are seen in, (H, W) uint8; `labels` and `stats` are OpenCV's."""

    thin: Mask
    labels: NDArray[np.int32]
    stats: NDArray[np.int32]


def _runs(mask: Mask) -> _Runs | None:
    """Find runs that may be level lines in (H, W) uint8."""
    width = mask.shape[1]
    thick = max(2, round(_THICK * max(mask.shape)))
    tall = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thick + 1, 1), np.uint8))
    thin = cv2.subtract(mask, tall)
    shortest = round(_LONG * width)
    # a tilted line climbs by a row or two within the length looked for
    if np.convolve(cv2.reduce(thin, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel(), _THREE).max() < _COVERED * shortest:
        return None
    band = cv2.morphologyEx(
        cv2.dilate(thin, np.ones((3, 1), np.uint8)), cv2.MORPH_CLOSE, np.ones((1, round(_GAP * width)), np.uint8)
    )
    long = cv2.morphologyEx(band, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    if cv2.countNonZero(long) == 0:
        return None
    _, labels, stats, _ = cv2.connectedComponentsWithStats(long, connectivity=8)
    return _Runs(thin=np.asarray(thin, np.uint8), labels=np.asarray(labels), stats=np.asarray(stats))


def _met_ends(runs: _Runs | None, others: _Runs | None, reach: float) -> list[int]:
    """Count, by bounding boxes, how many ends of each run lie at the edge of the page or at a run the other way."""
    if runs is None:
        return []
    length = runs.thin.shape[1]
    across = [] if others is None else [(y, y + h, x, x + w) for x, y, w, h, _ in others.stats[1:].tolist()]
    return [
        sum(
            end <= _LONGEST_TIP
            or end >= length - _LONGEST_TIP
            or any(
                x0 - reach <= end <= x1 + reach and y0 - reach <= top + height and top <= y1 + reach
                for x0, x1, y0, y1 in across
            )
            for end in (left, left + width)
        )
        for left, top, width, height, _ in runs.stats[1:].tolist()
    ]


def _lines(runs: _Runs | None, mask: Mask, met_ends: list[int]) -> list[_Line]:
    """Fit a line to each run that is straight and does not end in mid-air on both sides."""
    if runs is None:
        return []
    labels = (label for label, met in enumerate(met_ends, start=1) if met)
    found = (_line(runs.thin, runs.labels, runs.stats, label) for label in labels)
    return [_to_its_ends(line, mask) for line in found if line is not None]


def _line(thin: Mask, labels: NDArray[np.int32], stats: NDArray[np.int32], label: int) -> _Line | None:
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
    if rms > _STRAIGHT or abs(slope) > _STEEPEST or len(columns) < _COVERED * width * 0.9:
        return None
    reach = float(np.median(counts[columns])) / 2 + 1
    begin, end = left + int(columns[0]), left + int(columns[-1]) + 1
    return _Line(at=top + at - slope * left, slope=float(slope), begin=begin, end=end, reach=reach)


def _straight_through(x: NDArray[np.integer], y: NDArray[np.floating]) -> tuple[float, float]:
    """Return (slope, intercept) of least squares; numpy.polyfit does it in five times the time."""
    middle = x.mean()
    away = x - middle
    slope = float(away @ y) / max(float(away @ away), 1.0)
    return slope, float(y.mean() - slope * middle)


def _to_its_ends(line: _Line, mask: Mask) -> _Line:
    """Follow a line over (H, W) uint8 to where its ink ends; the search for long runs stops short on tilted ones."""
    height, width = mask.shape
    columns = np.arange(width)
    rows = np.clip(np.rint(line.at + line.slope * columns).astype(int), 1, height - 2)
    bare = np.flatnonzero((mask[rows - 1, columns] | mask[rows, columns] | mask[rows + 1, columns]) == 0)
    before, behind = bare[bare < line.begin + _LONGEST_TIP], bare[bare >= line.end - _LONGEST_TIP]
    return replace(line, begin=int(before[-1]) + 1 if len(before) else 0, end=int(behind[0]) if len(behind) else width)


def _with_fourth_sides(level: list[_Line], upright: list[_Line], slack: float) -> list[_Line]:
    """Add the level side of each box of which the other three are found: a stroke that runs along it may hide it."""
    added = []
    for left, right in combinations(sorted(upright, key=lambda line: line.at), 2):
        if abs(left.begin - right.begin) > 2 * slack or abs(left.end - right.end) > 2 * slack:
            continue
        corners = [
            [(left.row(row), row) for row in (left.begin, left.end)],
            [(right.row(row), row) for row in (right.begin, right.end)],
        ]
        for missing in (0, 1):
            (x0, y0), (x1, y1) = corners[0][missing], corners[1][missing]
            if x1 - x0 < 4 * slack or abs(y1 - y0) > _STEEPEST * (x1 - x0) + 2:
                continue
            there = any(_joins(line, corners[0][1 - missing], corners[1][1 - missing], slack) for line in level)
            gone = not any(_joins(line, (x0, y0), (x1, y1), slack) for line in level)
            if there and gone:
                slope = (y1 - y0) / (x1 - x0)
                reach = (left.reach + right.reach) / 2
                inward = reach - 1 if missing == 0 else 1 - reach  # the sides end at the outer edge of their corners
                added.append(
                    _Line(at=y0 - slope * x0 + inward, slope=slope, begin=round(x0), end=round(x1), reach=reach)
                )
    return level + added


def _joins(line: _Line, left: tuple[float, float], right: tuple[float, float], slack: float) -> bool:
    """Return whether a line runs from one corner, (column, row), to the other."""
    return (
        abs(line.begin - left[0]) <= 2 * slack
        and abs(line.end - right[0]) <= 2 * slack
        and abs(line.row(left[0]) - left[1]) <= 2 * slack
        and abs(line.row(right[0]) - right[1]) <= 2 * slack
    )


def _anchored(
    level: list[_Line], upright: list[_Line], shape: tuple[int, int], slack: float
) -> tuple[list[_Line], list[_Line]]:
    """Keep the lines of which both ends are anchored; what ends at a stroke that is no printed line is none either."""
    height, width = shape
    kept_level = [line for line in level if _is_anchored(line, upright, width, slack)]
    kept_upright = [line for line in upright if _is_anchored(line, level, height, slack)]
    if len(kept_level) + len(kept_upright) == len(level) + len(upright):
        return level, upright
    return _anchored(kept_level, kept_upright, shape, slack)


def _is_anchored(line: _Line, others: list[_Line], length: int, slack: float) -> bool:
    """Return whether both ends lie at the edge of the page or at a line the other way."""
    return all(
        end <= _AT_THE_EDGE
        or end >= length - _AT_THE_EDGE
        or any(
            abs(other.row(line.row(end)) - end) <= slack + other.reach
            and other.begin - slack <= line.row(end) <= other.end + slack
            for other in others
        )
        for end in (line.begin, line.end)
    )


def _without(mask: Mask, lines: list[_Line]) -> Mask:
    """Take level lines out of (H, W) uint8, bridging the strokes that cross them."""
    if not lines:
        return mask
    height, width = mask.shape
    rows, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    taken = np.zeros((height, width), bool)
    widest = 0.0
    for line in lines:
        taken |= np.abs(rows - (line.at + line.slope * columns)) <= line.reach
        widest = max(widest, line.reach)
    rest = np.where(taken, 0, mask).astype(np.uint8)
    bridge = np.ones((2 * int(np.ceil(2 * widest)) + 1, 1), np.uint8)
    crossing = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, bridge, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(rest | (mask & np.asarray(crossing, np.uint8) & taken), np.uint8)


def _holds_the_digit(rest: Mask, level: list[_Line], upright: list[_Line]) -> bool:
    """Return whether the largest mark left is large, and inside of what was taken away: lines surround a digit."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    if len(stats) < 2:
        return False
    left, top, width, height, _ = (int(value) for value in stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))])
    if max(width, height) < _LEAST_REST * max(rest.shape) or width > _FLATTEST * height:
        return False
    if not upright:
        return True  # ruling has no sides to lie between
    inward = _ANCHORED * max(rest.shape)  # or it is one side of what was taken away
    across: list[float] = [edge for line in level for edge in (line.begin, line.end)]
    across += [edge for line in upright for edge in (line.row(line.begin), line.row(line.end))]
    down: list[float] = [edge for line in upright for edge in (line.begin, line.end)]
    down += [edge for line in level for edge in (line.row(line.begin), line.row(line.end))]
    if not min(across) + inward < left + width / 2 < max(across) - inward:
        return False
    if not level:
        return True
    is_remains = (  # of a bold box drawn by hand, a zero: it is as large as what was taken away
        left < min(across) + inward
        and left + width > max(across) - inward
        and top < min(down) + inward
        and top + height > max(down) - inward
    )
    return min(down) + inward < top + height / 2 < max(down) - inward and not is_remains
