"""Divide the ink of a strip among its boxes.

A mark that is mostly in one box belongs to it, wherever else it goes. One that is in several is cut where they meet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.boxes.ink import Ink
    from digitd.forms.boxes.strip import Strip

_MOST = 0.75
"""Of the ink of a mark: with so much in one box, all of it is that box's."""


def shares_of(strip: Strip, ink: Ink) -> NDArray[np.int32]:
    """Return for each pixel of ink the number of its box from 1, (H, W) int32; 0 elsewhere."""
    home = _homes(strip)
    boxes, marks = len(strip.boxes), len(ink.stats)
    counts = np.bincount((ink.labels * np.int32(boxes + 1) + home).ravel(), minlength=marks * (boxes + 1))
    counts = counts.reshape(marks, boxes + 1)
    owner = np.where(counts.max(axis=1) >= _MOST * counts.sum(axis=1), counts.argmax(axis=1), -1)
    owner[0] = 0
    owned = owner[ink.labels]
    return np.where(owned < 0, home, owned).astype(np.int32)


def _homes(strip: Strip) -> NDArray[np.int32]:
    """Return for each pixel the number of the box that it is in or nearest to, from 1; 0 where none is near."""
    height, width = strip.missing.shape
    home = np.zeros((height, width), np.int32)
    nearest = np.full((height, width), np.inf, np.float32)
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    for number, (left, top, right, bottom) in enumerate(strip.boxes.tolist(), start=1):
        away_x = np.maximum(np.maximum(left - x, x - right), 0)
        away_y = np.maximum(np.maximum(top - y, y - bottom), 0)
        reach = 0.5 * (right - left)
        columns = np.flatnonzero(away_x <= reach)
        rows = np.flatnonzero(away_y <= reach)
        window = np.ix_(rows, columns)
        away = (away_x[columns] + away_y[rows][:, None]).astype(np.float32)
        is_nearer = away < nearest[window]
        home[window] = np.where(is_nearer, number, home[window])
        nearest[window] = np.minimum(away, nearest[window])
    return home
