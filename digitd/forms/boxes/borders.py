"""Find the printed borders of the boxes of a strip: where each runs, how thick and how dark it is.

A border is what is dark nearly all along a side: strokes cross it, they seldom follow it. How thick it is, is told by
all sides together, so a stroke beside one of them is not taken for a part of it.

Residual risk: a border that is dotted, or fainter than the noise, is not found; without a blank page its dots are ink.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.boxes.strip import Strip

_REACH_MM = 0.7
"""How far from where it should be a border is looked for."""
_PARTS = 4
"""Of each side, which may be bent or tilted against the others."""
_ALONG = 0.3
"""Of a part of a side: so much of it may be fainter than the border."""
_MOSTLY = 0.85
"""Of a part of a side: so much of it is no darker than the border is at its darkest."""
_DARKEST = 2.0
"""Times: a stroke that covers a part of a side is darker than its border by more."""
_CERTAIN = 5.0
"""Times the noise: a fainter line is none."""
_FAINTEST = 8
"""Of 255: as `_CERTAIN`, without noise."""
_OFF_MM = 0.25
"""How far a part of a side may be from where the others let it be expected."""
_EDGE = 0.2
"""Of how dark a border is: where its blurred edge ends."""
_THICKER_PX = 1
"""How much thicker than the others a border may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """All sides of one direction, in parts.

    Attributes
    ----------
    profile : (N, 2 * reach + 1) float32
        How dark it is across each part, from `reach` pixels before where it should be, but for a few pixels of it.
    darker : (N, 2 * reach + 1) float32
        The same, of most pixels: of a tilted border, what it darkens on its way.
    at : (N,) int64
        Where it should be: a column of the strip, or a row where sides are level.
    begin, end : (N,) int64
        From where to where a part goes, in rows, or columns.
    """

    profile: NDArray[np.float32]
    darker: NDArray[np.float32]
    at: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]


def borders_of(strip: Strip) -> NDArray[np.uint8]:
    """Draw the borders of a strip as they are there, (H, W) uint8: 0 where there is none, else how dark it is."""
    drawn = np.zeros_like(strip.missing)
    reach = max(2, round(_REACH_MM * strip.per_mm))
    left, top, right, bottom = strip.boxes.T
    _draw(drawn, _sides(strip.missing, (left, right), top, bottom, reach), strip)
    _draw(drawn.T, _sides(strip.missing.T, (top, bottom), left, right, reach), strip)
    return np.asarray(cv2.dilate(drawn, np.ones((3, 3), np.uint8)), np.uint8)


def _sides(
    missing: NDArray[np.uint8],
    places: tuple[NDArray[np.float64], ...],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    reach: int,
) -> _Sides:
    """Measure the upright sides at two columns of each box."""
    height, width = missing.shape
    wide = np.pad(missing, ((0, 0), (reach + 1, reach + 1)), mode="edge")
    profile, darker, ats, begins, ends = [], [], [], [], []
    for place in places:
        for x, y0, y1 in zip(place.tolist(), begin.tolist(), end.tolist(), strict=True):
            at = min(max(round(x - 0.5), 0), width - 1)
            cuts = np.clip(np.rint(np.linspace(y0, y1, _PARTS + 1)), 0, height).astype(int).tolist()
            for first, last in pairwise(cuts):
                if last <= first:
                    continue
                part = wide[first:last, at + 1 : at + 2 * reach + 2]
                ordered = np.sort(part, axis=0)
                profile.append(ordered[int(_ALONG * (last - first))])
                darker.append(ordered[int(_MOSTLY * (last - first))])
                ats.append(at)
                begins.append(first)
                ends.append(last)
    return _Sides(
        profile=np.array(profile, np.float32).reshape(-1, 2 * reach + 1),
        darker=np.array(darker, np.float32).reshape(-1, 2 * reach + 1),
        at=np.array(ats, int),
        begin=np.array(begins, int),
        end=np.array(ends, int),
    )


def _draw(drawn: NDArray[np.uint8], sides: _Sides, strip: Strip) -> None:
    """Draw the sides that are there into (H, W) uint8."""
    least = max(_FAINTEST, _CERTAIN * strip.noise)
    offset = _offsets(sides.profile, least, max(1, round(_OFF_MM * strip.per_mm)))
    rows = np.arange(len(offset))
    dark = sides.profile[rows, offset]
    is_there = dark >= least
    if not is_there.any():
        return
    before, behind = _extents(sides.profile, offset, np.maximum(_EDGE * dark, least / 2))
    most = [int(np.median(extent[is_there])) + _THICKER_PX for extent in (before, behind)]
    width = drawn.shape[1]
    reach = sides.profile.shape[1] // 2
    most_dark = np.minimum(sides.darker[rows, offset], _DARKEST * dark)
    for row in rows[is_there].tolist():
        peak = int(sides.at[row]) - reach + int(offset[row])
        first, last = peak - min(int(before[row]), most[0]), peak + min(int(behind[row]), most[1]) + 1
        first, last = max(first, 0), min(last, width)
        # one pixel more at both ends: corners belong to both sides
        window = drawn[max(int(sides.begin[row]) - 1, 0) : int(sides.end[row]) + 1, first:last]
        np.maximum(window, np.uint8(min(float(most_dark[row]), 255)), out=window)


def _offsets(profile: NDArray[np.float32], least: float, most_off: int) -> NDArray[np.int64]:
    """Find the darkest place of each profile, (N,), near to where most of them have it."""
    offset = profile.argmax(axis=1)
    is_there = profile.max(axis=1) >= least
    if not is_there.any():
        return np.asarray(offset)
    usual = int(np.median(offset[is_there]))
    low = max(usual - most_off, 0)
    return np.asarray(low + profile[:, low : usual + most_off + 1].argmax(axis=1))


def _extents(
    profile: NDArray[np.float32], offset: NDArray[np.int64], least: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the pixels of each border before its darkest, and behind it, both (N,)."""
    columns = np.arange(profile.shape[1])
    is_pale = profile < least[:, None]
    ends_before = np.where(is_pale & (columns < offset[:, None]), columns, -1).max(axis=1)
    ends_behind = np.where(is_pale & (columns > offset[:, None]), columns, len(columns)).min(axis=1)
    return offset - ends_before - 1, ends_behind - offset - 1
