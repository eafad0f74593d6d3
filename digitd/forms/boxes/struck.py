"""Tell a box that was crossed out from one with something else in it that is no digit.

What counts is how its ink lies, where the classifier sees no digit: a cross from corner to corner, a tangle of strokes,
a block of ink, a level stroke through everything and out at both sides.

Residual risk: a digit with a single thin stroke through it may still look like one; so may one on which a 1 was put.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.boxes.content import darkness_of
from digitd.forms.boxes.pen import pen_px

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.boxes.cut import BoxInk

    Mask = NDArray[np.uint8]

_AS_DARK = 0.4
"""Of the darker half of what is in a box: paler is what a scanner made, and no stroke of the pen that struck it out."""
_NO_DIGIT = 0.5
"""Probability of no digit."""
_BLOCK = 0.65
"""Of a box: no digit covers so much, whatever it looks like."""
_TANGLE = 0.32
"""Of a box: what covers so much, and is no digit, is a tangle."""
_WINDING, _WOUND = 2.3, 0.2
"""The length of its stroke, in longer sides of the ink, and its share of the box: a scribble has more of both."""
_CORNERS = 0.4
"""Of the sides of a box, both: a cross reaches as far."""
_ARMS, _TURNS = 4, 72
"""Of a cross; and the directions in which they are looked for."""
_ARM = 0.8
"""Of the way from where the strokes of a cross meet to the nearest edge of its ink."""
_INKED = 0.85
"""Of that way: so much of it is ink."""
_BENT = 0.07
"""Of a turn: a stroke is no more bent where it crosses the other."""
_THROUGH = 0.87
"""Of the width of a box: so far reaches a stroke that strikes out what is there."""
_BEYOND = 0.05
"""Of the width of a box: how far it goes beyond everything else, at both ends."""
_TALL = 0.35
"""Of the height of a box: what is less high has not been struck out, it is a stroke."""
_INNER = 0.3
"""Of the height of the ink: nearer to its top or bottom that stroke is the bar of a 7 or the foot of a 2."""
_BROADEST = 0.25
"""Of the height of the ink: it is a stroke of a pen."""
_SLIM = 1.1
"""Times the usual width of strokes its ends are high, at most: those of loops are higher."""
_STEEPEST = 0.35
"""Rise over run of that stroke, 19 degrees."""


def is_struck(box: BoxInk, no_digit: float) -> bool:
    """Return whether a box was crossed out.

    Parameters
    ----------
    box : BoxInk
        With ink in it.
    no_digit : float
        The classifier's probability that it is no digit, 0-1.
    """
    mask = _penned(box)
    area = np.count_nonzero(mask) / box.per_mm**2
    covered = area / (box.width * box.height)
    if covered >= _BLOCK:
        return True
    if no_digit < _NO_DIGIT:
        return False
    is_wound = covered >= _WOUND and _winds(mask) >= _WINDING
    return bool(covered >= _TANGLE) or is_wound or _is_cross(mask, box) or is_struck_through(box)


def _penned(box: BoxInk) -> Mask:
    """Return what a pen wrote in a box, cut tightly: (H, W) uint8, 1 = ink."""
    mask = (box.ink > _AS_DARK * darkness_of(box)).view(np.uint8)
    x, y, width, height = cv2.boundingRect(mask)
    return np.ascontiguousarray(mask[y : y + height, x : x + width])


def _winds(mask: Mask) -> float:
    """Return how long the strokes are, in times the longer side of the ink."""
    return float(np.count_nonzero(mask) / pen_px(mask) / max(mask.shape))


def _is_cross(mask: Mask, box: BoxInk) -> bool:
    """Return whether it is two straight strokes across each other: from where they meet, four arms and nothing else."""
    height, width = mask.shape
    if width < _CORNERS * box.width * box.per_mm or height < _CORNERS * box.height * box.per_mm:
        return False
    pen = max(1, round(pen_px(mask)))
    x, y = _crossing(mask, pen)
    radius = _ARM * min(x, y, width - x, height - y)
    if radius < pen:
        return False
    turns = np.arange(_TURNS) * (2 * np.pi / _TURNS)
    steps = np.arange(1, int(radius) + 1)
    columns = np.rint(x + np.cos(turns)[:, None] * steps).astype(int).clip(0, width - 1)
    rows = np.rint(y + np.sin(turns)[:, None] * steps).astype(int).clip(0, height - 1)
    rays = mask[rows, columns]  # (turns, steps)
    at_end = rays[:, -1] > 0
    arms = np.flatnonzero(at_end & ~np.roll(at_end, 1))
    if len(arms) != _ARMS:
        return False
    middles = [arm + np.argmin(np.roll(at_end, -arm)) / 2 for arm in arms]
    reaches = [rays[round(middle) % _TURNS].mean() for middle in middles]
    opposite = [middles[arm + 2] - middles[arm] for arm in (0, 1)]
    is_straight = all(abs(turn - _TURNS / 2) <= _BENT * _TURNS for turn in opposite)
    return bool(min(reaches) >= _INKED) and is_straight


def _crossing(mask: Mask, pen: int) -> tuple[int, int]:
    """Find (column, row) of where the most ink is close together, in the middle of (H, W) uint8."""
    height, width = mask.shape
    close = cv2.blur(mask.astype(np.float32), (2 * pen + 1, 2 * pen + 1), borderType=cv2.BORDER_CONSTANT)
    top, left = height // 4, width // 4
    _, _, _, (x, y) = cv2.minMaxLoc(np.ascontiguousarray(close[top : height - top, left : width - left]))
    return x + left, y + top


def is_struck_through(box: BoxInk) -> bool:
    """Return whether a nearly level stroke goes through all the rest, and beyond it at both ends.

    A digit that is struck out by one still looks like it to the classifier. Of strokes through digits from side to side
    of a box nine in ten are seen; one genuine digit in 1,200, which fills its box, has such a stroke too.
    """
    mask = _penned(box)
    height, width = mask.shape
    if width < _THROUGH * box.width * box.per_mm or height < _TALL * box.height * box.per_mm:
        return False
    beyond = max(2, round(_BEYOND * box.width * box.per_mm))
    ends = [_only_run(mask[:, :beyond]), _only_run(mask[:, -beyond:])]
    if None in ends:
        return False
    (left, left_pen), (right, right_pen) = (end for end in ends if end is not None)
    broadest, rise = max(left_pen, right_pen), abs(right - left) / width
    if rise > _STEEPEST or broadest > min(_BROADEST * height, _SLIM * pen_px(mask) * math.hypot(1, rise)):
        return False
    if not _INNER * height < (left + right) / 2 < (1 - _INNER) * height:
        return False
    rows = np.rint(np.linspace(left, right, width)).astype(int)
    reach = max(1, round(broadest / 2))
    near = np.clip(rows + np.arange(-reach, reach + 1)[:, None], 0, height - 1)
    return bool(mask[near, np.arange(width)].any(axis=0).all())


def _only_run(part: Mask) -> tuple[float, float] | None:
    """Return (middle, height) of the only ink in each column of (h, w) uint8; None where there is other ink too."""
    middles, heights = [], []
    for column in part.T:
        rows = np.flatnonzero(column)
        if not len(rows) or rows[-1] - rows[0] + 1 != len(rows):
            return None
        middles.append((rows[0] + rows[-1]) / 2)
        heights.append(len(rows))
    return float(np.mean(middles)), float(np.max(heights))
