"""Draw a template over a page: each field in a colour of its own, with its name where there is room for it.

In dense tables a name shrinks, and where even then it would lie on boxes, the number of the field in the template
stands for it, in its first box.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.annotate.canvas import WHITE, Area, Canvas
from digitd.annotate.places import around, bounds
from digitd.annotate.room import Room
from digitd.annotate.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from digitd.annotate.canvas import Words
    from digitd.forms.placed import Homography
    from digitd.forms.template import Field

_COLOURS = ("#0072b2", "#c24e00", "#00795a", "#b0508a", "#5650a0")
"""Told apart under the common colour-vision deficiencies (Okabe and Ito 2008), darkened so that white can be read."""
_LONGEST = 2000
"""Pixels of the longer side: larger pages are reduced."""
_LEAST = 1200
"""And smaller ones enlarged, so that names can be read."""
_SIZES = (20, 16, 13)
"""Of names, in pixels."""
_SMALL = 12
_WIDEST = 320
_CLEAR = 4
"""Pixels from a box to a name."""


def draw_preview(
    page: NDArray[np.uint8], fields: Sequence[Field], places: Mapping[str, Homography], per_mm: float
) -> NDArray[np.uint8]:
    """Draw fields over a page.

    Parameters
    ----------
    page : (H, W) or (H, W, 3) uint8
        Grey or RGB.
    fields : sequence of Field
    places : mapping of str to Homography
        Where each is: from mm of the page to pixels of the picture.
    per_mm : float
        Pixels of the picture a mm, about.

    Returns
    -------
    (h, w, 3) uint8
        RGB.
    """
    longest = max(page.shape[:2])
    factor = min(_LONGEST / longest, max(1.0, _LEAST / longest))
    shown = _pale(page, factor)
    room = Room(shown)
    scale = np.diag([factor, factor, 1.0])
    outlines = [_outlines(field, scale @ places[field.name]) for field in fields]
    thickness = max(1, round(per_mm * factor / 4))
    canvas = Canvas(1, 1)
    canvas.resize(shown.shape[1], shown.shape[0])
    canvas.paste(shown, 0, 0)
    for number, quads in enumerate(outlines):
        red, green, blue = (int(_COLOURS[number % len(_COLOURS)][at : at + 2], 16) for at in (1, 3, 5))
        cv2.polylines(canvas.pixels, quads, True, (red, green, blue), thickness, cv2.LINE_AA)
        for quad in quads:
            room.take(around(bounds(quad), _CLEAR - 1))
    labels = _Labels(canvas, room)
    for number, (field, quads) in enumerate(zip(fields, outlines, strict=True)):
        labels.write(number, field.name, quads)
    return canvas.pixels


class _Labels:
    """Writes names on a page."""

    def __init__(self, canvas: Canvas, room: Room) -> None:
        self._canvas = canvas
        self._room = room
        self._names = [canvas.words(size, bold=True, colour=WHITE) for size in _SIZES]
        self._small = canvas.words(_SMALL, bold=True, colour=WHITE)

    def write(self, number: int, name: str, quads: Sequence[NDArray[np.int32]]) -> None:
        """Name a field, or give its number from 0 on plus 1 where its name finds no room."""
        colour = _COLOURS[number % len(_COLOURS)]
        for words, size in zip(self._names, _SIZES, strict=True):
            text = shorten(name, words.fits(_WIDEST))
            places = _beside(quads, words.width_of(text) + size // 2, size + 4)
            area = self._room.find(places)
            if area is None and size == _SIZES[-1]:  # rather over a printed line than nowhere
                area = next(filter(self._room.is_free, places), None)
            if area is not None:
                self._room.take(area)
                self._put(words, text, area, size, colour)
                return
        text = str(number + 1)
        corner = around(bounds(quads[0]), -_CLEAR)
        area = Area(corner.left, corner.top, self._small.width_of(text) + _SMALL // 2, _SMALL + 3)
        self._put(self._small, text, area, _SMALL, colour)

    def _put(self, words: Words, text: str, area: Area, size: int, colour: str) -> None:
        self._canvas.fill(area, colour)
        words.write(text, round(area.left) + size // 4, round(area.top) + round(0.9 * size))


def _pale(page: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    """Return a page in RGB, larger or smaller by a factor, with its print a little paler than what is drawn on it."""
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    shown = np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=way), np.uint8)
    if shown.ndim == 2:
        shown = np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2RGB), np.uint8)
    return np.asarray(cv2.addWeighted(shown, 0.75, np.full_like(shown, 255), 0.25, 0), np.uint8)


def _outlines(field: Field, place: Homography) -> list[NDArray[np.int32]]:
    """Return the four corners of each box, (4, 2)."""
    corners = np.array([box.corners for box in field.boxes], float)  # (boxes, 4, 2)
    there = cv2.perspectiveTransform(corners.reshape(1, -1, 2), place).reshape(corners.shape)
    return list(np.rint(there).astype(np.int32))


def _beside(quads: Sequence[NDArray[np.int32]], width: int, height: int) -> list[Area]:
    """Return where a name may stand, the best place first: above the field, right or left of it, below it."""
    first, last = around(bounds(quads[0]), _CLEAR), around(bounds(quads[-1]), _CLEAR)
    middle = (first.height - height) / 2
    return [
        Area(first.left + _CLEAR, first.top - height, width, height),
        Area(last.left + last.width, last.top + middle, width, height),
        Area(first.left - width, first.top + middle, width, height),
        Area(first.left + _CLEAR, last.top + last.height, width, height),
    ]
