"""Turn a page that was scanned a few degrees off, so that its printed lines are level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.light import reduced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_SEEN_AT = 1600
"""Longest side in pixels at which lines are looked for: a tilt of 0.1 degrees is 2 pixels over the width there."""
_MOST_DEGREES = 8.0
_STEPS = (0.25, 0.02)
"""Degrees: all tilts are tried coarsely, and those round the best one finely."""
_MOST_POINTS = 20_000
_LEAST_DEGREES = 0.03
"""Less is left as it is: turning costs sharpness."""
_LEAST_GAIN = 1.02
"""How much better than as it is a page must line up for being turned."""


def upright(grey: Grey) -> Grey:
    """Return (H, W) uint8 turned so that its printed lines are level; itself where they are or there are none."""
    degrees = _tilt(reduced(grey, _SEEN_AT))
    if abs(degrees) < _LEAST_DEGREES:
        return grey
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _tilt(small: Grey) -> float:
    """Return by how many degrees a page has to be turned, counterclockwise, for its lines to be level and upright.

    Then the edges of what is printed share the fewest rows and columns: the sum of squares of how many are in each is
    largest (the projection profile of Postl, US patent 4723297, with columns besides).
    """
    points = np.argwhere(np.asarray(cv2.Canny(small, 40, 120)) > 0).astype(np.float64)  # (N, 2)
    if not len(points):
        return 0.0
    y, x = points[:: max(1, len(points) // _MOST_POINTS)].T
    best, coarse = 0.0, _MOST_DEGREES
    for step in _STEPS:
        tried = best + np.arange(-coarse, coarse + step / 2, step)
        best = float(max(tried, key=lambda degrees: _lined_up(x, y, degrees)))
        coarse = step
    return best if _lined_up(x, y, best) > _LEAST_GAIN * _lined_up(x, y, 0.0) else 0.0


def _lined_up(x: NDArray[np.float64], y: NDArray[np.float64], degrees: float) -> float:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    total = 0.0
    for across in (cosine * x + sine * y, cosine * y - sine * x):
        counts = np.bincount(np.rint(across - across.min()).astype(np.int64))
        total += float((counts.astype(np.float64) ** 2).sum())
    return total
