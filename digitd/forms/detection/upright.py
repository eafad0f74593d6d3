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
_LONG = 0.12
"""Of the longer side: shorter lines are not held for printed ones."""
_MOST_DEGREES = 8.0
_LEAST_DEGREES = 0.03
"""Less is left as it is: turning costs sharpness."""
_LEAST_LINES = 2


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
    """Return by how many degrees most lines rise to the left, weighed by their length."""
    edges = cv2.Canny(small, 40, 120)
    least = _LONG * max(small.shape)
    lines = cv2.HoughLinesP(edges, 1, np.pi / 3600, threshold=int(least / 2), minLineLength=least, maxLineGap=6)
    if lines is None:
        return 0.0
    x0, y0, x1, y1 = np.asarray(lines, float).reshape(-1, 4).T
    angle = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    angle = (angle + 45) % 90 - 45  # upright lines say the same as level ones
    length = np.hypot(x1 - x0, y1 - y0)
    near = np.abs(angle) <= _MOST_DEGREES
    if np.count_nonzero(near) < _LEAST_LINES:
        return 0.0
    order = np.argsort(angle[near])
    share = np.cumsum(length[near][order])
    return float(angle[near][order][np.searchsorted(share, share[-1] / 2)])
