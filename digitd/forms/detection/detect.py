"""Make fields of the boxes on a blank page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.detection.boxes import PER_MM, find_boxes
from digitd.forms.detection.group import group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.template import Rect


def detect(grey: NDArray[np.uint8], width: float, height: float, *, is_filled: bool = False) -> list[tuple[Rect, ...]]:
    """Find the fields of a page.

    Parameters
    ----------
    grey : (H, W) uint8
        The whole page and nothing but it, upright, 0 = ink.
    width, height : float
        Of the page, in mm.
    is_filled : bool
        Something may be written in the boxes.

    Returns
    -------
    list of tuple of Rect
        The boxes of each field, in mm; fields go from top to bottom, then from left to right.
    """
    size = max(1, round(width * PER_MM)), max(1, round(height * PER_MM))
    way = cv2.INTER_AREA if size[0] < grey.shape[1] else cv2.INTER_CUBIC
    seen = np.asarray(cv2.resize(grey, size, interpolation=way), np.uint8)
    return group(find_boxes(seen, is_filled=is_filled))
