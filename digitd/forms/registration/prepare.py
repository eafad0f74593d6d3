"""Prepare what registration needs to know of a form, once: borders, features and print of its blank pages."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from digitd.forms.registration.borders import Borders, beyond, borders_of
from digitd.forms.registration.features import Features, features_of
from digitd.forms.registration.flat import Frame, flatten
from digitd.forms.registration.found import printed_sides, whole_boxes
from digitd.forms.registration.geometry import scaled
from digitd.forms.registration.likeness import Printed, printed_on
from digitd.forms.registration.ridges import ridges
from digitd.forms.registration.settle import settle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from digitd.forms.template import Field, FormPage, Template

_BOX_PX = 40
"""The smaller side of a usual box on a flat page: at 6 mm, 170 dpi."""
_LEAST_PER_MM, _MOST_PX = 1.0, 6_000_000
"""Of a flat page, whatever its boxes are."""
_MOST_SHOWN = 0.5
"""Of the sides of a field: where the blank page shows fewer, it is not the one the template was made for."""
_WITHOUT_BOXES_MM = 6.0
"""What a page without fields is laid flat as if its boxes were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPage:
    """One page of a form.

    Attributes
    ----------
    page : FormPage
    frame : Frame
        How it is laid flat.
    fields : tuple of Field
        Its fields; those of `borders` are numbered in their order.
    borders : Borders
        Of the boxes; where there is a blank page, those that it shows.
    beyond : Borders
        Of the boxes that should not be there.
    reference : ndarray or None
        (H, W) uint8, the blank page.
    features : Features or None
        Of the blank page.
    printed : Printed or None
        What the blank page shows around its fields.
    """

    page: FormPage
    frame: Frame
    fields: tuple[Field, ...]
    borders: Borders
    beyond: Borders
    reference: NDArray[np.uint8] | None
    features: Features | None
    printed: Printed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedForm:
    """A form, ready to be found on pictures. It can be pickled."""

    template: Template
    pages: tuple[PreparedPage, ...]

    def reference(self, page: int) -> NDArray[np.uint8] | None:
        """Return the blank page of a number, (H, W) uint8, which spans the whole page; None where there is none."""
        return next((prepared.reference for prepared in self.pages if prepared.page.number == page), None)


def prepare(template: Template, references: Mapping[int, NDArray[np.uint8]]) -> PreparedForm:
    """Prepare a form.

    Parameters
    ----------
    template : Template
    references : mapping of int to (H, W) uint8
        Blank pages by their numbers; each spans exactly its page. There may be fewer than pages.
    """
    pages = tuple(_prepared(page, template.fields_of(page.number), references) for page in template.pages)
    return PreparedForm(template=template, pages=pages)


def _prepared(page: FormPage, fields: tuple[Field, ...], references: Mapping[int, NDArray[np.uint8]]) -> PreparedPage:
    frame = _frame(page, fields)
    borders, nexts = borders_of(fields), beyond(fields, page.width, page.height)
    reference = references.get(page.number)
    if reference is None:
        return PreparedPage(
            page=page,
            frame=frame,
            fields=fields,
            borders=borders,
            beyond=nexts,
            reference=None,
            features=None,
            printed=None,
        )
    height, width = reference.shape
    flat = flatten(reference, scaled(width / page.width, height / page.height), frame)
    lines = ridges(flat)
    maps = settle(lines, borders, len(fields), frame.per_mm)
    is_next = whole_boxes(printed_sides(lines, nexts, maps, frame.per_mm), nexts)
    return PreparedPage(
        page=page,
        frame=frame,
        fields=fields,
        borders=_as_shown(borders, printed_sides(lines, borders, maps, frame.per_mm)),
        beyond=nexts.only(~is_next[nexts.owner[:, 0]]),
        reference=reference,
        features=features_of(reference, page, fields),
        printed=printed_on(flat, frame, fields, maps),
    )


def _frame(page: FormPage, fields: Sequence[Field]) -> Frame:
    boxes = [box for field in fields for box in field.boxes]
    side = median(min(box.width, box.height) for box in boxes) if boxes else _WITHOUT_BOXES_MM
    most = (_MOST_PX / (page.width * page.height)) ** 0.5
    return Frame(width=page.width, height=page.height, per_mm=min(max(_BOX_PX / side, _LEAST_PER_MM), most))


def _as_shown(borders: Borders, is_shown: NDArray[np.bool_]) -> Borders:
    """Keep those sides that the blank page shows; all of a field of which it does not show the most."""
    of_field = borders.box_field[borders.owner[:, 0]]
    counts = np.bincount(of_field, minlength=len(borders.box_field))
    shown = np.bincount(of_field, weights=is_shown, minlength=len(borders.box_field))
    return borders.only(is_shown | (shown < _MOST_SHOWN * counts)[of_field])
