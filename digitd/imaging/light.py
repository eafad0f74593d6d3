"""Tell ink from paper by light: which of the two is darker, and what the paper would look like without ink.

A page whose paper is one level (scans, drawings, MNIST) keeps its greys exactly: its paper is a constant. Only where
light or shadow vary is the paper estimated pixel by pixel, in three steps: a robust quadric takes out slow changes up
to the very edge, a wide median keeps the edges of shadows but no strokes, and narrower ones follow what is left.

Residual risks: a page that is half ink has no polarity that greys could tell; a shadow as narrow as a stroke is ink.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.levels import counted, is_one_level, level_at, middle, pixels_up_to, quartile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_SEEN_AT = 48
"""Longest side in pixels at which light is judged: it varies slowly. At 96, shadows were read no better."""
_FLAT = 0.1
"""Interquartile range of the paper's greys, of the contrast to the ink, up to which a page may count as evenly lit."""
_SHADE = 0.2
"""Of the contrast: paper that is darker than this by shadow is no even paper."""
_THICKEST = 0.42
"""Of the longer side: no stroke is thicker, so a darker region that is must be shadow."""
_LIT = 0.02
"""Of the page: more than this on the far side of the paper's grey is light."""
_OFF, _HARD = 0.08, 0.25
"""Where more than a quarter of the page is off the quadric by 8 %, light has hard edges that it would only bend."""
_NEIGHBOURS = np.ones((3, 3), np.uint8)
_LEAST_CUBE, _LEAST_SKEW = 8.0, 0.3
"""Of cubed grey levels, and of their skewness: 20 grey levels of light ink on 5 % of a page make 400, and 4."""
_RIDGE = np.eye(6, dtype=np.float32) * np.float32(1e-3)
"""Keeps the fit solvable on pages that are one pixel wide."""
_HALO = np.ones((5, 5), np.uint8)
"""Around ink: paper so near may be dark by blur, not by a want of light."""
_LEAST_PAPER = 0.1
"""Of the page: less of it says nothing of the light."""
_WINDOWS = (0.6, 0.25, 0.12, 0.06)
"""Of the medians, of the longer side: the first forgets strokes, the following recover the edges of shadows."""
BRIGHTEST = -256
"""Lowest share of missing light that is told apart: twice as bright as paper."""
_DARKEST_PAPER = 16
"""Grey level: below it, sensors see nothing worth amplifying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingLight:
    """How far the pixels of a page are from paper towards ink.

    Attributes
    ----------
    share : ndarray
        (H, W) int16, `BRIGHTEST` to 255; about 0 = paper (noise makes it negative too), 255 = ink as strong as can be.
    step : float
        What one grey level of the page makes in `share`: dark paper is amplified.
    dim : ndarray or None
        (H, W) bool, the darkest quarter of the paper, where the noise is strongest; None on evenly lit pages.
    """

    share: NDArray[np.int16]
    step: float
    dim: NDArray[np.bool_] | None


def to_grey(page: NDArray[np.uint8]) -> Grey:
    """Turn (H, W) or (H, W, 3) uint8 RGB into (H, W) uint8."""
    if page.ndim == 2:
        return np.ascontiguousarray(page)
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)


def reduced(grey: Grey, longest: int) -> Grey:
    """Average (H, W) uint8 down to at most `longest` pixels a side; smaller pages stay as they are."""
    height, width = grey.shape
    factor = longest / max(height, width)
    if factor >= 1:
        return grey
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def smoothed(grey: Grey, sigma_px: float) -> Grey:
    """Blur (H, W) uint8, but not its slow changes of light: at the edges of the page they would seem to end."""
    slow = _quadric(grey)
    rest = cv2.GaussianBlur(grey.astype(np.float32) - slow, (0, 0), sigma_px)
    return np.asarray(np.clip(np.rint(slow + rest), 0, 255), np.uint8)


def missing_light(grey: Grey) -> MissingLight | None:
    """Measure how far each pixel of (H, W) uint8 is from paper towards ink; None for a page of one even grey."""
    small = reduced(grey, _SEEN_AT)
    threshold, dark = dark_part(small)
    share_dark = share_of(dark)
    if share_dark in (0, 1):
        return None
    is_dark_ink = share_dark + (ring_share(dark, 0) + ring_share(dark, max(small.shape) // 12)) / 2 < 1
    level = _even_paper(small, dark, threshold, is_dark_ink)
    if level is not None:
        share = np.asarray(cv2.LUT(grey, _shares_by_level(level, is_dark_ink)), np.int16)
        return MissingLight(share=share, step=_step(level, is_dark_ink), dim=None)
    paper, is_dark_ink = _uneven_paper(small)
    height, width = grey.shape
    whole = np.asarray(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    up_to = counted(paper, 256)
    darkest = floor(quartile(up_to, 1)) if is_dark_ink else ceil(quartile(up_to, 3))
    return MissingLight(
        share=_share(grey, whole, is_dark_ink),
        step=_step(_median(paper), is_dark_ink),
        dim=whole <= darkest if is_dark_ink else whole >= darkest,
    )


def _step(level: float, is_dark_ink: bool) -> float:
    return 255 / max(level if is_dark_ink else 255 - level, _DARKEST_PAPER)


@lru_cache(maxsize=512)
def _shares_by_level(paper: int, is_dark_ink: bool) -> NDArray[np.int16]:
    """Tabulate what `_share` computes, for one level of paper: (256,) int16 by the grey level of a pixel."""
    light = np.arange(256) if is_dark_ink else np.arange(255, -1, -1)
    of_paper = max(paper if is_dark_ink else 255 - paper, _DARKEST_PAPER)
    shares: NDArray[np.int16] = np.maximum(255 - np.rint(light * (255 / of_paper)), BRIGHTEST).astype(np.int16)
    shares.setflags(write=False)  # it is kept and shared
    return shares


def _share(grey: Grey, paper: Grey, is_dark_ink: bool) -> NDArray[np.int16]:
    """Compute 255 * (1 - grey / paper), the light that is missing, with both inverted where ink is light."""
    if not is_dark_ink:
        grey, paper = ~grey, ~paper
    paper = np.maximum(paper, _DARKEST_PAPER)
    quotient = np.asarray(cv2.divide(grey, paper, scale=255, dtype=cv2.CV_16S), np.int16)
    return np.asarray(np.maximum(np.int16(255) - quotient, BRIGHTEST), np.int16)


def dark_part(grey: Grey) -> tuple[int, Grey]:
    """Divide (H, W) uint8 in two by Otsu's threshold: (the threshold; (H, W) uint8, 1 up to it and 0 above)."""
    threshold, dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return int(threshold), np.asarray(dark, np.uint8)


