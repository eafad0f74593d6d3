"""Take from a strip what runs through it and is pale: folds, a copier's streaks, the shadow of an edge.

None of it is ink: a pen leaves no stroke longer than a box, or as high as the strip, that is so pale. Left where it is,
a fold through a 6 looks like a stroke that strikes it out, and in an empty box like writing.

Where the borders of boxes run along, nothing is taken: a pale border is as long.

Residual risk: a fold that is darker, or bent, stays; so does one that lies on borders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Missing = NDArray[np.uint8]

_LONGER = 1.3
"""Times the width of a box: a level pale line that is no shorter is no stroke in one."""
_PALEST_PRINT = 80
"""Of 255: what is darker is print, or a pen's, and stays."""
_ALONG_PX = 9
"""Noise is averaged over so much of a line."""


def without_creases(missing: Missing, boxes: NDArray[np.float64], near_px: float) -> Missing:
    """Return a strip without the pale lines that run through it, level and upright.

    Parameters
    ----------
    missing : (H, W) uint8
        0 = paper, 255 = no light.
    boxes : (N, 4) float64
        Left, top, right and bottom of each of its boxes, in pixels.
    near_px : float
        How far from where it should be a border may run.
    """
    height, width = missing.shape
    widest_px = float((boxes[:, 2] - boxes[:, 0]).max())
    level = _through(missing, (min(width, round(_LONGER * widest_px)), 1))
    away = np.abs(np.arange(height)[:, None] + 0.5 - boxes[:, [1, 3]].reshape(1, -1)).min(axis=1)  # (H,)
    level[away <= near_px] = 0
    upright = _through(missing, (1, height))
    return np.asarray(cv2.subtract(missing, cv2.max(level, upright)), np.uint8)


def _through(missing: Missing, line: tuple[int, int]) -> Missing:
    """Return how dark at least it is all along each line, (width, height) in pixels; 0 where that is dark."""
    across = (_ALONG_PX, 1) if line[1] == 1 else (1, _ALONG_PX)
    even = cv2.blur(missing, across)
    lines = cv2.morphologyEx(even, cv2.MORPH_OPEN, np.ones(line[::-1], np.uint8))
    return np.asarray(cv2.threshold(lines, _PALEST_PRINT, 0, cv2.THRESH_TOZERO_INV)[1], np.uint8)
