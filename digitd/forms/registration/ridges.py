"""See thin dark lines in a page that was laid flat: how much darker each pixel is than what lies to both sides of it.

The edge of a shadow is dark to one side only, and is not seen; nor is light that falls off slowly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Page = NDArray[np.uint8]

ALONG_PX = 7
"""Of a flat page: a line is looked at over so much of its length at once."""
FLANKS_PX = (3, 6)
"""Of a flat page, from the middle of a line to the paper beside it: for hairlines, and for bold rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ridges:
    """How much darker than its surroundings a page is along upright and along level lines, both (H, W) uint8."""

    upright: Page
    level: Page


def ridges(page: Page) -> Ridges:
    """See the lines of (H, W) uint8, 0 = ink."""
    upright = _across(np.asarray(cv2.blur(page, (1, ALONG_PX)), np.uint8))
    level = _across(np.ascontiguousarray(cv2.blur(page, (ALONG_PX, 1)).T))
    return Ridges(upright=upright, level=np.ascontiguousarray(level.T))


def _across(page: Page) -> Page:
    """Subtract each pixel of (H, W) uint8 from the darker of those beside it, left and right."""
    seen = np.zeros_like(page)
    for flank in FLANKS_PX:
        if page.shape[1] > 2 * flank:
            beside = cv2.min(page[:, : -2 * flank], page[:, 2 * flank :])
            middle = slice(flank, -flank)
            seen[:, middle] = cv2.max(seen[:, middle], cv2.subtract(beside, page[:, middle]))
    return seen
