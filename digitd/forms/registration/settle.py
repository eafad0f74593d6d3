"""Settle each field on its printed borders: first shift it to where they are, then fit an affine map to them.

A page that is curled, or was pulled unevenly through a copier, is not flat after one homography; a field is small
enough to be flat for itself. Rules beside a field may be taken for its borders: so all fields together say how the
sheet curls, and each is looked for once more near where that puts it. From there it is fitted, and where not all of it
lies on lines then, a little shorter and longer as well, for the far end of a long field may be off by a gap between its
boxes; the fit that lies on the darkest lines is taken. Where a field says too little, it stays where the sheet puts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.forms.registration.curl import curl_of
from digitd.forms.registration.lines import off_line, placed, seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.registration.borders import Borders
    from digitd.forms.registration.curl import Curl
    from digitd.forms.registration.lines import Maps
    from digitd.forms.registration.ridges import Ridges

_REACHES_PX = (21, 21)
"""How far a field is looked for from where the page as a whole has it, half a box, 3 mm of most forms; then from where
the curl of the sheet has it."""
_NEAR_PX = 10
"""How far each field is looked for at last, for itself, from where the curl of all has it."""
_WINDOWS_PX = (7, 4, 3, 3)
"""How far from a field's border pieces of it are looked for, from one round to the next."""
_PULL = 0.05
"""Of what speaks for a field where it is best: a place as far away as it is looked for must speak for it by so much
more. So must a fit from a stretched start."""
_DARK = 24
"""Grey levels: a darker line is not more of a line."""
_FAINT = 3
"""Grey levels: what is fainter is no line."""
_OFF_PX = 0.8
"""How far from a fitted line pieces of it begin to lose weight (Cauchy's)."""
_ON_LINES, _HALF = 0.9, 0.5
"""Of the pieces of borders across a field's boxes: where so many lie on lines, half as dark as most are, it is settled.
"""
_STRETCHES = (-0.03, 0.03)
"""Of each field along its boxes, from which it is fitted otherwise, too. So none that is stretched by up to 0.045 is
much farther than `_SLOPE` from one of them; `objections` bear no more than 0.05."""
_ON_PX = 1
"""So near to a line a piece of a border lies on it."""
_SLOPE = 0.015
"""A field is stretched and turned by about so much against its page; where it says little itself, this holds it."""


def settle(ridges: Ridges, borders: Borders, fields: int, per_mm: float) -> Maps:
    """Find the fields of a page that was laid flat.

    Parameters
    ----------
    ridges : Ridges
        Of the flat page.
    borders : Borders
        Of the boxes of all its fields.
    fields : int
        How many there are.
    per_mm : float
        Pixels of the flat page.
    """
    maps = np.tile(np.array([[1.0, 0, 0], [0, 1, 0]]), (fields, 1, 1))
    if not fields:
        return maps
    members = (borders.field == np.arange(fields)[:, None]).astype(float)  # (fields, N)
    middles = members @ np.stack([borders.x, borders.y], axis=1) / np.maximum(members.sum(axis=1), 1)[:, None]
    height, width = ridges.level.shape
    for reach in _REACHES_PX:
        there = (maps[:, :, :2] @ middles[:, :, None])[:, :, 0] + maps[:, :, 2]
        there += _shifts(ridges, borders, members, maps, reach, per_mm)
        maps = curl_of(middles, there - middles, (width / per_mm, height / per_mm)).maps(middles)
    along = borders.along(fields)
    tried = [_settled(ridges, borders, members, maps, per_mm)]
    dark = _darkness(ridges, borders, tried[0], per_mm)
    is_across = members * (borders.is_upright != along[borders.field])  # of its boxes, not along them
    is_on = dark >= _HALF * np.percentile(dark, 75) if len(dark) else dark
    if ((is_across @ is_on) >= _ON_LINES * is_across.sum(axis=1)).all():
        return tried[0]
    tried += [
        _settled(ridges, borders, members, _stretched(maps, middles, along, stretch), per_mm) for stretch in _STRETCHES
    ]
    darks = [dark, *(_darkness(ridges, borders, own, per_mm) for own in tried[1:])]
    darkness = np.array([members @ of_pieces for of_pieces in darks])  # (tried, fields)
    darkness[1:] *= 1 - _PULL
    return np.asarray(np.array(tried)[darkness.argmax(axis=0), np.arange(fields)], np.float64)


def _stretched(maps: Maps, middles: NDArray[np.float64], along: NDArray[np.int64], stretch: float) -> Maps:
    """Stretch fields along their boxes, by so much, about their middles, (fields, 2)."""
    longer, each = maps.copy(), np.arange(len(maps))
    longer[each, :, along] *= 1 + stretch
    longer[:, :, 2] -= stretch * maps[each, :, along] * middles[each, along, None]
    return longer


