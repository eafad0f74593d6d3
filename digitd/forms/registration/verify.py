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
from digitd.forms.registration.found import find, inked, threshold_for
from digitd.forms.registration.geometry import implausible, per_mm
from digitd.forms.registration.likeness import around_fields, in_tiles, seen_print
from digitd.forms.registration.objections import FEW_TILES, bent, missing, outside, overall, too_many
from digitd.forms.registration.ridges import ridges
from digitd.forms.registration.settle import curl_of_page, settle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.registration.candidates import Candidate
    from digitd.forms.registration.likeness import Printed
    from digitd.forms.registration.lines import Maps
    from digitd.forms.registration.prepare import PreparedPage

    Page = NDArray[np.uint8]

_COARSEST = 0.3
"""Pixels of the picture to one of the flat page: a usual box has 12, as at 50 dpi."""
_MOST_RMS_MM = 0.5
"""Of the distances between where borders should be and where they were found."""
_ALIKE_AROUND, _ALIKE_TILE = 0.6, 0.86
"""Correlation of print with that of the blank page, around a field and in a tile of the page. Nine in ten tiles of the
right page had 0.85 and more, at 90 dpi and in photographs as well; those with other words of the same size had 0.7.
Print around a field had 0.47 along a fold.
"""
_OF_PAGE, _OF_QUARTER = 0.7, 0.4
"""Of the tiles of a page, and of those of a quarter of it: so many must have their print."""


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
    why = outside(fields, prepared.fields, grey.shape)
    if why:
        return Refusal(why=why)
    threshold = threshold_for(lines, prepared.borders, maps, frame.per_mm)
    found = find(lines, prepared.borders, maps, frame.per_mm, threshold)
    share = float(found.is_found.mean()) if len(found.is_found) else 0.0
    why = (
        _nothing_to_tell(candidate, prepared)
        or missing(found, inked(flat, prepared.borders, maps, frame.per_mm, found), prepared)
        or bent(prepared, maps)
        or too_many(lines, prepared, maps, threshold, found.usual_dark)
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
        transform=candidate.transform @ overall(prepared.borders, maps),
        fields=fields,
        method=candidate.method,
        rms_mm=rms,
    )
    return Verified(registration=registration, likeness=likeness)


def _nothing_to_tell(candidate: Candidate, prepared: PreparedPage) -> str:
    """Say that a page without boxes, markers and print cannot be told from others."""
    has_print = prepared.printed is not None and len(prepared.printed.tiles) >= FEW_TILES
    return "" if prepared.fields or has_print or candidate.method == "markers" else "it has nothing to be known by"


def _print_there(flat: Page, printed: Printed, prepared: PreparedPage, maps: Maps) -> tuple[str, float]:
    """Say where other things are printed than on the blank page, and how much alike all is."""
    page = seen_print(flat, prepared.frame)
    around = around_fields(printed, page, maps)
    for field, likeness in zip(printed.field, around, strict=True):
        if likeness < _ALIKE_AROUND:
            name = prepared.fields[field].name
            return f"around field {name!r} other things are printed than on the blank page", 0.0
    curl = curl_of_page(prepared.borders, maps, (prepared.frame.width, prepared.frame.height))
    alike = in_tiles(printed, page, curl)
    return _torn(printed, alike), float(alike.mean()) if len(alike) else 0.0


def _torn(printed: Printed, alike: NDArray[np.float64]) -> str:
    """Say that too few of the tiles of a page, or of a quarter of it, have their print."""
    is_there = alike >= _ALIKE_TILE
    if len(alike) >= FEW_TILES and is_there.mean() < _OF_PAGE:
        return f"{is_there.mean():.0%} of what is printed on the blank page is there; {_OF_PAGE:.0%} must be"
    for quarter in range(4):
        mine = is_there[printed.quarter == quarter]
        if len(mine) >= FEW_TILES and mine.mean() < _OF_QUARTER:
            return "a quarter of the page has other print than the blank page"
    return ""
