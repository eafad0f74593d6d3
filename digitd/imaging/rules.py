"""Take printed lines out of a page: ruling, squared paper, the boxes of forms.

A line counts as printed when it is long, thin and straight, nearly level or upright, and ends at the edge of the page
or at another such line, as the sides of a box do. What crosses it stays.

Residual risk: a stroke that runs along a printed line for its whole length is lost with the line; a digit built of
straight strokes that fill the page is kept only because nothing would be left of it.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.lines import (
    AT_THE_EDGE,
    LONGEST_TIP,
    STEEPEST,
    Line,
    Traces,
    find_traces,
    fit_lines,
    met_ends,
    told_apart,
)
from digitd.imaging.marks import labelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

_SMALLEST_PAGE = 40
"""Pixels of the longer side: on smaller pages lines and strokes look the same."""
_ANCHORED = 0.06
"""Of the page: how near to another line the end of a printed line lies."""
_LEAST_REST = 0.2
"""Of the page: when no larger mark is left, the lines were the digit."""
_FLATTEST = 3
"""Times its height: no digit is wider, but the bar of an 8 is."""


def without_printed_lines(mask: Mask) -> Mask:
    """Return (H, W) uint8, 1 = ink, without its printed lines; the mask itself where there are none."""
    if max(mask.shape) < _SMALLEST_PAGE or min(mask.shape) < _SMALLEST_PAGE // 2:
        return mask
    height, width = mask.shape
    level_traces = find_traces(mask)
    if level_traces is None and not (mask[: LONGEST_TIP + 1].any() and mask[-LONGEST_TIP - 1 :].any()):
        return mask  # without a level line, upright ones are printed only where they cross the page
    flipped = np.ascontiguousarray(mask.T)
    upright_traces = find_traces(flipped)
    if not _may_be_printed(level_traces, upright_traces):
        return mask
    level_runs, upright_runs = told_apart(level_traces), told_apart(upright_traces)
    slack = _ANCHORED * max(mask.shape)
    near, far = slack + LONGEST_TIP, 2 * slack + LONGEST_TIP
    if 2 not in met_ends(level_runs, upright_runs, near) + met_ends(upright_runs, level_runs, near):
        return mask  # the quick end for nearly every digit: its straight strokes end in mid-air
    level = fit_lines(level_runs, mask, met_ends(level_runs, upright_runs, far))
    upright = fit_lines(upright_runs, flipped, met_ends(upright_runs, level_runs, far))
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


def _may_be_printed(level: Traces | None, upright: Traces | None) -> bool:
    """Return whether a run could end at the edges of the page, or at runs the other way, on both sides."""
    if level is not None and upright is not None:
        return True
    return any(traces is not None and traces.touch_both_sides() for traces in (level, upright))


def _with_fourth_sides(level: list[Line], upright: list[Line], slack: float) -> list[Line]:
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
            if x1 - x0 < 4 * slack or abs(y1 - y0) > STEEPEST * (x1 - x0) + 2:
                continue
            there = any(_joins(line, corners[0][1 - missing], corners[1][1 - missing], slack) for line in level)
            gone = not any(_joins(line, (x0, y0), (x1, y1), slack) for line in level)
            if there and gone:
                slope = (y1 - y0) / (x1 - x0)
                reach = (left.reach + right.reach) / 2
                inward = reach - 1 if missing == 0 else 1 - reach  # the sides end at the outer edge of their corners
                added.append(
                    Line(at=y0 - slope * x0 + inward, slope=slope, begin=round(x0), end=round(x1), reach=reach)
                )
    return level + added


def _joins(line: Line, left: tuple[float, float], right: tuple[float, float], slack: float) -> bool:
    """Return whether a line runs from one corner, (column, row), to the other."""
    return (
        abs(line.begin - left[0]) <= 2 * slack
        and abs(line.end - right[0]) <= 2 * slack
        and abs(line.row(left[0]) - left[1]) <= 2 * slack
        and abs(line.row(right[0]) - right[1]) <= 2 * slack
    )


def _anchored(
    level: list[Line], upright: list[Line], shape: tuple[int, int], slack: float
) -> tuple[list[Line], list[Line]]:
    """Keep the lines of which both ends are anchored; what ends at a stroke that is no printed line is none either."""
    height, width = shape
    kept_level = [line for line in level if _is_anchored(line, upright, width, slack)]
    kept_upright = [line for line in upright if _is_anchored(line, level, height, slack)]
    if len(kept_level) + len(kept_upright) == len(level) + len(upright):
        return level, upright
    return _anchored(kept_level, kept_upright, shape, slack)


def _is_anchored(line: Line, others: list[Line], length: int, slack: float) -> bool:
    """Return whether both ends lie at the edge of the page or at a line the other way."""
    return all(
        end <= AT_THE_EDGE
        or end >= length - AT_THE_EDGE
        or any(
            abs(other.row(line.row(end)) - end) <= slack + other.reach
            and other.begin - slack <= line.row(end) <= other.end + slack
            for other in others
        )
        for end in (line.begin, line.end)
    )


def _without(mask: Mask, lines: list[Line]) -> Mask:
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


def _holds_the_digit(rest: Mask, level: list[Line], upright: list[Line]) -> bool:
    """Return whether the largest mark left is large, and inside of what was taken away: lines surround a digit."""
    _, stats = labelled(rest)
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
