"""Choose the strokes of an ink map that make up the digit.

Noise, the printed lines around a digit and its neighbours go; strokes that belong to it, such as the bar of a 5, stay.

Residual risk: a loose stroke that the edge of the page cuts is taken for a neighbour's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.rules import without_printed_lines

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
_STAINED = 0.45
"""Of the area of strong ink: more pale ink than this, apart from it, is a stain, a shadow or the texture of paper."""
_EDGES_A_PAGE = 40
"""A page is about so many times as wide as the blurred edge of a stroke."""
_SMALLEST = 0.012
"""Of the page's longer side: smaller marks are dust."""


def strokes(found: InkMap) -> Mask | None:
    """Mark the strokes of the digit.

    Returns
    -------
    ndarray or None
        (H, W) uint8, 1 where a stroke is and 0 elsewhere; None where no mark is large enough.
    """
    mask = _without_stains((found.ink >= found.weak).view(np.uint8), (found.ink >= found.strong).view(np.uint8))
    mask = without_printed_lines(mask)
    count, labels, raw_stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    stats = np.asarray(raw_stats, np.int64)
    if count == 2:  # as on most pages: one stroke, and the paper
        is_digit = _is_large(stats[1], mask.shape) and bool(np.any(found.ink[mask > 0] >= found.strong))
        return mask if is_digit else None
    strong = np.bincount(labels[found.ink >= found.strong], minlength=count) > 0
    area = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)  # of a page that is all ink, the paper has none
    mass = np.bincount(labels.ravel(), weights=found.ink.ravel(), minlength=count) * strong
    mass[0] = 0
    # remains of a shadow may be larger than a small digit, but they are paler
    main = int(np.argmax(mass * (mass / area) ** 2))
    if mass[main] == 0 or not _is_large(stats[main], mask.shape):
        return None
    kept = _near(stats, main)
    if found.floor > 0 or max(stats[main, 2:4]) > _COARSE:
        kept &= (area >= _SPECK * area[main]) & (mass / area >= _PALE * mass[main] / area[main])
    kept &= _belong(stats, main, mask.shape)
    kept[0] = False
    return np.asarray(kept[labels], np.uint8)


def _is_large(stats: NDArray[np.int64], shape: tuple[int, int]) -> bool:
    """Return whether a mark, by its row of OpenCV's statistics, is more than dust."""
    return bool(stats[cv2.CC_STAT_AREA] >= 2 and max(stats[2:4]) >= _SMALLEST * max(shape))


def _without_stains(mask: Mask, strong: Mask) -> Mask:
    """Take pale ink away from the strong, (H, W) uint8 both, where there is so much of it that it is no pen's."""
    reach = 2 * round(max(mask.shape) / _EDGES_A_PAGE) + 1
    close = mask & np.asarray(cv2.dilate(strong, np.ones((reach, reach), np.uint8)), np.uint8)
    is_stained = cv2.countNonZero(mask) - cv2.countNonZero(close) > _STAINED * cv2.countNonZero(strong)
    return close if is_stained else mask


def _near(stats: NDArray[np.int64], main: int) -> NDArray[np.bool_]:
    left, top, width, height = (stats[:, k] for k in range(4))
    gap_x = np.maximum(left - (left[main] + width[main]), left[main] - (left + width))
    gap_y = np.maximum(top - (top[main] + height[main]), top[main] - (top + height))
    reach = _REACH * max(width[main], height[main])
    return np.asarray((gap_x <= reach) & (gap_y <= reach))


def _belong(stats: NDArray[np.int64], main: int, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Leave out what is cut off by the edge of the page where the main stroke is not: it is a neighbour's."""
    left, top, width, height = (stats[:, k] for k in range(4))
    is_cut = (left <= 0) | (top <= 0) | (left + width >= shape[1]) | (top + height >= shape[0])
    if is_cut[main]:
        return np.ones(len(stats), bool)
    return np.asarray(~is_cut)
