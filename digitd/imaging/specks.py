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
    # all in one array: on a page of 600 pixels, the memory of a second one would cost as much as the search
    found = np.asarray(cv2.dilate(grey, _RING), np.uint8)
    cv2.subtract(grey, found, dst=found)
    alone = _count_above(limit, found)
    cv2.erode(grey, _RING, dst=found)
    cv2.subtract(found, grey, dst=found)
    alone += _count_above(limit, found)
    if alone < _SHARE * grey.size:
        return grey
    return np.asarray(cv2.medianBlur(grey, 3), np.uint8)


def _count_above(limit: float, page: NDArray[np.uint8]) -> int:
    """Count the pixels of (H, W) uint8 above a limit, and overwrite them."""
    return cv2.countNonZero(cv2.threshold(page, limit, 1, cv2.THRESH_BINARY, dst=page)[1])
