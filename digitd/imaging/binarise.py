"""Find the ink of a page: which side of the greys it is on, how much there is, and from where on it counts.

Residual risk: a page that is half ink has no polarity that can be told from its greys alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PAPER_SCALE = 0.4
"""Of the longest side: what is wider than this in both directions is paper, light or shadow, not ink."""
_SEEN_AT = 64
"""Longest side in pixels at which light and paper are judged; both vary slowly."""
_FAINTEST = 10
"""Grey levels of 255: fainter marks are not taken for ink."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InkMap:
    """Ink of a page.

    Attributes
    ----------
    ink : ndarray
        (H, W) uint8, 0 = paper, 255 = ink as dark as can be.
    floor : int
        Ink up to here is the texture of the paper.
    weak, strong : int
        Thresholds: a stroke is joined from weak ink and holds some strong ink.
    """

    ink: NDArray[np.uint8]
    floor: int
    weak: int
    strong: int


def to_grey(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn (H, W) or (H, W, 3) uint8 RGB into (H, W) uint8."""
    if page.ndim == 2:
        return np.ascontiguousarray(page)
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)


def dark_on_light(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (H, W) uint8 such that ink is darker than paper, inverted where the page says so."""
    return np.asarray(cv2.bitwise_not(grey), np.uint8) if is_light_on_dark(grey) else grey


def is_light_on_dark(grey: NDArray[np.uint8]) -> bool:
    """Say whether the ink of (H, W) uint8 is lighter than the paper: strokes are what is thin and rare."""
    small = _reduced(grey, _SEEN_AT)
    side = min(max(small.shape) | 1, 255)
    paper = cv2.medianBlur(small, side) if side > 1 else small
    difference = small.astype(np.float32) - paper
    return float((difference**3).sum()) > 0


def flatten(grey: NDArray[np.uint8], paper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Compute ink as the share of the paper's light that is missing: 255 * (1 - grey / paper), uint8."""
    reflectance = cv2.divide(grey, paper, scale=255)
    return np.asarray(cv2.bitwise_not(reflectance), np.uint8)


def paper_of(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Estimate what (H, W) uint8 dark-on-light would be without ink: a closing wider than any stroke, smoothed."""
    small = _reduced(grey, _SEEN_AT)
    side = max(3, round(_PAPER_SCALE * max(small.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    height, width = grey.shape
    return np.asarray(cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def measure(ink: NDArray[np.uint8]) -> InkMap | None:
    """Choose the thresholds of an ink map from its own noise; None where nothing rises out of it."""
    counts = np.bincount(ink.ravel(), minlength=256)
    cumulative = np.cumsum(counts) / ink.size
    low, middle = (int(np.searchsorted(cumulative, q)) for q in (0.05, 0.30))
    noise = (middle - low) / 1.12  # standard normal quantiles 0.30 and 0.05 lie 1.12 apart
    rises_at = int(middle + max(_FAINTEST, 5 * noise))
    above = counts[rises_at:]
    total = int(above.sum())
    if rises_at > 255 or total == 0:
        return None
    peak = rises_at + int(np.searchsorted(np.cumsum(above), 0.8 * total))
    contrast = peak - middle
    floor = 0 if middle == 0 and noise == 0 else int(middle + 2 * noise)
    weak = int(max(middle + 4 * noise, middle + 0.15 * contrast, floor + 1))
    strong = int(max(weak, middle + 0.4 * contrast))
    return InkMap(ink=ink, floor=floor, weak=weak, strong=strong)


def _reduced(grey: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    height, width = grey.shape
    factor = longest / max(height, width)
    if factor >= 1:
        return grey
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
