"""Choose the strokes of an ink map that make up the digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.imaging.binarise import InkMap

_SPECK = 0.02
"""Of the area of the largest stroke: smaller marks are noise."""
_REACH = 0.5
"""Of the larger side of the digit: strokes further away belong to something else."""


def strokes(found: InkMap) -> NDArray[np.uint8] | None:
    """Mark the strokes of the digit.

    Returns
    -------
    ndarray or None
        (H, W) uint8, 255 where a stroke is and 0 elsewhere; None where no mark is large enough.
    """
    mask = (found.ink >= found.weak).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    strong = np.bincount(labels[found.ink >= found.strong], minlength=count) > 0
    area = stats[:, cv2.CC_STAT_AREA] * strong
    area[0] = 0
    main = int(np.argmax(area))
    if area[main] < 2:
        return None
    kept = (area >= _SPECK * area[main]) & _near(np.asarray(stats, np.int64), main)
    return np.asarray(np.where(kept[labels], 255, 0), np.uint8)


def _near(stats: NDArray[np.int64], main: int) -> NDArray[np.bool_]:
    left, top, width, height = (stats[:, k] for k in range(4))
    gap_x = np.maximum(left - (left[main] + width[main]), left[main] - (left + width))
    gap_y = np.maximum(top - (top[main] + height[main]), top[main] - (top + height))
    reach = _REACH * max(width[main], height[main])
    return np.asarray((gap_x <= reach) & (gap_y <= reach))
