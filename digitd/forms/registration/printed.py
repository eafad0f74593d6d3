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

_PER_MM = 3.0
"""Pixels: print is compared at 76 dpi."""
_AROUND_MM = (18.0, 7.0)
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
_LEAST_PX = 150
"""Of print around a field: fewer say nothing. A word of five letters in 9 points has 250."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The print of a blank page, at `per_mm` pixels a millimetre.

    Attributes
    ----------
    is_print : (H, W) bool
        But for the boxes of all fields.
    windows : tuple of (slice, slice)
        Rows and columns around each field.
    per_mm : float
    """

    is_print: NDArray[np.bool_]
    windows: tuple[tuple[slice, slice], ...]
    per_mm: float


def printed_on(flat: Page, frame: Frame, fields: Sequence[Field], maps: Maps) -> Printed:
    """See the print of a flat blank page, (H, W) uint8; `maps` place its fields."""
    dark = darkness(flat, frame)
    is_print = _is_print(dark, dark >= _FAINTEST)
    for field, place in zip(fields, maps, strict=True):
        for box in field.boxes:
            left, top = place @ (box.x - _CLEAR_MM, box.y - _CLEAR_MM, 1)
            right, bottom = place @ (box.x + box.width + _CLEAR_MM, box.y + box.height + _CLEAR_MM, 1)
            is_print[_slice(top, bottom), _slice(left, right)] = False
    return Printed(is_print=is_print, windows=tuple(_window(field) for field in fields), per_mm=_PER_MM)


def darkness(flat: Page, frame: Frame) -> Page:
    """Return how much darker than the paper around it a flat page is, at the size at which print is compared."""
    size = max(1, round(frame.width * _PER_MM)), max(1, round(frame.height * _PER_MM))
    small = np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.uint8)
    side = 2 * round(_PAPER_MM * _PER_MM / 2) + 1
    return np.asarray(cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8)), np.uint8)


def shares(printed: Printed, dark: Page, maps: Maps) -> NDArray[np.float64]:
    """Return for each field which share of the print around it is there, (fields,); NaN where there is too little.

    Parameters
    ----------
    printed : Printed
        Of the blank page.
    dark : (H, W) uint8
        Of the page that is looked at.
    maps : Maps
        Where its fields are.
    """
    reach = np.ones((2 * _NEAR_PX + 1, 2 * _NEAR_PX + 1), np.uint8)
    near = np.asarray(cv2.dilate(_is_print(dark, printed.is_print).astype(np.uint8), reach), np.uint8)
    return np.array([_share(printed, near, window, place) for window, place in zip(printed.windows, maps, strict=True)])


def _share(printed: Printed, near: Page, window: tuple[slice, slice], place: NDArray[np.float64]) -> float:
    rows, columns = np.nonzero(printed.is_print[window])
    if len(rows) < _LEAST_PX:
        return float("nan")
    x, y = (columns + window[1].start + 0.5) / _PER_MM, (rows + window[0].start + 0.5) / _PER_MM
    there = np.floor((place @ np.stack([x, y, np.ones_like(x)])) * _PER_MM).astype(int)
    height, width = near.shape
    is_inside = (there >= 0).all(axis=0) & (there[0] < width) & (there[1] < height)
    return float(near[there[1, is_inside], there[0, is_inside]].sum() / len(rows))


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
