"""Find the printed borders of the boxes of a strip: where each runs, how thick and how dark it is.

A border is what is dark nearly all along a side: strokes cross it, they seldom follow it. How thick it is, is told by
all sides together, so a stroke beside one of them is not taken for a part of it.

Residual risk: a border that is dotted, or fainter than the noise, is not found; without a blank page its dots are ink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.boxes.strip import BORDER_REACH_MM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.boxes.strip import Strip

_PARTS = 4
"""Of each side, which may be bent or tilted against the others."""
_CORNER = 0.1
"""Of a side, at either end: there the borders that meet it are dark, and it is not measured."""
_ALONG = 0.3
"""Of a part of a side: so much of it may be fainter than the border."""
_MOSTLY = 0.85
"""Of a part of a side: so much of it is no darker than the border is at its darkest."""
_FLAT = 0.9
"""Of how dark a border is at its darkest: all that is as dark is its middle."""
_MOST_PRINTED = 0.5
"""Of all parts of sides: with more of them there, a border may have a gap; else it is more likely a stroke."""
_THICKER_MM = 0.09
"""Thicker by so much, in two parts next to each other, is a border of 0.4 mm on which a pen of 0.6 mm wrote."""
_BARE = 30
"""Percent of all parts of sides, at least, have no stroke along them: two boxes share a side, which is half of theirs.
A lower share would be at the mercy of a part that is worn."""
_UNLIKE = 1.5
"""Times as dark as the others, or the others as it, one border may be."""
_CERTAIN = 5.0
"""Times the noise: a fainter line is none."""
_FAINTEST = 8
"""Of 255: as `_CERTAIN`, without noise."""
_OFF_MM = 0.25
"""How far a part of a side may be from where the others let it be expected."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Borders:
    """The borders of a strip.

    Attributes
    ----------
    drawn : (H, W) uint8
        As they are there: 0 where there is none, else how dark it is.
    is_thick : (boxes,) bool
        A border of the box is thicker in a place than the others are: a stroke may lie on it.
    """

    drawn: NDArray[np.uint8]
    is_thick: NDArray[np.bool_]


def borders_of(strip: Strip) -> Borders:
    """Find the borders of a strip."""
    drawn = np.zeros_like(strip.missing)
    reach = max(2, round(BORDER_REACH_MM * strip.per_mm))
    left, top, right, bottom = strip.boxes.T
    upright = _sides(strip.missing, (left, right), top, bottom, reach)
    level = _sides(strip.missing.T, (top, bottom), left, right, reach)
    is_thick_upright = _draw(drawn, upright, strip, np.zeros(len(upright.at)))
    is_thick_level = _draw(drawn.T, level, strip, _lines_along(strip, level, reach))
    thick = np.concatenate([is_thick_upright, is_thick_level]).reshape(4, len(strip.boxes), _PARTS)
    is_thick = (thick[..., 1:] & thick[..., :-1]).any(axis=(0, 2))  # a stroke is longer than one part of a side
    return Borders(drawn=np.asarray(cv2.dilate(drawn, np.ones((3, 3), np.uint8)), np.uint8), is_thick=is_thick)


def _sides(
    missing: NDArray[np.uint8],
    places: tuple[NDArray[np.float64], ...],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    reach: int,
) -> _Sides:
    """Measure the upright sides at two columns of each box."""
    height, width = missing.shape
    at = np.floor(np.concatenate(places)).clip(0, width - 1).astype(int)
    corner = _CORNER * (end - begin)
    edges = np.linspace(begin + corner, end - corner, _PARTS + 1)  # (parts + 1, boxes)
    first, last = (np.tile(edge.T, (len(places), 1)).ravel() for edge in (edges[:-1], edges[1:]))  # (N,)
    at = np.repeat(at, _PARTS)
    along = max(1, round(float((last - first).min())))
    rows = (first[:, None] + (np.arange(along) + 0.5) * ((last - first) / along)[:, None]).astype(int)
    columns = at[:, None] + np.arange(-reach, reach + 1)
    there = missing[rows.clip(0, height - 1)[:, :, None], columns.clip(0, width - 1)[:, None, :]]
    is_first, is_last = (np.arange(len(at)) % _PARTS == part for part in (0, _PARTS - 1))
    corners = np.repeat(np.tile(corner, len(places)), _PARTS)
    ordered = np.sort(there, axis=1)  # (N, along, 2 * reach + 1)
    return _Sides(
        profile=ordered[:, int(_ALONG * along)].astype(np.float32),
        darker=ordered[:, int(_MOSTLY * along)].astype(np.float32),
        at=at,
        begin=np.rint(first - is_first * corners).astype(int),
        end=np.rint(last + is_last * corners).astype(int),
    )


