"""Decide whether a page really lies where it is proposed to: the one verifier, whatever proposed it.

A scanner or a camera must be able to see it so; each field must show its borders, each box and both ends of each row
among them; nothing that looks like one more box may be printed next to it; and what is printed around each field must
be there. Whatever fails, the page has no values.

Residual risk: a version of the form that differs only in words far from its boxes is taken for the form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digitd.forms.placed import Registration
from digitd.forms.registration.flat import flatten
from digitd.forms.registration.found import find, threshold_for, whole_boxes
from digitd.forms.registration.geometry import implausible, mapped, per_mm
from digitd.forms.registration.printed import around_fields, darkness, in_tiles
from digitd.forms.registration.ridges import ridges
from digitd.forms.registration.settle import settle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.placed import Homography
    from digitd.forms.registration.borders import Borders
    from digitd.forms.registration.candidates import Candidate
    from digitd.forms.registration.found import Found
    from digitd.forms.registration.prepare import PreparedPage
    from digitd.forms.registration.printed import Printed
    from digitd.forms.registration.ridges import Ridges
    from digitd.forms.registration.settle import Maps
    from digitd.forms.template import Field

    Page = NDArray[np.uint8]

_COARSEST = 0.3
"""Pixels of the picture to one of the flat page: a usual box has 12, as at 50 dpi."""
_OF_FIELD, _OF_BOX, _OF_END = 0.65, 0.5, 0.5
"""Of the pieces of borders: how many must be found of a field, of each box, and of either end of a row."""
_BENT = 0.05
"""How much more or less a field may be stretched than its page: curled paper and copiers make it 0.02."""
_MOST_RMS_MM = 0.5
"""Of the distances between where borders should be and where they were found."""
_AS_DARK = 0.4
"""Of how dark the borders are: so dark those of one more box would have to be."""
_LINE = 0.6
"""Of the pieces of a side: where so many are found, it is printed."""
_ALIKE_AROUND, _ALIKE_TILE = 0.5, 0.78
"""Correlation of print with that of the blank page, around a field and in a tile of the page. Nine in ten tiles of the
right page had 0.85 and more, at 90 dpi and in photographs as well; those with other words of the same size had 0.7."""
_OF_PAGE, _OF_QUARTER = 0.7, 0.4
"""Of the tiles of a page, and of those of a quarter of it: so many must have their print."""
_FEW_TILES = 3
"""Fewer say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A page that lies there, and how much alike its print is to that of the blank page, 0-1; 0 where none is known."""

    registration: Registration
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a page does not lie there, a clause for people, and how much spoke for it, 0-1."""

    why: str
    share: float = 0.0


def verify(grey: Page, candidate: Candidate, prepared: PreparedPage) -> Verified | Refusal:
    """Verify a proposal on (H, W) uint8."""
    frame = prepared.frame
    why = implausible(candidate.transform, frame.width, frame.height)
    if why:
        return Refusal(why=why)
    scale = per_mm(candidate.transform, frame.width, frame.height)
    least = _COARSEST * frame.per_mm
    if scale < least:
        return Refusal(why=f"the page would have {scale * 25.4:.0f} dpi; {least * 25.4:.0f} are needed")
    flat = flatten(grey, candidate.transform, frame)
    lines = ridges(flat)
    maps = settle(lines, prepared.borders, len(prepared.fields), frame.per_mm)
    fields = {
        field.name: candidate.transform @ np.vstack([place, [0, 0, 1]])
        for field, place in zip(prepared.fields, maps, strict=True)
    }
    why = _outside(fields, prepared.fields, grey.shape)
    if why:
        return Refusal(why=why)
    threshold = threshold_for(lines, prepared.borders, maps, frame.per_mm)
    found = find(lines, prepared.borders, maps, frame.per_mm, threshold)
    share = float(found.is_found.mean()) if len(found.is_found) else 0.0
    why = (
        _nothing_to_tell(candidate, prepared)
        or _missing(found, prepared.borders, prepared.fields)
        or _bent(prepared, maps)
        or _too_many(lines, prepared, maps, max(threshold, _AS_DARK * found.usual_dark))
    )
    likeness = 0.0
    if not why and prepared.printed is not None:
        why, likeness = _print_there(flat, prepared.printed, prepared, maps)
    if why:
        return Refusal(why=why, share=share)
    rms = float(np.sqrt(np.mean(found.offset[found.is_found] ** 2))) if len(found.offset) else 0.0
    if rms > _MOST_RMS_MM:
        return Refusal(why=f"its borders are {rms:.2f} mm off; at most {_MOST_RMS_MM} are allowed", share=share)
    registration = Registration(
        page=candidate.page,
        transform=candidate.transform @ _overall(prepared.borders, maps),
        fields=fields,
        method=candidate.method,
        rms_mm=rms,
    )
    return Verified(registration=registration, likeness=likeness)


def _outside(fields: dict[str, Homography], known: tuple[Field, ...], shape: tuple[int, ...]) -> str:
    """Say which field does not lie within a picture of a shape."""
    for field in known:
        corners = np.array(
            [(x, y) for box in field.boxes for x in (box.x, box.x + box.width) for y in (box.y, box.y + box.height)]
        )
        there = mapped(fields[field.name], corners)
        if (there < 0).any() or (there > (shape[1], shape[0])).any():
            return f"field {field.name!r} would lie partly outside of the picture"
    return ""


