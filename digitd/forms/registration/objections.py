"""Say what speaks against a page that was laid flat, as clauses for people: borders that are missing, or too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.forms.registration.found import find, of_sides, whole_boxes
from digitd.forms.registration.geometry import mapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.placed import Homography
    from digitd.forms.registration.borders import Borders
    from digitd.forms.registration.found import Found
    from digitd.forms.registration.lines import Maps
    from digitd.forms.registration.prepare import PreparedPage
    from digitd.forms.registration.ridges import Ridges
    from digitd.forms.template import Field

_OF_FIELD, _OF_BOX, _OF_END = 0.65, 0.5, 0.5
"""Of the pieces of borders: how many must be found of a field, of each box, and of either end of a row."""
_OF_KNOWN_BOX, _OF_KNOWN_END = 0.35, 0.2
"""The same where the print of the page was compared as well: ink along a pale line hides it."""
FEW_TILES = 3
"""Of a page: with fewer its print says nothing."""
_BENT = 0.05
"""How much more or less a field may be stretched than its page: curled paper and copiers make it 0.02, 0.04 at most."""
_AS_DARK = 0.4
"""Of how dark the borders are: so dark those of one more box would have to be."""
_LINE = 0.6
"""Of the pieces of a side: where so many are found, it is printed."""


def outside(fields: dict[str, Homography], known: tuple[Field, ...], shape: tuple[int, ...]) -> str:
    """Say which field does not lie within a picture of a shape."""
    for field in known:
        corners = np.array([corner for box in field.boxes for corner in box.corners])
        there = mapped(fields[field.name], corners)
        if (there < 0).any() or (there > (shape[1], shape[0])).any():
            return f"field {field.name!r} would lie partly outside of the picture"
    return ""


def missing(found: Found, is_inked: NDArray[np.bool_], prepared: PreparedPage) -> str:
    """Say which field does not show its borders, or which box those that ink does not hide.

    Upright and level ones count each for themselves: level ones are there as well when a row is moved along itself.
    """
    borders = prepared.borders
    by_side, hidden = found.by_side(borders), of_sides(is_inked, borders)
    is_known = prepared.printed is not None and len(prepared.printed.tiles) >= FEW_TILES
    of_box, of_end = (_OF_KNOWN_BOX, _OF_KNOWN_END) if is_known else (_OF_BOX, _OF_END)
    side_field, side_upright = borders.box_field[borders.owner[:, 0]], borders.upright_sides
    for number, field in enumerate(prepared.fields):
        for is_upright in (True, False):
            sides = (side_field == number) & (side_upright == is_upright)
            if sides.any() and by_side[sides].mean() < _OF_FIELD:
                share = f"{by_side[sides].mean():.0%}"
                which = "upright" if is_upright else "level"
                return f"{share} of the {which} borders of field {field.name!r} are there; {_OF_FIELD:.0%} must be"
    along = borders.along(len(prepared.fields))
    for number, field in enumerate(prepared.fields):
        for position, box in enumerate(np.flatnonzero(borders.box_field == number), start=1):
            own = (borders.owner == box).any(axis=1)
            for sides in (own & side_upright, own & ~side_upright):
                if sides.any() and by_side[sides].sum() < of_box * (1 - hidden[sides]).sum():
                    return f"box {position} of field {field.name!r} is not printed where it should be"
        ends = _ends(borders, number, is_down=bool(along[number]))
        if any(by_side[side] < of_end * (1 - hidden[side]) for side in ends):
            return f"an end of field {field.name!r} is not printed where it should be"
    return ""


def _ends(borders: Borders, number: int, *, is_down: bool) -> list[int]:
    """Return the lines at both ends of a field's boxes; those of its blank page, where that has them."""
    is_across = borders.upright_sides != is_down
    across = np.flatnonzero((borders.box_field[borders.owner[:, 0]] == number) & is_across)
    if not len(across):
        return []
    starts = np.searchsorted(borders.side, np.arange(len(borders.owner)))
    place = (borders.y if is_down else borders.x)[starts[across]]
    return [int(across[place.argmin()]), int(across[place.argmax()])]


def bent(prepared: PreparedPage, maps: Maps) -> str:
    """Say which field is stretched or turned against its page."""
    slopes = maps[:, :, :2] - overall(prepared.borders, maps)[:2, :2]
    for field, slope in zip(prepared.fields, slopes, strict=True):
        if np.abs(slope).max() > _BENT:
            return f"field {field.name!r} is stretched or turned by more than {_BENT:.0%} against the page"
    return ""


def too_many(lines: Ridges, prepared: PreparedPage, maps: Maps, threshold: float, usual_dark: float) -> str:
    """Say next to which field a box is printed that should not be, about as dark as borders usually are."""
    borders = prepared.beyond
    if not len(borders.x):
        return ""
    found = find(lines, borders, maps, prepared.frame.per_mm, max(threshold, _AS_DARK * usual_dark))
    boxes = np.flatnonzero(whole_boxes(found.by_side(borders) >= _LINE, borders))
    if not len(boxes):
        return ""
    name = prepared.fields[borders.box_field[boxes[0]]].name
    return f"next to field {name!r} a box is printed that the template does not have"


def overall(borders: Borders, maps: Maps) -> Homography:
    """Return the affine map that is nearest to those of all fields."""
    if not len(borders.x):
        return np.eye(3)
    own = maps[borders.field]
    here = np.stack([borders.x, borders.y, np.ones(len(own))], axis=1)
    there = (own @ here[:, :, None])[:, :, 0]
    fitted, *_ = np.linalg.lstsq(here, there, rcond=None)
    return np.vstack([fitted.T, [0, 0, 1]])
