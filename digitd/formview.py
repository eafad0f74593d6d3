"""Look where the fields of a form are found on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digitd.errors import InputError, Rejection
from digitd.formfile import load_form
from digitd.forms.placed import Registration
from digitd.forms.preview import draw_preview
from digitd.forms.registration import prepare, register
from digitd.forms.registration.geometry import per_mm
from digitd.imaging.decode import decode_pages
from digitd.intake import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from digitd.config import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page with its fields drawn over it.

    Attributes
    ----------
    number : int
        Of the page in its document, from 1.
    form_page : int
        Of the form, from 1.
    method : str
        As in `Registration`.
    picture : (H, W, 3) uint8
        RGB.
    """

    number: int
    form_page: int
    method: str
    picture: NDArray[np.uint8]


def view_form(path: Path, document: Path, limits: Limits) -> View:
    """Draw a template over the first page of a document that is one of its form.

    Raises
    ------
    ConfigError
        When the template cannot be used.
    InputError
        When the document cannot be read, or no page of it is one of the form.
    """
    loaded = load_form(path, limits)
    form = prepare(loaded.template, loaded.references)
    why = "it has no page"
    try:
        for number, page in enumerate(decode_pages(read_bytes(document, limits.max_bytes), limits), start=1):
            if isinstance(page, Rejection):
                continue
            found = register(page, form)
            if not isinstance(found, Registration):
                why = "; ".join((found.detail, *found.tried))
                continue
            known = loaded.template.page(found.page)
            fields = loaded.template.fields_of(found.page)
            picture = draw_preview(page, fields, found.fields, per_mm(found.transform, known.width, known.height))
            return View(number=number, form_page=found.page, method=found.method, picture=picture)
    except Rejection as rejection:
        raise InputError(f"{document} cannot be read: {rejection}", hint=rejection.hint) from rejection
    raise InputError(f"no page of {document} is one of the form {loaded.template.form!r}", hint=why)