def _nothing_to_tell(candidate: Candidate, prepared: PreparedPage) -> str:
    """Say that a page without boxes, markers and print cannot be told from others."""
    has_print = prepared.printed is not None and len(prepared.printed.tiles) >= _FEW_TILES
    return "" if prepared.fields or has_print or candidate.method == "markers" else "it has nothing to be known by"


def _missing(found: Found, borders: Borders, fields: tuple[Field, ...]) -> str:
    """Say which field does not show its borders.

    Upright and level ones count each for themselves: level ones are there as well when a row is moved along itself.
    """
    by_side = found.by_side(borders)
    side_field, side_upright = borders.box_field[borders.owner[:, 0]], borders.upright_sides
    for number, field in enumerate(fields):
        for is_upright in (True, False):
            sides = (side_field == number) & (side_upright == is_upright)
            if sides.any() and by_side[sides].mean() < _OF_FIELD:
                share = f"{by_side[sides].mean():.0%}"
                which = "upright" if is_upright else "level"
                return f"{share} of the {which} borders of field {field.name!r} are there; {_OF_FIELD:.0%} must be"
    for number, field in enumerate(fields):
        for position, box in enumerate(np.flatnonzero(borders.box_field == number), start=1):
            own = (borders.owner == box).any(axis=1)
            for sides in (own & side_upright, own & ~side_upright):
                if sides.any() and by_side[sides].mean() < _OF_BOX:
                    return f"box {position} of field {field.name!r} is not printed where it should be"
        if any(by_side[side] < _OF_END for side in _ends(borders, number)):
            return f"an end of field {field.name!r} is not printed where it should be"
    return ""


def _ends(borders: Borders, number: int) -> list[int]:
    """Return the first and the last upright line of a field; those of its blank page, where that has them."""
    starts = np.searchsorted(borders.side, np.arange(len(borders.owner)))
    upright = np.flatnonzero((borders.box_field[borders.owner[:, 0]] == number) & borders.upright_sides)
    if not len(upright):
        return []
    x = borders.x[starts[upright]]
    return [int(upright[x.argmin()]), int(upright[x.argmax()])]


def _bent(prepared: PreparedPage, maps: Maps) -> str:
    """Say which field is stretched or turned against its page."""
    slopes = maps[:, :, :2] - _overall(prepared.borders, maps)[:2, :2]
    for field, slope in zip(prepared.fields, slopes, strict=True):
        if np.abs(slope).max() > _BENT:
            return f"field {field.name!r} is stretched or turned by more than {_BENT:.0%} against the page"
    return ""


def _too_many(lines: Ridges, prepared: PreparedPage, maps: Maps, threshold: float) -> str:
    """Say next to which field a box is printed that should not be."""
    borders = prepared.beyond
    if not len(borders.x):
        return ""
    found = find(lines, borders, maps, prepared.frame.per_mm, threshold)
    boxes = np.flatnonzero(whole_boxes(found.by_side(borders) >= _LINE, borders))
    if not len(boxes):
        return ""
    name = prepared.fields[borders.box_field[boxes[0]]].name
    return f"next to field {name!r} a box is printed that the template does not have"


def _print_there(flat: Page, printed: Printed, prepared: PreparedPage, maps: Maps) -> tuple[str, float]:
    """Say where other things are printed than on the blank page, and how much alike all is."""
    dark = darkness(flat, prepared.frame)
    around = around_fields(printed, dark, maps)
    for field, likeness in zip(prepared.fields, around.tolist(), strict=True):
        if likeness < _ALIKE_AROUND:
            return f"around field {field.name!r} other things are printed than on the blank page", 0.0
    alike = in_tiles(printed, dark, _overall(prepared.borders, maps)[:2])
    return _torn(printed, alike), float(alike.mean()) if len(alike) else 0.0


def _torn(printed: Printed, alike: NDArray[np.float64]) -> str:
    """Say that too few of the tiles of a page, or of a quarter of it, have their print."""
    is_there = alike >= _ALIKE_TILE
    if len(alike) >= _FEW_TILES and is_there.mean() < _OF_PAGE:
        return f"{is_there.mean():.0%} of what is printed on the blank page is there; {_OF_PAGE:.0%} must be"
    for quarter in range(4):
        mine = is_there[np.array(printed.quarter, int) == quarter]
        if len(mine) >= _FEW_TILES and mine.mean() < _OF_QUARTER:
            return "a quarter of the page has other print than the blank page"
    return ""


def _overall(borders: Borders, maps: Maps) -> Homography:
    """Return the affine map that is nearest to those of all fields."""
    if not len(borders.x):
        return np.eye(3)
    own = maps[borders.field]
    here = np.stack([borders.x, borders.y, np.ones(len(own))], axis=1)
    there = (own @ here[:, :, None])[:, :, 0]
    fitted, *_ = np.linalg.lstsq(here, there, rcond=None)
    return np.vstack([fitted.T, [0, 0, 1]])