def _settled(ridges: Ridges, borders: Borders, members: NDArray[np.float64], maps: Maps, per_mm: float) -> Maps:
    """Move fields that are nearly where they should be to the lines, and fit them."""
    maps = maps.copy()
    maps[:, :, 2] += _shifts(ridges, borders, members, maps, _NEAR_PX, per_mm)
    for window in _WINDOWS_PX:
        maps = _fitted(ridges, borders, members, maps, window, per_mm)
    return maps


def _darkness(ridges: Ridges, borders: Borders, maps: Maps, per_mm: float) -> NDArray[np.float32]:
    """Return how dark the line is on which each piece of a border lies, `_DARK` at most, (N,)."""
    profile = seen(ridges, borders, *placed(maps, borders), _ON_PX, per_mm)
    return np.asarray(np.minimum(profile.max(axis=1), _DARK), np.float32)


def _shifts(
    ridges: Ridges, borders: Borders, members: NDArray[np.float64], maps: Maps, reach_px: int, per_mm: float
) -> NDArray[np.float64]:
    """Return for each field the shift in mm at which its borders lie on most lines, (fields, 2)."""
    x, y = placed(maps, borders)
    profile = np.minimum(seen(ridges, borders, x, y, reach_px, per_mm), _DARK)
    offsets = np.arange(-reach_px, reach_px + 1)
    pull = 1 - _PULL * np.abs(offsets) / reach_px
    shifts = np.zeros((len(members), 2))
    for axis, mask in enumerate((borders.is_upright, ~borders.is_upright)):
        votes = members[:, mask] @ profile[mask]  # (fields, offsets)
        votes[:, 1:-1] += (votes[:, :-2] + votes[:, 2:]) / 2
        best = (votes * pull).argmax(axis=1)
        shifts[:, axis] = np.where(votes.max(axis=1) > 0, offsets[best] / per_mm, 0)
    return shifts


def _fitted(
    ridges: Ridges, borders: Borders, members: NDArray[np.float64], maps: Maps, window_px: int, per_mm: float
) -> Maps:
    """Fit each field once more to the lines near its borders; least squares with Cauchy's weights."""
    x, y = placed(maps, borders)
    profile = seen(ridges, borders, x, y, window_px, per_mm)
    offset = off_line(profile, x, y, borders, per_mm)
    dark = profile.max(axis=1)
    weight = np.where(dark >= _FAINT, np.minimum(dark, _DARK) / _DARK, 0)
    counts = np.maximum(members.sum(axis=1), 1)
    middle_x, middle_y = members @ borders.x / counts, members @ borders.y / counts
    own = borders.field
    terms = np.stack([np.ones(len(x)), borders.x - middle_x[own], borders.y - middle_y[own]], axis=1)
    fitted = maps.copy()
    for axis, mask in enumerate((borders.is_upright, ~borders.is_upright)):
        change = _least_squares(terms[mask], offset[mask], weight[mask], members[:, mask], _OFF_PX / per_mm)
        fitted[:, axis, :2] += change[:, 1:]
        fitted[:, axis, 2] += change[:, 0] - change[:, 1] * middle_x - change[:, 2] * middle_y
    return fitted


def _least_squares(
    terms: NDArray[np.float64],
    offset: NDArray[np.float64],
    weight: NDArray[np.float64],
    members: NDArray[np.float64],
    off: float,
) -> NDArray[np.float64]:
    """Solve for the coefficients of (N, 3) terms by field, (fields, 3); slopes are held near 0."""
    held = np.diag([1e-3, (off / _SLOPE) ** 2, (off / _SLOPE) ** 2])
    squares = (terms[:, :, None] * terms[:, None, :]).reshape(-1, 9)
    own = members.argmax(axis=0)
    solved: NDArray[np.float64] = np.zeros((len(members), 3))
    rest = offset
    for _ in range(3):
        robust = weight / (1 + (rest / off) ** 2)
        left = (members @ (robust[:, None] * squares)).reshape(-1, 3, 3) + held
        right = members @ (robust[:, None] * terms * offset[:, None])
        solved = np.asarray(np.linalg.solve(left, right[:, :, None])[:, :, 0], np.float64)
        rest = offset - (terms * solved[own]).sum(axis=1)
    return solved


def curl_of_page(borders: Borders, maps: Maps, size: tuple[float, float]) -> Curl:
    """Return how a page of a size in mm curls, by where the borders of its fields are."""
    flat = np.stack([borders.x, borders.y], axis=1)
    return curl_of(flat, np.stack(placed(maps, borders), axis=1) - flat, size)
