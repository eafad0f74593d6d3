"""Turn the parts of a page that are in reverse: light marks on dark beside dark marks on light.

Such parts run straight across the whole page: the black margin of a scan, a dark band of print, one half of a slide.
They are told from a shadow by having nothing darker in them. Once they are turned, all of the page is one paper.

Residual risk: a bar from edge to edge, broader than a quarter of the page, is taken for a part in reverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.light import reduced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

_SEEN_AT = 56
"""Longest side in pixels at which parts are looked for: they are broad."""
_SMALLEST_PAGE = 16
_NARROWEST = 0.06
"""Of the page: a narrower part is a line."""
_MOST = 4
"""Parts: more than these are a pattern."""
_DEEPEST = 0.2
"""Of the contrast: how far the paper of a part may lie from the darkest, or the brightest, that the page has."""
_WIDEST_STROKE, _WRITTEN = 0.25, 0.02
"""Of the page; of a part that is no wider: with less in it that is unlike its paper, it is the stroke of a 1."""
_LEAST_CONTRAST = 90
"""Grey levels between two papers: print in reverse is black and white, less may be anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Columns [begin, end) of a page and the grey level of their paper."""

    begin: int
    end: int
    paper: int


def same_way_round(grey: Grey) -> Grey:
    """Return (H, W) uint8 with the parts that are in reverse turned; the page itself where there are none."""
    if min(grey.shape) < _SMALLEST_PAGE or max(map(_range, (grey[:1], grey[:, :1]))) < _LEAST_CONTRAST:
        return grey
    small = reduced(grey, _SEEN_AT)
    if parts := _columns(small):
        return _turned(grey, parts, scale=grey.shape[1] / small.shape[1])
    if parts := _columns(small.T):
        return np.ascontiguousarray(_turned(grey.T, parts, scale=grey.shape[0] / small.shape[0]).T)
    return grey


def _range(part: Grey) -> float:
    """Return how far apart the darkest and the brightest pixel of (h, w) uint8 are."""
    darkest, brightest, *_ = cv2.minMaxLoc(part)
    return brightest - darkest


def _columns(small: Grey) -> list[_Part]:
    """Find the parts, side by side, of (h, w) uint8 by its first and last row; none where it is all one paper."""
    edges = small[[0, -1]]  # (2, w)
    darkest, brightest = int(edges.min()), int(edges.max())
    if brightest - darkest < _LEAST_CONTRAST:
        return []
    is_light = edges > (darkest + brightest) // 2
    if not np.array_equal(is_light[0], is_light[1]):
        return []
    bounds = [0, *(np.flatnonzero(np.diff(is_light[0])) + 1).tolist(), small.shape[1]]
    if not 2 < len(bounds) <= _MOST + 1 or min(np.diff(bounds)) < _NARROWEST * small.shape[1]:
        return []
    parts = [_Part(begin=a, end=b, paper=int(np.median(edges[:, a:b]))) for a, b in pairwise(bounds)]
    low, high = np.quantile(small, (0.02, 0.98))
    slack = _DEEPEST * (high - low)
    is_extreme = all(
        part.paper >= high - slack if is_light[0, part.begin] else part.paper <= low + slack for part in parts
    )
    return parts if is_extreme and not any(_is_stroke(small, part) for part in parts[1:-1]) else []


def _is_stroke(small: Grey, part: _Part) -> bool:
    """Return whether a part between two others of (h, w) uint8 is narrow and has nothing written in it."""
    if part.end - part.begin > _WIDEST_STROKE * max(small.shape):
        return False
    inner = small[:, part.begin + 1 : part.end - 1].astype(np.int16)
    return inner.size == 0 or float((np.abs(inner - part.paper) > _LEAST_CONTRAST / 2).mean()) < _WRITTEN


def _turned(grey: Grey, parts: list[_Part], *, scale: float) -> Grey:
    """Give every part the paper of the one in the middle of (H, W) uint8, and close the seams."""
    middle = next(part.paper for part in parts if part.end * scale > grey.shape[1] / 2)
    turned = np.array(grey, order="C")
    for part in parts:
        if abs(part.paper - middle) >= _LEAST_CONTRAST:
            columns = slice(round(part.begin * scale), round(part.end * scale))
            turned[:, columns] = np.clip(part.paper + middle - turned[:, columns].astype(np.int16), 0, 255)
    if scale > 1:  # the bound between two parts is known to a pixel of the reduced page
        for part in parts[1:]:
            _close_seam(turned, round(part.begin * scale), reach=ceil(scale))
    return turned


def _close_seam(page: Grey, column: int, *, reach: int) -> None:
    """Lead the strokes across a seam, in place: from the column before it to the one behind it."""
    before, behind = max(column - reach - 1, 0), min(column + reach, page.shape[1] - 1)
    share = np.linspace(0, 1, behind - before + 1, dtype=np.float32)
    bridged = page[:, [before]] * (1 - share) + page[:, [behind]] * share
    page[:, before : behind + 1] = np.rint(bridged).astype(np.uint8)
