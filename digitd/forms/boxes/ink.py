"""Tell ink from print on a strip, and join again what a pen drew across print.

Where print is expected, ink must be darker than it. Under print as dark as ink nothing can be seen: there it is ink
that lies between ink.

Residual risk: a stroke that is hidden by a border from one end to the other is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.levels import counted, level_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.boxes.strip import Missing, Strip

_CERTAIN = 4.5
"""Times the noise: fainter marks are no ink."""
_FAINTEST = 12
"""Of 255: as `_CERTAIN`, without noise."""
_SEED = 1.3
"""Times as dark as the faintest ink: a mark that is nowhere so dark is texture."""
_DARKER = 1.25
"""Times as dark as print ink upon it must be."""
_HIDES = 0.7
"""Of how dark ink is: fainter print does not hide it."""
_ACROSS_MM = 0.9
"""How wide print may be that ink is followed across."""
_LEAST_MM2 = 0.03
"""Smaller marks are noise: a dot of 0.2 mm."""
_THINNEST_MM = 0.15
"""Thinner lines, as they are seen, no pen draws, whose blur widens them: they are the edge of a printed one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """The ink of a strip.

    Attributes
    ----------
    labels : (H, W) int32
        Its marks, numbered from 1; 0 = none.
    stats : (marks + 1, 5) int32
        OpenCV's: left, top, width, height, area.
    strength : (H, W) uint8
        How dark it is; 0 = none.
    hidden : (H, W) uint8
        1 under print, where ink cannot be told from it; else 0.
    level : int
        How dark most of it is.
    faintest : float
        How dark a mark must be to be told from noise.
    """

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]
    strength: Missing
    hidden: NDArray[np.uint8]
    level: int
    faintest: float


def ink_of(strip: Strip, print_: NDArray[np.uint8]) -> Ink:
    """Find the ink of a strip.

    Parameters
    ----------
    strip : Strip
    print_ : (H, W) uint8
        How dark print is expected to be; 0 where none is.
    """
    least = max(_FAINTEST, _CERTAIN * strip.noise)
    darker = cv2.addWeighted(print_, _DARKER, print_, 0, least)  # saturates: on black print there is no darker ink
    surely = (strip.missing > darker).view(np.uint8) if print_.any() else (strip.missing > least).view(np.uint8)
    level = _usual(strip.missing, surely)
    would_hide = (print_ > 0) & (surely == 0) & (darker >= _HIDES * level)
    hidden = (would_hide & (strip.missing > least)).view(np.uint8)
    mask = _joined(surely, hidden, strip)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    dark = labels[(surely > 0) & (strip.missing >= _SEED * least)]
    is_mark = np.bincount(dark, minlength=len(stats)) > 0
    is_mark &= stats[:, cv2.CC_STAT_AREA] >= _LEAST_MM2 * strip.per_mm**2
    longest = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    is_mark &= stats[:, cv2.CC_STAT_AREA] > _THINNEST_MM * strip.per_mm * longest
    is_mark[0] = False
    numbers = np.where(is_mark, np.cumsum(is_mark), 0).astype(np.int32)
    labels = numbers[labels]
    strength = np.where(labels > 0, strip.missing, 0).astype(np.uint8)
    return Ink(
        labels=labels,
        stats=np.concatenate([stats[:1], stats[is_mark]]).astype(np.int32),
        hidden=hidden,
        level=level,
        faintest=_SEED * least,
        strength=np.where(print_ > 0, np.minimum(strength, np.uint8(level)), strength),
    )


def _usual(missing: Missing, mask: NDArray[np.uint8]) -> int:
    """Return how dark the darker half of a part of (H, W) uint8 is."""
    up_to = counted(missing, 256, mask)
    return level_at(up_to, 0.75, 0, int(up_to[-1]))


def _joined(surely: NDArray[np.uint8], hidden: NDArray[np.uint8], strip: Strip) -> NDArray[np.uint8]:
    """Add to ink, (H, W) uint8 0 or 1, what lies between it where it would be hidden."""
    if not hidden.any():
        return surely
    side = 2 * round(_ACROSS_MM * strip.per_mm / 2) + 1
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return surely | (np.asarray(cv2.morphologyEx(surely, cv2.MORPH_CLOSE, around), np.uint8) & hidden)
