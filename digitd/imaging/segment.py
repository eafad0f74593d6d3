"""Choose the strokes of an ink map that make up the digit.

Noise, the printed lines around a digit and its neighbours go; strokes that belong to it, such as the bar of a 5, stay.

Residual risk: a stroke that runs along a printed line for its whole length is lost with the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.imaging.binarise import InkMap

    Mask = NDArray[np.uint8]

_SPECK = 0.02
"""Of the area of the largest stroke: smaller marks are noise."""
_PALE = 0.45
"""Of the mean ink of the main stroke: paler marks are remains of shadows or come through from the back."""
_COARSE = 24
"""Pixels: on a noiseless page as small as MNIST's, every pixel near the digit counts, as it did for MNIST's makers."""
_REACH = 0.4
"""Of the larger side of the main stroke: strokes further away belong to something else."""
_MARGIN = 0.2
"""Of the page: printed lines around a digit lie this far outside."""
_SPAN = 0.9
"""Of the page: how far a printed line runs."""
_LINE = 0.06
"""Of the page's longer side: no printed line is thicker."""
_NARROWER = 0.8
"""Of the length of a line: where the rest of the ink spans more, the line may be the top of a 7 or the foot of a 2."""
_SMALLEST_RULED = 24
"""Pixels: on smaller pages strokes and lines look the same."""
_SMALLEST = 0.012
"""Of the page's longer side: smaller marks are dust."""


def strokes(found: InkMap) -> Mask | None:
    """Mark the strokes of the digit.

    Returns
    -------
    ndarray or None
        (H, W) uint8, 1 where a stroke is and 0 elsewhere; None where no mark is large enough.
    """
    mask = (found.ink >= found.weak).view(np.uint8)
    if min(mask.shape) >= _SMALLEST_RULED:
        mask = _unruled(mask)
    count, labels, raw_stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    stats = np.asarray(raw_stats, np.int64)
    strong = np.bincount(labels[found.ink >= found.strong], minlength=count) > 0
    area = stats[:, cv2.CC_STAT_AREA]
    mass = np.bincount(labels.ravel(), weights=found.ink.ravel(), minlength=count) * strong
    mass[0] = 0
    # remains of a shadow may be larger than a small digit, but they are paler
    main = int(np.argmax(mass * (mass / area) ** 2))
    if mass[main] == 0 or area[main] < 2 or max(stats[main, 2:4]) < _SMALLEST * max(mask.shape):
        return None
    kept = _near(stats, main)
    if found.floor > 0 or max(stats[main, 2:4]) > _COARSE:
        kept &= (area >= _SPECK * area[main]) & (mass / area >= _PALE * mass[main] / area[main])
    kept[0] = False
    return np.asarray(kept[labels], np.uint8)


def _near(stats: NDArray[np.int64], main: int) -> NDArray[np.bool_]:
    left, top, width, height = (stats[:, k] for k in range(4))
    gap_x = np.maximum(left - (left[main] + width[main]), left[main] - (left + width))
    gap_y = np.maximum(top - (top[main] + height[main]), top[main] - (top + height))
    reach = _REACH * max(width[main], height[main])
    return np.asarray((gap_x <= reach) & (gap_y <= reach))


def _unruled(mask: Mask) -> Mask:
    """Take printed lines, in both directions, out of (H, W) uint8, keeping the ink that crosses them."""
    return np.ascontiguousarray(_without_rows(np.ascontiguousarray(_without_rows(mask).T)).T)


def _without_rows(mask: Mask) -> Mask:
    lines = _rows(mask)
    if not lines.any():
        return mask
    rest = mask & (lines ^ np.uint8(1))
    columns = np.flatnonzero(lines.any(axis=0))
    if not 0 < _width_of_largest(rest) <= _NARROWER * (columns[-1] - columns[0] + 1):
        return mask
    bridge = np.ones((2 * _thickest(mask) + 1, 1), np.uint8)
    crossing = lines & np.asarray(cv2.morphologyEx(rest, cv2.MORPH_CLOSE, bridge), np.uint8)
    return np.asarray(rest | crossing, np.uint8)


def _rows(mask: Mask) -> Mask:
    """Mark the horizontal lines in the outer rows of (H, W) uint8 that run along nearly the whole page."""
    height, width = mask.shape
    margin = round(_MARGIN * height)
    if not any(edge.any(axis=0).mean() > _SPAN / 2 for edge in (mask[:margin], mask[height - margin :])):
        return np.zeros_like(mask)
    # a line may be broken or slightly tilted: its columns count within a band
    band = cv2.dilate(mask, np.ones((3, 9), np.uint8))
    long = np.asarray(cv2.morphologyEx(band, cv2.MORPH_OPEN, np.ones((1, round(_SPAN * width)), np.uint8)), np.uint8)
    long[margin : height - margin] = 0
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((_thickest(mask) + 1, 1), np.uint8))
    return np.asarray(mask & long & (np.asarray(thick, np.uint8) ^ np.uint8(1)), np.uint8)


def _thickest(mask: Mask) -> int:
    height, width = mask.shape
    return max(2, int(_LINE * max(height, width) + 0.5))


def _width_of_largest(mask: Mask) -> int:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return 0
    widths = np.asarray(stats[1:, cv2.CC_STAT_WIDTH], np.int64)
    return int(widths[int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))])
