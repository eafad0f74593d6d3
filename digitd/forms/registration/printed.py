"""Compare what is printed around a field with what its blank page shows there.

Rows of a table, and the boxes of a row, look the same one further on; the words beside them do not. Only print that the
blank page has is looked for: what people write beside their boxes does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digitd.forms.registration.flat import Frame
    from digitd.forms.registration.settle import Maps
    from digitd.forms.template import Field

    Page = NDArray[np.uint8]
    Window = tuple[slice, slice]

_PER_MM = 3.0
"""Pixels: print is compared at 76 dpi."""
_AROUND_MM = (30.0, 7.0)
"""How far to either side of a field, and above and below, print belongs to it."""
_CLEAR_MM = 0.8
"""Around boxes: there it is their borders that would be compared."""
_PAPER_MM = 5.0
"""Print is thinner."""
_FAINTEST = 10
"""Grey levels: fainter print is not compared."""
_OF_PRINT = 0.35
"""Of how dark the darker half of print is: what is as dark as that is print."""
_NEAR_PX = 2
"""How far print may be from where it should."""
_TILE_MM = 30.0
"""Parts of the page that are compared each for itself: paper curls."""
_CURL_MM = 2.5
"""How far print may be from where the page as a whole has it."""
_LEAST_PX = 150
"""Of print around a field: fewer say nothing. A word of five letters in 9 points has 250."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The print of a blank page.

    Attributes
    ----------
    is_print : (H, W) bool
        But for the boxes of all fields.
    windows : tuple of (slice, slice)
        Rows and columns around each field.
    tiles : tuple of (slice, slice)
        Rows and columns of the parts of the page that have some print.
    """

    is_print: NDArray[np.bool_]
    windows: tuple[Window, ...]
    tiles: tuple[Window, ...]


def printed_on(flat: Page, frame: Frame, fields: Sequence[Field], maps: Maps) -> Printed:
    """See the print of a flat blank page, (H, W) uint8; `maps` place its fields."""
    dark = darkness(flat, frame)
    is_print = _is_print(dark, dark >= _FAINTEST)
    for field, place in zip(fields, maps, strict=True):
        for box in field.boxes:
            left, top = place @ (box.x - _CLEAR_MM, box.y - _CLEAR_MM, 1)
            right, bottom = place @ (box.x + box.width + _CLEAR_MM, box.y + box.height + _CLEAR_MM, 1)
            is_print[_slice(top, bottom), _slice(left, right)] = False
    windows = tuple(_window(field) for field in fields)
    return Printed(is_print=is_print, windows=windows, tiles=_tiles(is_print))


def darkness(flat: Page, frame: Frame) -> Page:
    """Return how much darker than the paper around it a flat page is, at the size at which print is compared."""
    size = max(1, round(frame.width * _PER_MM)), max(1, round(frame.height * _PER_MM))
    small = np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.uint8)
    side = 2 * round(_PAPER_MM * _PER_MM / 2) + 1
    return np.asarray(cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8)), np.uint8)


def near_print(printed: Printed, flat: Page, frame: Frame) -> Page:
    """Mark with 1 where on a flat page there is print, or nearly, (H, W) uint8 at the size of `printed`."""
    dark = darkness(flat, frame)
    reach = np.ones((2 * _NEAR_PX + 1, 2 * _NEAR_PX + 1), np.uint8)
    return np.asarray(cv2.dilate(_is_print(dark, printed.is_print).astype(np.uint8), reach), np.uint8)


def around_fields(printed: Printed, near: Page, maps: Maps) -> NDArray[np.float64]:
    """Return for each field which share of the print around it is there, (fields,); NaN where there is too little.

    Parameters
    ----------
    printed : Printed
        Of the blank page.
    near : (H, W) uint8
        Of the page that is looked at.
    maps : Maps
        Where its fields are.
    """
    still = np.zeros((1, 2), int)
    return np.array(
        [_share(printed, near, window, place, still) for window, place in zip(printed.windows, maps, strict=True)]
    )


def in_tiles(printed: Printed, near: Page, place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each tile which share of its print is there, or a little off, (tiles,); `place` is (2, 3)."""
    reach = round(_CURL_MM * _PER_MM)
    steps = np.arange(-reach, reach + 1, 2 * _NEAR_PX - 1)
    moves = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return np.array([_share(printed, near, tile, place, moves) for tile in printed.tiles])


def _share(
    printed: Printed, near: Page, window: Window, place: NDArray[np.float64], moves: NDArray[np.integer]
) -> float:
    """Return the largest share of the print in a window that is there, after any of the (M, 2) moves in pixels."""
    rows, columns = np.nonzero(printed.is_print[window])
    if len(rows) < _LEAST_PX:
        return float("nan")
    if len(moves) > 1:
        rows, columns = rows[:: len(rows) // _LEAST_PX], columns[:: len(rows) // _LEAST_PX]
    x, y = (columns + window[1].start + 0.5) / _PER_MM, (rows + window[0].start + 0.5) / _PER_MM
    there = np.floor((place @ np.stack([x, y, np.ones_like(x)])) * _PER_MM).astype(int)
    height, width = near.shape
    moved = there[:, None, :] + moves.T[:, :, None]  # (2, M, N)
    is_inside = (moved >= 0).all(axis=0) & (moved[0] < width) & (moved[1] < height)
    seen = near[moved[1].clip(0, height - 1), moved[0].clip(0, width - 1)] * is_inside
    return float(seen.mean(axis=1).max())


def _tiles(is_print: NDArray[np.bool_]) -> tuple[Window, ...]:
    side = round(_TILE_MM * _PER_MM)
    height, width = is_print.shape
    tiles = (
        (slice(top, top + side), slice(left, left + side))
        for top in range(0, height, side)
        for left in range(0, width, side)
    )
    return tuple(tile for tile in tiles if is_print[tile].sum() >= _LEAST_PX)


def _is_print(dark: Page, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what is about as dark as the darker half of the places where print is known to be."""
    level = float(np.percentile(dark[known], 75)) if known.any() else 255.0
    return np.asarray(dark >= max(_FAINTEST, _OF_PRINT * level))


def _window(field: Field) -> tuple[slice, slice]:
    left, top = min(box.x for box in field.boxes), min(box.y for box in field.boxes)
    right = max(box.x + box.width for box in field.boxes)
    bottom = max(box.y + box.height for box in field.boxes)
    beside, above = _AROUND_MM
    return _slice(top - above, bottom + above), _slice(left - beside, right + beside)


def _slice(begin: float, end: float) -> slice:
    return slice(max(0, round(begin * _PER_MM)), max(0, round(end * _PER_MM)))
