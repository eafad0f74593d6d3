"""Measure how wide the strokes of ink are."""

import cv2
import numpy as np
from numpy.typing import NDArray


def pen_px(mask: NDArray[np.uint8]) -> float:
    """Return the usual width of strokes in pixels: across a bar, the mean distance to its edge is a quarter of it.

    Parameters
    ----------
    mask : (H, W) uint8
        1 = ink, 0 = none.
    """
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return 4 * cv2.mean(cv2.distanceTransform(padded, cv2.DIST_L2, 5), padded)[0]
