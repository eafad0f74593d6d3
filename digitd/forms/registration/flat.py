"""Lay a page flat: resample the picture so that a millimetre of the page is everywhere as many pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.registration.geometry import between_centres, per_mm, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.placed import Homography

    Page = NDArray[np.uint8]

_FINEST = 2.0
"""Pixels of the picture to one of the flat page: from there on it is reduced first, lest lines fall through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The size of a page in mm, and how many pixels a millimetre of it has when it lies flat."""

    width: float
    height: float
    per_mm: float

    @property
    def size_px(self) -> tuple[int, int]:
        """Its width and height when it lies flat."""
        return max(1, round(self.width * self.per_mm)), max(1, round(self.height * self.per_mm))


def flatten(grey: Page, transform: Homography, frame: Frame) -> Page:
    """Lay a page flat; what lies outside of the picture is white.

    Parameters
    ----------
    grey : (H, W) uint8
    transform : Homography
        From mm of the page to pixels of the picture.
    frame : Frame
    """
    times = int(per_mm(transform, frame.width, frame.height) / frame.per_mm)
    if times >= _FINEST:
        grey = reduced(grey, times)
        transform = scaled(1 / times, 1 / times) @ transform
    from_flat = between_centres(transform @ scaled(1 / frame.per_mm, 1 / frame.per_mm))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = cv2.BORDER_CONSTANT
    return np.asarray(
        cv2.warpPerspective(grey, from_flat, frame.size_px, flags=flags, borderMode=border, borderValue=255), np.uint8
    )


def reduced(grey: Page, times: int) -> Page:
    """Average squares of so many pixels; what does not fill a square at the right and at the bottom is left out."""
    height, width = grey.shape[0] // times, grey.shape[1] // times
    whole = grey[: height * times, : width * times]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
