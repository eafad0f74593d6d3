"""Count grey levels, and find quantiles among the counts: one count answers many questions, quicker than the pixels.

A quantile of whole numbers is a search for a whole rank. Compared as floats the results would be the same, but the
counts would have to be converted for each search.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    UpTo = NDArray[np.int64]
    """How many pixels lie at each level or below it."""

_FEW = 2000
"""Pixels: NumPy counts fewer in less time, OpenCV more."""


def counted(values: NDArray[np.uint8] | NDArray[np.uint16], levels: int, part: NDArray[np.uint8] | None = None) -> UpTo:
    """Count the pixels at each level or below it.

    Parameters
    ----------
    values : (h, w) uint8 or uint16
        Each below `levels`, and no more than 16 million, or the counts would be rounded.
    levels : int
    part : (h, w) uint8 or None
        Where it is not 0 pixels count.

    Returns
    -------
    (levels,) int64
        The last of them is the number of pixels.
    """
    if values.size < _FEW:
        chosen = values.ravel() if part is None else values[part > 0]
        return np.bincount(chosen, minlength=levels).cumsum()
    return cv2.calcHist([values], [0], part, [levels], [0, levels]).cumsum(dtype=np.int64)


def pixels_up_to(up_to: UpTo, level: int) -> int:
    """Return how many pixels lie at a level or below it, which may also be one that no pixel can have."""
    return int(up_to[min(level, len(up_to) - 1)]) if level >= 0 else 0


def level_at(up_to: UpTo, share: float, before: int, behind: int) -> int:
    """Return the lowest level up to which a share of the pixels lie that have the ranks `before` + 1 to `behind`."""
    return int(up_to.searchsorted(before + ceil(share * (behind - before))))


def is_one_level(up_to: UpTo, before: int, behind: int) -> bool:
    """Return whether all pixels that have the ranks `before` + 1 to `behind` are of one level."""
    return bool(up_to.searchsorted(before + 1) == up_to.searchsorted(behind))


def middle(values: NDArray[Any]) -> np.floating:
    """Return what `numpy.median` does, in a third of its time: the middle one of (N,), or the mean of two.

    It is a scalar of NumPy's, since what it is compared with may depend on its precision.
    """
    ordered = np.sort(values)
    median: np.floating = (ordered[(values.size - 1) // 2] + ordered[values.size // 2]) / 2
    return median


def quartile(up_to: UpTo, number: int) -> float:
    """Return the first, second or third quartile as `numpy.quantile` does, between two levels if need be."""
    whole, quarters = divmod(number * (int(up_to[-1]) - 1), 4)
    below, above = (int(level) for level in up_to.searchsorted((whole + 1, whole + 1 + (quarters > 0))))
    return below + (above - below) * quarters / 4
