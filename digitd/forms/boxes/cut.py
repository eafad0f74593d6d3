"""Cut the boxes of a form out of a picture, each with its own ink alone on white paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.boxes.along import along_borders
from digitd.forms.boxes.blanks import expected
from digitd.forms.boxes.borders import borders_of
from digitd.forms.boxes.ink import ink_of
from digitd.forms.boxes.shares import shares_of
from digitd.forms.boxes.strip import BORDER_REACH_MM, strip_of
from digitd.forms.boxes.upright import leant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digitd.forms.boxes.blanks import Blanks
    from digitd.forms.boxes.ink import Ink
    from digitd.forms.boxes.shares import Shares
    from digitd.forms.boxes.strip import Strip
    from digitd.forms.placed import Registration
    from digitd.forms.template import Field

_AROUND = 0.25
"""Of the longer side of the ink: white paper left around it."""
_LEAST_AROUND_PX = 6
_PAPER = 255
_UNSEEN = 0.02
"""Of a box: where more of it is beyond the edge of the picture, it cannot be read."""

_BORDER = 0.25
"""Of the smaller side of a box: its borders are no further outside."""
_STRAY = 0.5
"""Of the ink of a box: more that may be its neighbour's makes it doubtful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxInk:
    """What is in a box.

    Attributes
    ----------
    ink : (H, W) uint8
        Its ink, 0 = none, 255 = as dark as can be, cut tightly; (0, 0) where there is none.
    alternative : (H, W) uint8 or None
        The same with what borders may hide of it; None where they hide nothing.
    left, top : float
        Where it begins, in mm from the corner of the box.
    width, height : float
        Of the box, in mm.
    per_mm : float
        Pixels a millimetre.
    is_stray : bool
        Most of what is in it may be its neighbour's.
    is_thick : bool
        A stroke may lie on its border.
    faintest : float
        How dark ink must be to be seen in it, 0-255.
    is_seen : bool
        The picture shows the box.
    """

    ink: NDArray[np.uint8]
    alternative: NDArray[np.uint8] | None
    left: float
    top: float
    width: float
    height: float
    per_mm: float
    is_stray: bool = False
    is_thick: bool = False
    faintest: float = 0.0
    is_seen: bool = True

    @property
    def pages(self) -> tuple[NDArray[np.uint8], ...]:
        """The ink on white paper, (H, W) uint8, 0 = ink; and a second time as it may be."""
        seen = leant(self.ink, self.height * self.per_mm)
        return tuple(_on_paper(ink) for ink in (seen, self.alternative) if ink is not None)


def cut(
    picture: NDArray[np.uint8], registration: Registration, fields: Sequence[Field], blanks: Blanks
) -> dict[str, tuple[BoxInk, ...]]:
    """Cut the boxes of fields out of a picture.

    Parameters
    ----------
    picture : (H, W) or (H, W, 3) uint8
        Grey or RGB, 0 = ink.
    registration : Registration
        Where the fields are.
    fields : sequence of Field
        Of the page that was found.
    blanks : Blanks
        Of the form.
    """
    return {field.name: _cut(picture, registration, field, blanks) for field in fields}


def _cut(picture: NDArray[np.uint8], registration: Registration, field: Field, blanks: Blanks) -> tuple[BoxInk, ...]:
    strip = strip_of(picture, registration.fields.get(field.name, registration.transform), field)
    borders = borders_of(strip)
    print_ = borders.drawn
    known = expected(blanks, field.name, strip)
    if known is not None:
        print_ = np.maximum(print_, known)
    ink = ink_of(strip, print_)
    shares = shares_of(strip, ink)
    is_thick = _unexplained(borders.is_thick, shares.owner, strip)
    return tuple(
        _box(strip, ink, shares, number, is_thick=is_thick[number - 1]) for number in range(1, len(field.boxes) + 1)
    )


def _unexplained(is_thick: NDArray[np.bool_], owner: NDArray[np.int32], strip: Strip) -> list[bool]:
    """Return for each box whether its border is thick and no neighbour's ink, beside the side they share, tells why."""
    reach = round(BORDER_REACH_MM * strip.per_mm)
    numbers = range(1, len(is_thick) + 1)

    def touches(sides: NDArray[np.float64]) -> list[bool]:
        near = (slice(max(round(x) - reach, 0), round(x) + reach) for x in sides.tolist())
        return [bool((owner[:, columns] == number).any()) for number, columns in zip(numbers, near, strict=True)]

    explains_before, explains_behind = (np.pad(is_thick & touches(strip.boxes[:, side]), 1) for side in (0, 2))
    return [bool(thick) for thick in is_thick & ~explains_before[2:] & ~explains_behind[:-2]]


def _box(strip: Strip, ink: Ink, shares: Shares, number: int, *, is_thick: bool) -> BoxInk:
    left, top, right, bottom = strip.boxes[number - 1].tolist()
    is_own = (shares.owner == number).view(np.uint8)
    x, y, width, height = cv2.boundingRect(is_own)
    window = slice(y, y + height), slice(x, x + width)
    own = np.where(is_own[window] > 0, ink.strength[window], 0).astype(np.uint8)
    return BoxInk(
        ink=own,
        alternative=_alternative(strip, ink, is_own, (left, top, right, bottom)),
        left=(x - left) / strip.per_mm,
        top=(y - top) / strip.per_mm,
        width=(right - left) / strip.per_mm,
        height=(bottom - top) / strip.per_mm,
        per_mm=strip.per_mm,
        is_stray=bool(shares.strays[number - 1] > _STRAY * np.count_nonzero(own)),
        is_thick=is_thick,
        faintest=ink.faintest,
        is_seen=_is_seen(strip, left, top, right, bottom),
    )


def _alternative(
    strip: Strip, ink: Ink, is_own: NDArray[np.uint8], box: tuple[float, float, float, float]
) -> NDArray[np.uint8] | None:
    """Cut out the ink of a box with what may be hidden of it."""
    left, top, right, bottom = box
    around = round(_BORDER * min(right - left, bottom - top))
    rows = slice(max(int(top) - around, 0), int(bottom) + around)
    columns = slice(max(int(left) - around, 0), int(right) + around)
    own = is_own[rows, columns]
    missing = along_borders(own, ink.hidden[rows, columns], (right - left, bottom - top), strip.per_mm)
    if missing is None:
        return None
    whole = np.where(own > 0, ink.strength[rows, columns], missing * np.uint8(ink.level)).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(whole)
    return np.ascontiguousarray(whole[y : y + height, x : x + width])


def _on_paper(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    around = max(_LEAST_AROUND_PX, round(_AROUND * max(ink.shape)))
    page = cv2.copyMakeBorder(~ink, around, around, around, around, cv2.BORDER_CONSTANT, value=_PAPER)
    return np.asarray(page, np.uint8)


def _is_seen(strip: Strip, left: float, top: float, right: float, bottom: float) -> bool:
    if strip.is_seen is None:
        return True
    part = strip.is_seen[max(int(top), 0) : int(bottom), max(int(left), 0) : int(right)]
    return bool(part.size) and float(part.mean()) >= 1 - _UNSEEN
