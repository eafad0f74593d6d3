"""Cut off what frames a page: the remains of a form's box, the dark edge of a scan, the shadow at a margin.

Residual risks: of a stroke that reaches into the frame, the part inside it is lost. In a crop without any margin, a
bold stroke along an edge may be taken for a frame: 1 % of MNIST's digits at four times their size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.light import dark_part, reduced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    Shares = NDArray[np.float64]

_SEEN_AT = 96
"""Longest side in pixels at which frames are looked for: one of 2 % of the page still covers two rows."""
_THINNEST = 5
"""Pixels: of what is thinner at that size there is no inside."""
_SMALLEST_PAGE = 40
"""Pixels: on smaller pages a frame and a stroke look the same."""
_FRAMED = 0.45
"""Of an edge of the page: so much of it is dark where there is a frame."""
_FULL = 0.95
"""Of an edge: so much of it is covered where a frame is wide enough to show in the rows of the other sides."""
_CLEAR = 0.06
"""Of a row: with less in it, the frame has ended; frames are slightly tilted."""
_DEEPEST = 0.24
"""Of the page: no frame reaches further in."""
_LEAST_CONTRAST = 40
"""Grey levels between a frame and the page."""
_UNLIKE = 80
"""Grey levels: ink keeps the mean of a page nearer to its paper, and so to edges without a frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A part of a page, (h, w) uint8, and where it begins: `x` columns from the left, `y` rows from the top."""

    grey: Grey
    x: int
    y: int


def inside_frame(grey: Grey) -> Inside:
    """Return the part of (H, W) uint8 inside its frame; the whole page where it has none."""
    whole = Inside(grey=grey, x=0, y=0)
    height, width = grey.shape
    if min(height, width) < _SMALLEST_PAGE:
        return whole
    edges = [cv2.minMaxLoc(edge) for edge in (grey[:1], grey[-1:], grey[:, :1], grey[:, -1:])]
    darkest, brightest = min(edge[0] for edge in edges), max(edge[1] for edge in edges)
    if brightest - darkest < _LEAST_CONTRAST and darkest - _UNLIKE < cv2.mean(grey)[0] < brightest + _UNLIKE:
        return whole
    small = reduced(grey, _SEEN_AT)
    if min(small.shape) < _THINNEST:
        return whole
    _, dark = dark_part(small)
    darks = cv2.countNonZero(dark)
    if darks in (0, dark.size):
        return whole
    stands_out = dark if darks / dark.size < 0.5 else 1 - dark
    shares = _four_ways(*_shares(stands_out))
    bounds = [_framed(line) for line in shares]
    if not any(bound is not None for bound in bounds) or _contrast(small, dark) < _LEAST_CONTRAST:
        return whole
    above, below, before, behind = (  # with the blurred row behind each
        0 if last is None or line[0] < _FULL else last + 2 for line, last in zip(shares, bounds, strict=True)
    )
    inner_rows, _ = _shares(stands_out[:, before : stands_out.shape[1] - behind])
    _, inner_columns = _shares(stands_out[above : stands_out.shape[0] - below])
    within = _four_ways(inner_rows, inner_columns)  # where the frame of the other sides is not
    top, bottom, left, right = (_depth(*pair) for pair in zip(bounds, within, strict=True))
    if not any((top, bottom, left, right)):
        return whole
    factor = max(height, width) / max(small.shape)
    y, x = int(np.ceil(top * factor)), int(np.ceil(left * factor))
    end_y, end_x = height - int(np.ceil(bottom * factor)), width - int(np.ceil(right * factor))
    return Inside(grey=np.ascontiguousarray(grey[y:end_y, x:end_x]), x=x, y=y)


def _contrast(small: Grey, dark: Grey) -> float:
    """Return how far apart, in grey levels, the means of the dark and the bright part of (h, w) uint8 are."""
    return abs(float(small[dark > 0].mean()) - float(small[dark == 0].mean()))


def _shares(stands_out: Grey) -> tuple[Shares, Shares]:
    """Return the share of 1 in each row and in each column of (h, w) uint8, 0 or 1: (h,) and (w,) float64."""
    height, width = stands_out.shape
    rows, columns = (cv2.reduce(stands_out, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() for axis in (1, 0))
    return rows / width, columns / height


def _four_ways(rows: Shares, columns: Shares) -> tuple[Shares, Shares, Shares, Shares]:
    return rows, rows[::-1], columns, columns[::-1]


def _framed(shares: Shares) -> int | None:
    """Find the last row, from the edge inward, that a frame covers, by the share of each that stands out."""
    deepest = round(_DEEPEST * len(shares))
    if max(shares[:3].tolist()) < _FRAMED:
        return None
    covered = np.flatnonzero(shares[:deepest] >= _FRAMED)
    return int(covered[-1]) if len(covered) else None


def _depth(last_framed: int | None, shares: Shares) -> int:
    """Count the rows from the edge inward to where a frame has ended; 0 without one."""
    if last_framed is None:
        return 0
    deepest = round(_DEEPEST * len(shares))
    clear = np.flatnonzero(shares[last_framed : deepest + 1] < _CLEAR)
    return last_framed + int(clear[0]) if len(clear) else 0  # what does not end is a shadow, or no frame