def _lines_along(strip: Strip, sides: _Sides, reach: int) -> NDArray[np.float64]:
    """Return how dark a line longer than a box is that runs along each part of level sides, (N,)."""
    height, width = strip.level_lines.shape
    rows = (sides.at[:, None] + np.arange(-reach, reach + 1)).clip(0, height - 1)
    columns = ((sides.begin + sides.end) // 2).clip(0, width - 1)
    return np.asarray(strip.level_lines[rows, columns[:, None]].max(axis=1), np.float64)


def _draw(drawn: NDArray[np.uint8], sides: _Sides, strip: Strip, lines: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Draw the sides that are there into (H, W) uint8; return for each part whether it is thicker than most, (N,).

    Where few are there, those that a line, (N,), ran along were taken with it: what looks like one is a stroke.
    """
    least = max(_FAINTEST, _CERTAIN * strip.noise)
    reach = sides.profile.shape[1] // 2
    offset = _offsets(sides.profile, least, max(1, round(_OFF_MM * strip.per_mm)))
    place = np.arange(len(offset))
    dark = sides.profile[place, offset]
    is_there = dark >= least
    are_most = is_there.mean() > _MOST_PRINTED
    is_there &= are_most | (lines < least)
    missing_parts = 1 if are_most else 0
    is_there &= np.repeat(is_there.reshape(-1, _PARTS).sum(axis=1) >= _PARTS - missing_parts, _PARTS)
    is_thick = np.zeros(len(offset), bool)
    if not is_there.any():
        return is_thick
    dark, peak = dark[is_there], (sides.at + offset - reach)[is_there]
    across = (offset[is_there, None] + np.arange(-reach, reach + 1)).clip(0, 2 * reach)
    usual = np.percentile(np.take_along_axis(sides.darker[is_there], across, axis=1), _BARE, axis=0)
    usual = _hill(usual, least / 2)  # (2 * reach + 1,)
    unlike = (dark / np.percentile(dark, _BARE)).clip(1 / _UNLIKE, _UNLIKE)
    level = (usual * unlike[:, None]).clip(0, 255).astype(np.uint8)
    height, width = drawn.shape
    # one pixel more at both ends, for corners belong to both sides; beyond its ends a side is drawn there again
    begin, end = sides.begin[is_there, None] - 1, sides.end[is_there, None]
    rows = np.minimum(begin + np.arange((end - begin).max() + 1), end).clip(0, height - 1)
    columns = (peak[:, None] + np.arange(-reach, reach + 1)).clip(0, width - 1)
    where = rows[:, :, None], columns[:, None, :]
    drawn[where] = np.maximum(drawn[where], level[:, None, :])
    own = np.take_along_axis(sides.profile[is_there], across, axis=1)
    thicker_px = (own.sum(axis=1) - np.median(own.sum(axis=1))) / dark
    is_thick[is_there] = thicker_px > _THICKER_MM * strip.per_mm
    return is_thick


def _hill(profile: NDArray[np.floating], least: float) -> NDArray[np.floating]:
    """Keep of a profile, (2 * reach + 1,), what is dark around its middle without a gap; elsewhere 0."""
    reach = len(profile) // 2
    pale = np.flatnonzero(profile < least)
    before, behind = pale[pale < reach], pale[pale > reach]
    kept = np.zeros_like(profile)
    inner = slice(int(before[-1]) + 1 if len(before) else 0, int(behind[0]) if len(behind) else len(profile))
    kept[inner] = profile[inner]
    return kept


def _offsets(profile: NDArray[np.float32], least: float, most_off: int) -> NDArray[np.int64]:
    """Find the middle of the darkest place of each profile, (N,), near to where most of them have it."""
    offset = _darkest(profile)
    is_there = profile.max(axis=1) >= least
    if not is_there.any():
        return offset
    usual = int(np.median(offset[is_there]))
    low = max(usual - most_off, 0)
    return low + _darkest(profile[:, low : usual + most_off + 1])


def _darkest(profile: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the middle of what is about as dark as the darkest of each row: thick borders are flat on top."""
    is_dark = profile >= _FLAT * profile.max(axis=1, keepdims=True)
    columns = np.arange(profile.shape[1])
    return np.asarray(np.rint((is_dark * columns).sum(axis=1) / is_dark.sum(axis=1)), np.int64)
