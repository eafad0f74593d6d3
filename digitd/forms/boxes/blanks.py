"""Know what the blank page shows in the boxes of a form: guide digits, dots, light print. None of it is ink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.boxes.borders import borders_of
from digitd.forms.boxes.strip import strip_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from digitd.forms.boxes.strip import Missing, Strip
    from digitd.forms.registration.prepare import PreparedForm
    from digitd.forms.template import Field

_FAINTEST = 8
"""Of 255: as `_CERTAIN`, on a clean blank page."""
_CERTAIN = 5.0
"""Times the noise of the blank page: fainter print is none."""
_NEAR_MM = 1.2
"""How far the print of a field may lie from where the template has it."""
_STRAY_MM = 0.15
"""How far print may be off, or be wider, within a field."""
_LEAST_PX = 30
"""Of print in a strip: less is no print, and no strip can be matched by it."""
_GAIN = (0.4, 1.8)
"""Times as dark as on the blank page print may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """The print in the strip of a field, both (H, W) uint8, 0 = none: all of it, and what is no border of its boxes."""

    whole: Missing
    inner: Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Blanks:
    """The print of fields, by their names; missing are those of which no blank page shows more than borders."""

    prints: Mapping[str, Print]


def blanks_of(form: PreparedForm) -> Blanks:
    """See what the blank pages of a form show in the strips of its fields."""
    prints: dict[str, Print] = {}
    for page in form.template.pages:
        reference = form.reference(page.number)
        if reference is None:
            continue
        height, width = reference.shape
        place = np.diag([width / page.width, height / page.height, 1.0])
        for field in form.template.fields_of(page.number):
            found = _print_of(reference, place, field)
            if cv2.countNonZero(found.inner) >= _LEAST_PX:
                prints[field.name] = found
    return Blanks(prints=prints)


def expected(blanks: Blanks, name: str, strip: Strip) -> NDArray[np.uint8] | None:
    """Return what print should look like on the strip of a field, (H, W) uint8; None where there is none but borders.

    It is moved to where it is on the strip, made as dark as it is there, and widened by as much as it may be off.
    """
    known = blanks.prints.get(name)
    if known is None:
        return None
    whole, inner = _moved(known, strip)
    there = whole > 0
    dark = strip.missing[there]
    if not len(dark):
        return None
    gain = float(np.median(dark / whole[there].astype(np.float32)))
    stray = 2 * max(1, round(_STRAY_MM * strip.per_mm)) + 1
    wider = cv2.dilate(inner, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (stray, stray)))
    return np.asarray(cv2.convertScaleAbs(wider, alpha=min(max(gain, _GAIN[0]), _GAIN[1])), np.uint8)


def _print_of(reference: NDArray[np.uint8], place: NDArray[np.float64], field: Field) -> Print:
    strip = strip_of(reference, place, field)
    least = max(_FAINTEST, _CERTAIN * strip.noise)
    whole = np.where(strip.missing >= least, strip.missing, 0).astype(np.uint8)
    return Print(whole=whole, inner=np.where(borders_of(strip).drawn > 0, 0, whole).astype(np.uint8))


def _moved(known: Print, strip: Strip) -> tuple[Missing, Missing]:
    """Shift print, all of it and the inner, to where the strip shows it best."""
    reach = round(_NEAR_MM * strip.per_mm / 2)
    small, there = (
        np.asarray(cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        for page in (known.whole, strip.missing)
    )
    within = small[reach:-reach, reach:-reach]
    if not within.size or not within.any():
        return known.whole, known.inner
    _, _, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(there, within, cv2.TM_CCORR))
    shift = np.array([[1, 0, 2 * (x - reach)], [0, 1, 2 * (y - reach)]], float)
    height, width = strip.missing.shape
    whole, inner = (
        np.asarray(cv2.warpAffine(page, shift, (width, height), flags=cv2.INTER_NEAREST), np.uint8)
        for page in (known.whole, known.inner)
    )
    return whole, inner
