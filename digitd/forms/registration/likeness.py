"""Compare what is printed around a field with what its blank page shows there.

Rows of a table, and the boxes of a row, look the same one further on; the words beside them do not. Only print that the
blank page has is looked for: what people write beside their boxes does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.registration.samples import COMPARED_PX, PLACED_PX, Samples, likeness, page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digitd.forms.registration.curl import Curl
    from digitd.forms.registration.flat import Frame
    from digitd.forms.registration.lines import Maps
    from digitd.forms.registration.samples import Page as Seen
    from digitd.forms.template import Field

    Page = NDArray[np.uint8]
    Window = tuple[slice, slice]

_PER_MM = 4.5
"""Pixels: print is compared at 114 dpi, at which letters can be told apart."""
_AROUND_MM = (30.0, 7.0)
"""How far to either side of a field, and above and below, print belongs to it."""
_CLEAR_MM = 0.8
"""Around boxes: there it is their borders that would be compared."""
_PAPER_MM = 5.0
"""Print is thinner."""
_FAINTEST = 10
"""Grey levels: fainter print is not compared."""
_BESIDE_PX, _FAR_PX = 3, 9
"""Paper so near to print is compared too: without it, all that is black looks like print, and with more of it all lines
of words are alike. Paper farther away only says where print is.
"""
_MOVED_PX = 7
"""How far the print around a field may be moved; the field says little of what is an inch away."""
_TILE_MM = 30.0
"""Parts of the page that are compared each for itself: paper curls."""
_CURL_MM = 2.5
"""How far print may be from where the page as a whole has it."""
_LEAST_PX = 200
"""Of print: less says nothing; a word of five letters in 9 points has 500."""
_MOST_TILES = 20
"""Of a page, spread over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The print of a blank page, but for the boxes of all fields.

    Attributes
    ----------
    around : Samples
        Of the surroundings of fields.
    field : (N,) int64
        For each of them which field that is: those around which there is too little print are left out.
    tiles : Samples
        Of parts of the page that have some print.
    quarter : (tiles,) int64
        For each tile the quarter of the page it lies in, 0-3.
    """

    around: Samples
    field: NDArray[np.int64]
    tiles: Samples
    quarter: NDArray[np.int64]


def printed_on(flat: Page, frame: Frame, fields: Sequence[Field], maps: Maps) -> Printed:
    """See the print of a flat blank page, (H, W) uint8; `maps` place its fields."""
    dark = _darkness(flat, frame)
    is_free = np.ones(dark.shape, bool)
    for field, place in zip(fields, maps, strict=True):
        for box in field.boxes:
            left, top = place @ (box.x - _CLEAR_MM, box.y - _CLEAR_MM, 1)
            right, bottom = place @ (box.right + _CLEAR_MM, box.bottom + _CLEAR_MM, 1)
            is_free[_slice(top, bottom), _slice(left, right)] = False
    around, which = _sampled(dark, is_free, [_window(field) for field in fields])
    tiles, _ = _sampled(dark, is_free, _tiles(dark.shape))
    kept = tiles.only(np.unique(np.linspace(0, max(len(tiles) - 1, 0), _MOST_TILES).astype(int))[: len(tiles)])
    is_far = kept.places.mean(axis=1) >= (frame.width / 2, frame.height / 2)  # (tiles, 2)
    return Printed(around=around, field=which, tiles=kept, quarter=is_far @ (1, 2))


def _darkness(flat: Page, frame: Frame) -> Page:
    """Return how much darker than the paper around it a flat page is, at the size at which print is compared."""
    size = max(1, round(frame.width * _PER_MM)), max(1, round(frame.height * _PER_MM))
    small = np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.uint8)
    side = 2 * round(_PAPER_MM * _PER_MM / 2) + 1
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8))
    return np.asarray(cv2.blur(dark, (3, 3)), np.uint8)


def seen_print(flat: Page, frame: Frame) -> Seen:
    """See the print of a flat page, (H, W) uint8."""
    return page_of(_darkness(flat, frame), _PER_MM)


def around_fields(printed: Printed, page: Seen, maps: Maps) -> NDArray[np.float64]:
    """Return how much alike the print around fields is, at most 1; for those of `printed.field`, (N,).

    Parameters
    ----------
    printed : Printed
        Of the blank page.
    page : Page
        That is looked at.
    maps : Maps
        Where its fields are.
    """
    return likeness(printed.around, page, maps[printed.field], _MOVED_PX)


def in_tiles(printed: Printed, page: Seen, curl: Curl) -> NDArray[np.float64]:
    """Return for each tile how much alike its print is, where a curl puts it or a little off, (tiles,)."""
    maps = curl.maps(printed.tiles.places.mean(axis=1))
    return likeness(printed.tiles, page, maps, round(_CURL_MM * _PER_MM))


def _sampled(dark: Page, is_free: NDArray[np.bool_], windows: Sequence[Window]) -> tuple[Samples, NDArray[np.int64]]:
    """Take pixels of print, and of the paper beside it, in windows; leave out those with too little print.

    Returns
    -------
    Samples, and (N,) int64
        Of which windows they are.
    """
    rng = np.random.default_rng(0)
    chosen, which = np.zeros((0, 2, COMPARED_PX + PLACED_PX), np.int64), []
    for number, window in enumerate(windows):
        is_print = (dark[window] >= _FAINTEST) & is_free[window]
        if is_print.sum() < _LEAST_PX:
            continue
        near, far = (_places_near(is_print, is_free[window], side) for side in (_BESIDE_PX, _FAR_PX))
        some = [np.resize(rng.permutation(near), (COMPARED_PX, 2)), np.resize(rng.permutation(far), (PLACED_PX, 2))]
        corner = np.array([window[0].start, window[1].start])
        chosen = np.concatenate([chosen, (np.concatenate(some) + corner).T[None]])
        which.append(number)
    return page_of(dark, _PER_MM).sampled(chosen[:, 0], chosen[:, 1]), np.array(which, np.int64)


def _places_near(is_print: NDArray[np.bool_], is_free: NDArray[np.bool_], side: int) -> NDArray[np.int64]:
    """Return the rows and columns of print and of what is beside it, (N, 2)."""
    beside = cv2.dilate(is_print.astype(np.uint8), np.ones((side, side), np.uint8))
    return np.argwhere(beside.astype(bool) & is_free)


def _tiles(shape: tuple[int, ...]) -> list[Window]:
    side = round(_TILE_MM * _PER_MM)
    return [
        (slice(top, top + side), slice(left, left + side))
        for top in range(0, shape[0], side)
        for left in range(0, shape[1], side)
    ]


def _window(field: Field) -> tuple[slice, slice]:
    left, top = min(box.x for box in field.boxes), min(box.y for box in field.boxes)
    right = max(box.right for box in field.boxes)
    bottom = max(box.bottom for box in field.boxes)
    beside, above = _AROUND_MM
    return _slice(top - above, bottom + above), _slice(left - beside, right + beside)


def _slice(begin: float, end: float) -> slice:
    return slice(max(0, round(begin * _PER_MM)), max(0, round(end * _PER_MM)))
