"""Take from a strip what runs through it and is pale: folds, a copier's streaks, the shadow of an edge.

None of it is ink: a pen leaves no stroke longer than a box, or as high as the strip, that is so pale. Left where it is,
a fold through a 6 looks like a stroke that strikes it out, and in an empty box like writing.

A pale border that neighbouring boxes share is as long, and is taken as well.

Residual risk: a fold that is darker, or bent, stays.
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


def without_creases(missing: Missing, widest_px: float) -> tuple[Missing, Missing]:
    """Take from a strip the pale lines that run through it, level and upright.

    Parameters
    ----------
    missing : (H, W) uint8
        0 = paper, 255 = no light.
    widest_px : float
        The width of its widest box.

    Returns
    -------
    (H, W) uint8
        What is left.
    (H, W) uint8
        How dark the level lines are, the dark ones that stay among them.
    """
    height, width = missing.shape
    level = _through(missing, (min(width, round(_LONGER * widest_px)), 1))
    pale = cv2.max(_pale(level), _pale(_through(missing, (1, height))))
    return np.asarray(cv2.subtract(missing, pale), np.uint8), level


def _through(missing: Missing, line: tuple[int, int]) -> Missing:
    """Return how dark at least it is all along each line, (width, height) in pixels."""
    across = (_ALONG_PX, 1) if line[1] == 1 else (1, _ALONG_PX)
    even = cv2.blur(missing, across)
    return np.asarray(cv2.morphologyEx(even, cv2.MORPH_OPEN, np.ones(line[::-1], np.uint8)), np.uint8)


def _pale(lines: Missing) -> Missing:
    return np.asarray(cv2.threshold(lines, _PALEST_PRINT, 0, cv2.THRESH_TOZERO_INV)[1], np.uint8)
