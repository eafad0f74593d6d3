"""Tell the marks of a mask apart: what hangs together, corner to corner at least, is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST = 65_000
"""Labels that fit into 16 bits, in which OpenCV needs half the time for its statistics."""


def labelled(mask: NDArray[np.uint8]) -> tuple[NDArray[np.integer], NDArray[np.int32]]:
    """Label the marks of (H, W) uint8, 0 = paper.

    Returns
    -------
    labels : (H, W) uint16 or int32
        0 = paper.
    stats : (N, 5) int32
        OpenCV's statistics, a row for each label: left, top, width, height, area.
    """
    height, width = mask.shape
    most = ((height + 1) // 2) * ((width + 1) // 2)  # so many single pixels have paper between them
    kind = cv2.CV_16U if most < _MOST else cv2.CV_32S
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=kind)
    return np.asarray(labels), np.asarray(stats, np.int32)
