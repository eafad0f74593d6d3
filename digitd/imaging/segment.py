"""Choose the strokes of an ink map that make up the digit.

Noise, the printed lines around a digit and its neighbours go; strokes that belong to it, such as the bar of a 5, stay.

Residual risk: a loose stroke that the edge of the page cuts is taken for a neighbour's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.marks import labelled
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
    count, _ = cv2.connectedComponents(mask, connectivity=8)
    if count == 2:  # as on most pages: one stroke, and the paper; its statistics are to be had for less
        _, _, width, height = cv2.boundingRect(mask)
        is_large = _is_large(width, height, cv2.countNonZero(mask), mask.shape)
        return mask if is_large and cv2.minMaxLoc(found.ink, mask)[1] >= found.strong else None
    labels, small_stats = labelled(mask)
    stats = small_stats.astype(np.int64)
    area = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)  # of a page that is all ink, the paper has none
    inked = np.flatnonzero(mask)  # mostly an eighth of the page
    label, ink = labels.ravel()[inked], found.ink.ravel()[inked]
    is_strong = np.bincount(label[ink >= found.strong], minlength=count) > 0
    mass = np.bincount(label, weights=ink, minlength=count) * is_strong  # none of the paper
    # remains of a shadow may be larger than a small digit, but they are paler
    main = int(np.argmax(mass * (mass / area) ** 2))
    _, _, width, height, pixels = stats[main].tolist()
    if mass[main] == 0 or not _is_large(width, height, pixels, mask.shape):
        return None
    kept = _near(stats, main)
    if found.floor > 0 or max(stats[main, 2:4]) > _COARSE:
        kept &= (area >= _SPECK * area[main]) & (mass / area >= _PALE * mass[main] / area[main])
    kept &= _belong(stats, main, mask.shape)
    kept[0] = False
    return np.asarray(kept[labels], np.uint8)


def _is_large(width: int, height: int, area: int, shape: tuple[int, int]) -> bool:
    """Return whether a mark is more than dust on a page of a shape."""
    return area >= 2 and max(width, height) >= _SMALLEST * max(shape)


def _without_stains(mask: Mask, strong: Mask) -> Mask:
    """Take pale ink away from the strong, (H, W) uint8 both, where there is so much of it that it is no pen's."""
    pale, most = cv2.countNonZero(cv2.subtract(mask, strong)), _STAINED * cv2.countNonZero(strong)
    if pale <= most:
        return mask  # all of the pale ink would not be too much, let alone what lies apart from the strong
    reach = 2 * round(max(mask.shape) / _EDGES_A_PAGE) + 1
    close = mask & np.asarray(cv2.dilate(strong, np.ones((reach, reach), np.uint8)), np.uint8)
    return close if cv2.countNonZero(mask) - cv2.countNonZero(close) > most else mask


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