def _even_paper(small: Grey, dark: Grey, threshold: int, is_dark_ink: bool) -> int | None:
    """Find the grey level of the paper of (h, w) uint8 by its dark part; None where the light is uneven."""
    not_ink = 1 - dark if is_dark_ink else dark
    paper = np.asarray(cv2.erode(not_ink, _HALO), np.uint8)
    if share_of(paper) < _LEAST_PAPER:
        paper = not_ink
    up_to, paper_up_to = counted(small, 256), counted(small, 256, paper)
    darks, papers = int(up_to[threshold]), int(paper_up_to[-1])
    inks = (0, darks) if is_dark_ink else (darks, small.size)
    lower, level, upper = (level_at(paper_up_to, share, 0, papers) for share in (0.25, 0.5, 0.75))
    if lower == upper and is_one_level(paper_up_to, 0, papers) and is_one_level(up_to, *inks):
        return level  # a bilevel scan has no light to judge
    contrast = abs(level - level_at(up_to, 0.5, *inks))
    if upper - lower > _FLAT * contrast:
        return None
    darkest, brightest = ceil(level - _SHADE * contrast), floor(level + _SHADE * contrast)
    lit = small.size - pixels_up_to(up_to, brightest) if is_dark_ink else pixels_up_to(up_to, darkest - 1)
    if lit / small.size > _LIT:
        return None
    shaded = small < darkest if is_dark_ink else small > brightest
    # one pixel of blur on either side of a stroke
    thickness = 2 * cv2.minMaxLoc(cv2.distanceTransform(shaded.view(np.uint8), cv2.DIST_C, 3))[1] - 2
    return None if thickness > _THICKEST * max(small.shape) else level


def ring_share(dark: NDArray[np.generic], depth: int) -> float:
    """Return the share of what is not 0 on the rectangle that lies `depth` pixels inside the edge of (h, w)."""
    return share_of(dark.ravel()[_ring(*dark.shape, depth)])


@lru_cache(maxsize=64)
def _ring(height: int, width: int, depth: int) -> NDArray[np.int64]:
    """List the pixels of that rectangle by their places in the page; each corner belongs to two sides."""
    depth = min(depth, (min(height, width) - 1) // 2)
    places = np.arange(height * width).reshape(height, width)
    inner = places[depth : height - depth, depth : width - depth]
    ring = np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]])
    ring.setflags(write=False)  # it is kept and shared
    return ring


