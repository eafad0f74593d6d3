"""Decide from where on a mark is ink, by the page's own noise.

Marks fainter than a few times the texture of the paper are lost with it, and so is a stroke of under 10 grey levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging import light
from digitd.imaging.levels import counted, level_at, pixels_up_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAINTEST = 10
"""Grey levels: fainter marks are not taken for ink."""
_FAINTEST_UNEVEN = 22
"""Of 255, where the paper had to be estimated: fainter marks may be left over from the edge of a shadow."""
_CERTAIN = 6.0
"""Times the paper's noise: among 100 million Gaussian pixels none is beyond."""
_CLEAR = 7.5
"""Times the paper's noise: what most of the ink must reach; the tail of a coarse texture does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InkMap:
    """Ink of a page.

    Attributes
    ----------
    ink : ndarray
        (H, W) uint8, 0 = paper, 255 = ink as strong as can be.
    floor : int
        Up to here it is the texture of the paper; 0 on clean pages.
    weak, strong : int
        A stroke is joined from weak ink and holds some strong ink.
    is_uneven : bool
        Whether the paper had to be estimated, so that the edge of a shadow may be among the ink.
    """

    ink: NDArray[np.uint8]
    floor: int
    weak: int
    strong: int
    is_uneven: bool = False


def ink_map(grey: NDArray[np.uint8]) -> InkMap | None:
    """Find the ink of (H, W) uint8; None where nothing rises out of the noise."""
    missing = light.missing_light(grey)
    if missing is None:
        return None
    up_to = _counted(missing.share)
    paper, noise = _paper_statistics(up_to)
    if missing.dim is not None:
        noise = max(noise, _paper_statistics(_counted(missing.share[missing.dim]))[1])
    rises_at = ceil(paper + max(_FAINTEST * missing.step, _CERTAIN * noise))
    paler, pixels = pixels_up_to(up_to, rises_at - light.BRIGHTEST - 1), int(up_to[-1])
    if paler == pixels:
        return None
    contrast = level_at(up_to, 0.85, paler, pixels) + light.BRIGHTEST - paper
    least = _CLEAR * noise if missing.dim is None else max(_CLEAR * noise, _FAINTEST_UNEVEN)
    if contrast < least:
        return None
    floor = ceil(paper + 2 * noise) if noise > 0 else 0
    weak = max(round(paper + max(3.5 * noise, 0.15 * contrast)), floor + 1)
    strong = max(round(paper + 0.4 * contrast), rises_at)
    ink = np.maximum(missing.share, 0).astype(np.uint8)
    is_uneven = missing.dim is not None
    return InkMap(ink=ink, floor=max(floor, 0), weak=max(weak, 1), strong=strong, is_uneven=is_uneven)


def halves(grey: NDArray[np.uint8]) -> InkMap:
    """Divide (H, W) uint8 into paper and ink by its greys alone: what is left where ink does not rise out of noise.

    The threshold is Otsu's (1979, doi 10.1109/TSMC.1979.4310076); what covers less of the page and its edge is ink.
    """
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    dark = grey <= threshold
    is_dark_ink = light.share_of(dark) + light.ring_share(dark, 0) < 1
    ink = ~grey if is_dark_ink else grey
    level = int(255 - threshold) if is_dark_ink else int(threshold)
    paper = int(np.median(ink[~dark if is_dark_ink else dark]))
    ink = np.maximum(ink, np.uint8(paper)) - np.uint8(paper)
    level = max(level - paper, 1)
    return InkMap(ink=ink, floor=level // 3, weak=max(level * 2 // 3, level // 3 + 1), strong=level)


def _counted(share: NDArray[np.int16]) -> NDArray[np.int64]:
    """Count the pixels of (...) int16 up to each value from `light.BRIGHTEST` to 255: (512,) int64."""
    shifted = (share.reshape(1, -1) - np.int16(light.BRIGHTEST)).view(np.uint16)
    return counted(shifted, 256 - light.BRIGHTEST)


def _paper_statistics(up_to: NDArray[np.int64]) -> tuple[float, float]:
    """Estimate (level, standard deviation) of the paper from its bright side, where no ink and no blurred edge lies."""
    half, low = (level_at(up_to, share, 0, int(up_to[-1])) for share in (0.35, 0.10))
    # with a fifth of the page inked, the quantiles 0.35 and 0.10 are the paper's 0.44 and 0.125: 1.0 deviations apart
    return float(half + light.BRIGHTEST), float(half - low)
