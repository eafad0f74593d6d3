"""Divide the ink of a strip among its boxes.

A mark that is mostly in one box belongs to it, wherever else its tails go; so does a narrow one, such as a 1 on a
border, which cut in two would be two. Any other that is in several boxes, or deep in more than one, is cut where they
meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.boxes.ink import Ink
    from digitd.forms.boxes.strip import Strip

_MOST = 0.75
"""Of the ink of a mark: with so much in one box, all of it is that box's."""
_NARROW = 0.4
"""Of a box: a mark that is no wider, or no higher, is one stroke."""
_LITTLE, _MUCH = 0.05, 0.4
"""Of the ink of a mark: a box with a share between them may have it by chance."""
_EDGE, _DEEP = 0.3, 1 / 3
"""Of the width of a box, at either side; and of the ink of a mark in a box: of a digit so much lies further in."""
_SPECK, _FAINT = 0.1, 0.1
"""Of the height of a box, and of the largest mark in it: a mark smaller than both is dust, or left over from print."""
_FURTHEST = 0.5
"""Of the smaller side of a box: ink that is further outside belongs to none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Whose the ink of a strip is.

    Attributes
    ----------
    owner : (H, W) int32
        For each pixel of ink the number of its box, from 1; 0 elsewhere.
    strays : (boxes,) float64
        For each box, how many pixels of marks are in it that may be its neighbour's.
    """

    owner: NDArray[np.int32]
    strays: NDArray[np.float64]


def shares_of(strip: Strip, ink: Ink) -> Shares:
    """Divide the ink of a strip."""
    home, is_inside, is_deep = _homes(tuple(map(tuple, strip.boxes.tolist())), *strip.missing.shape)
    boxes, marks = len(strip.boxes), len(ink.stats)
    inked = np.flatnonzero(ink.labels)
    pairs = ink.labels.ravel()[inked] * np.int32(boxes + 1) + home.ravel()[inked]
    counts = np.bincount(pairs, minlength=marks * (boxes + 1)).reshape(marks, boxes + 1)
    deep = np.bincount(pairs, weights=is_deep.ravel()[inked], minlength=marks * (boxes + 1)).reshape(counts.shape)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    best, most = share.argmax(axis=1), share.max(axis=1)
    widths, heights = strip.boxes[:, 2] - strip.boxes[:, 0], strip.boxes[:, 3] - strip.boxes[:, 1]
    sizes = ink.stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    areas = np.where(np.arange(marks) > 0, ink.stats[:, cv2.CC_STAT_AREA], 0)
    is_narrow = (sizes <= _NARROW * np.array([widths.min(), heights.min()])).any(axis=1)
    is_written = (share > _LITTLE) & (deep >= _DEEP * counts)
    is_cut = ((most < _MOST) | (is_written.sum(axis=1) > 1)) & ~is_narrow
    owner = np.where(is_cut, -1, best)
    is_by_chance = (share > _LITTLE) & (share < _MUCH) & is_cut[:, None] & ~is_written
    # of a narrow mark that is in two boxes, nobody knows whose it is
    is_by_chance |= (share >= 1 - _MOST) & (is_narrow & (most < _MOST))[:, None]
    largest = np.zeros(boxes + 1)
    np.maximum.at(largest, best, areas)
    owner[(sizes.max(axis=1) <= _SPECK * heights.min()) & (areas < _FAINT * largest[best])] = 0
    inside = np.bincount(ink.labels.ravel()[inked], weights=is_inside.ravel()[inked], minlength=marks)
    owner[inside == 0] = 0  # print around the field
    owner[0] = 0
    owned = owner[ink.labels]
    return Shares(
        owner=np.where(owned < 0, home, owned).astype(np.int32),
        strays=np.asarray((counts * (is_by_chance & (inside > 0)[:, None])).sum(axis=0)[1:], np.float64),
    )


@lru_cache(maxsize=128)
def _homes(
    boxes: tuple[tuple[float, ...], ...], height: int, width: int
) -> tuple[NDArray[np.uint16], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return for each pixel (the number of the box it is in or nearest to, from 1, or 0; whether in one; how deep)."""
    home = np.zeros((height, width), np.uint16)
    is_deep = np.zeros((height, width), bool)
    nearest = np.full((height, width), np.inf, np.float32)
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    for number, (left, top, right, bottom) in enumerate(boxes, start=1):
        away_x = np.maximum(np.maximum(left - x, x - right), 0)
        away_y = np.maximum(np.maximum(top - y, y - bottom), 0)
        reach = _FURTHEST * min(right - left, bottom - top)
        columns, rows = np.flatnonzero(away_x <= reach), np.flatnonzero(away_y <= reach)
        if not len(columns) or not len(rows):
            continue
        window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        away = (away_x[columns] + away_y[rows][:, None]).astype(np.float32)
        is_nearer = away < nearest[window]
        home[window][is_nearer] = number
        np.minimum(nearest[window], away, out=nearest[window])
        edge = _EDGE * (right - left)
        is_deep[window] |= (away == 0) & (x[columns] > left + edge) & (x[columns] < right - edge)
    is_inside = nearest == 0
    for kept in (home, is_inside, is_deep):
        kept.setflags(write=False)  # it is shared
    return home, is_inside, is_deep