def share_of(mask: NDArray[np.generic]) -> float:
    """Return the share of what is not 0; `mean` takes three times as long."""
    return np.count_nonzero(mask) / mask.size


def _uneven_paper(small: Grey) -> tuple[Grey, bool]:
    """Find ((h, w) uint8 paper, whether ink is darker)."""
    slow = _quadric(small)
    level = _median(slow)
    even = np.minimum(small * (level / slow), 255).astype(np.uint8)
    paper = np.asarray(cv2.medianBlur(even, _odd(_WINDOWS[0], small)), np.uint8)
    away = even.astype(np.float32) - paper
    # rounding and noise are lopsided too, by a little; on what may be bare paper, ink is dark
    least = max(_LEAST_CUBE, _LEAST_SKEW * float((away**2).mean()) ** 1.5)
    is_dark_ink = float((away**3).mean()) <= least
    for window in _WINDOWS[1:]:
        paper = np.asarray(cv2.medianBlur(_without_ink(even, paper, is_dark_ink), _odd(window, small)), np.uint8)
    paper = _no_brighter_than_around(even, paper, is_dark_ink)
    return np.minimum(paper * (slow / level), 255).astype(np.uint8), is_dark_ink


def _no_brighter_than_around(grey: Grey, paper: Grey, is_dark_ink: bool) -> Grey:
    """Hold the paper to what is seen beside a stroke: at a shadow's edge, medians overshoot and leave ink there."""
    side = _odd(_THICKEST, grey)
    reach = np.ones((side, side), np.uint8)
    if is_dark_ink:
        return np.minimum(paper, cv2.morphologyEx(grey, cv2.MORPH_CLOSE, reach))
    return np.maximum(paper, cv2.morphologyEx(grey, cv2.MORPH_OPEN, reach))


def _without_ink(grey: Grey, paper: Grey, is_dark_ink: bool) -> Grey:
    """Put the paper known so far in the place of what stands out from it."""
    difference = grey.astype(np.int16) - paper
    noise = 1.4826 * _median(np.abs(difference))
    limit = max(4.0, 3 * noise)
    inked = ((difference < -limit) if is_dark_ink else (difference > limit)).view(np.uint8)
    return np.where(cv2.dilate(inked, _NEIGHBOURS) > 0, paper, grey)


def _median(values: NDArray[np.generic]) -> float:
    """Return the middle one; `np.median` takes three times as long on arrays of this size."""
    return float(np.partition(values.ravel(), values.size // 2)[values.size // 2])


def _odd(share: float, small: Grey) -> int:
    height, width = small.shape
    side: int = round(share * max(height, width)) | 1
    return max(3, side)


def _quadric(small: Grey) -> NDArray[np.float32]:
    """Fit a second-order surface to (h, w) uint8, three rounds of Cauchy weights against ink and hard shadows."""
    coarse = reduced(small, 20)
    values = coarse.ravel().astype(np.float32)
    terms = _second_order(*coarse.shape).reshape(6, -1)
    weights = np.ones_like(values)
    for is_last in (False, False, False, True):
        weighted = terms * weights
        coefficients = np.linalg.solve(weighted @ terms.T + _RIDGE, weighted @ values)
        residual = values - coefficients @ terms
        if not is_last:
            scale = max(1.0, 1.4826 * _median(np.abs(residual)))
            weights = np.asarray(1 / (1 + (residual / (2 * scale)) ** 2), np.float32)
    level = middle(values)
    if share_of(np.abs(residual) > _OFF * level) > _HARD:
        return np.full(small.shape, max(float(level), _DARKEST_PAPER), np.float32)
    y, x = _axes(*small.shape)
    along_y = coefficients[0] + y * (coefficients[2] + y * coefficients[5])
    along_x = x * (coefficients[1] + x * coefficients[3])
    surface = along_y + along_x + y * x * coefficients[4]
    return np.asarray(np.clip(surface, _DARKEST_PAPER, 255), np.float32)


@lru_cache(maxsize=64)
def _second_order(height: int, width: int) -> NDArray[np.float32]:
    """Evaluate 1, x, y, xx, xy, yy at the pixels of a page: (6, height, width) float32."""
    y, x = _axes(height, width)
    one = np.ones((height, width), np.float32)
    terms = np.stack([one, x * one, y * one, x * x * one, x * y, y * y * one])
    terms.setflags(write=False)  # it is kept and shared
    return terms


def _axes(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Place the pixels of a page in [-1, 1] both ways: (height, 1) and (1, width) float32."""
    y, x = ((np.arange(side, dtype=np.float32) + 0.5) * (2 / side) - 1 for side in (height, width))
    return y[:, None], x[None, :]
