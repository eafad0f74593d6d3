"""Look where the fields of a form are found on a page."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitd.annotate.formpage import FormPage
from digitd.annotate.preview import draw_preview
from digitd.errors import InputError, Rejection
from digitd.forms.alone import register_alone
from digitd.forms.placed import Registration
from digitd.forms.registration import prepare
from digitd.forms.registration.geometry import per_mm
from digitd.imaging.decode import decode_pages
from digitd.intake import read_bytes
from digitd.names import printable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from digitd.config import Limits
    from digitd.formfile import LoadedForm
    from digitd.forms.placed import Unregistered
    from digitd.forms.template import Template

    Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page with its fields drawn over it, or beside one that is none of the form what was looked for.

    Attributes
    ----------
    number : int
        Of the page in its document, from 1.
    form_page : int
        Of the form, from 1; 0 where the page is none of it.
    method : str
        As in `Registration`; empty where the page is none of the form.
    why : str
        Why it is none; else empty.
    picture : (H, W, 3) uint8
        RGB.
    """

    number: int
    form_page: int
    method: str
    why: str
    picture: Picture


def view_form(loaded: LoadedForm, document: Path, limits: Limits) -> View:
    """Draw a template over the first page of a document that is one of its form.

    Where none is, show the first page that is not empty, and why it is none.

    Raises
    ------
    InputError
        When the document cannot be read, or has no page.
    """
    form = prepare(loaded.template, loaded.references)
    refused: tuple[Picture, int, Unregistered] | None = None
    unreadable = Rejection("not_an_image", "it has no page")
    try:
        for number, page in enumerate(
            decode_pages(read_bytes(Path(os.path.realpath(document)), limits.max_bytes), limits), start=1
        ):
            if isinstance(page, Rejection):
                unreadable = page
                continue
            found = register_alone(page, form)
            if isinstance(found, Registration):
                return _placed(page, number, found, loaded.template)
            if refused is None or refused[-1].is_blank:
                refused = page, number, found
    except Rejection as rejection:
        unreadable = rejection
    if refused is None:
        raise InputError(f"{document}: {unreadable}", hint=unreadable.hint) from unreadable
    return _refused(*refused, loaded.template, printable(document.name))


def _placed(page: Picture, number: int, found: Registration, template: Template) -> View:
    known = template.page(found.page)
    scale = per_mm(found.transform, known.width, known.height)
    picture = draw_preview(page, template.fields_of(found.page), found.fields, scale)
    return View(number=number, form_page=found.page, method=found.method, why="", picture=picture)


def _refused(page: Picture, number: int, found: Unregistered, template: Template, name: str) -> View:
    """Show what was looked for, as the picture of a page that `score` could not read."""
    picture = FormPage().draw(page, found.sheet(template.form, number), name)
    return View(number=number, form_page=0, method="", why=found.detail, picture=picture)
