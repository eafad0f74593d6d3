"""Take salt and pepper out of a page: single pixels, black and white, that a bad line or a worn sensor leaves."""

import cv2
import numpy as np
from numpy.typing import NDArray

_RING = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
_SMALLEST_PAGE = 16
"""Pixels: in smaller pictures the end of a stroke may be a single pixel."""
_STANDS_OUT = 0.3
"""Of the page's range: how far a pixel must lie from all its neighbours."""
_SHARE = 0.008
"""Of the page. On MNIST's digits no pixel stands out so; at 6 % of salt and pepper about 2 % do."""


def without_salt_and_pepper(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (H, W) uint8 with each pixel the median of its 3x3 neighbours where many stand out alone; else itself."""
    if min(grey.shape) < _SMALLEST_PAGE:
        return grey
    low, high, *_ = cv2.minMaxLoc(grey)
    limit = _STANDS_OUT * (high - low)
    brighter = cv2.subtract(grey, cv2.dilate(grey, _RING))
    darker = cv2.subtract(cv2.erode(grey, _RING), grey)
    alone = cv2.threshold(cv2.max(brighter, darker), limit, 1, cv2.THRESH_BINARY)[1]
    if cv2.countNonZero(alone) < _SHARE * grey.size:
        return grey
    return np.asarray(cv2.medianBlur(grey, 3), np.uint8)
