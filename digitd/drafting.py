"""Draft a form from a document of blank pages: the template, its reference, and a numbered preview."""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from digitd.errors import ConfigError, InputError, Rejection
from digitd.forms.detection import detect, upright
from digitd.forms.paper import SIZES
from digitd.forms.parse import parse_template
from digitd.forms.preview import draw_preview
from digitd.forms.template import Field, FormPage, Template
from digitd.forms.written import to_toml
from digitd.imaging.decode import decode_pages
from digitd.imaging.light import to_grey
from digitd.intake import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from digitd.config import Limits

    Grey = NDArray[np.uint8]

_MM_PER_INCH = 25.4
_SAME_SHAPE = 0.012
"""Of the ratio of the sides: paper of which a picture differs by less is what it shows."""
_USUAL = ("A4", "Letter", "Legal")
"""Paper that pictures of its shape are held for: A3 and A5 have the shape of A4."""
_USUAL_DPI = 300
_REFERENCE_DPI = 200
"""At which blank pages are kept: registration looks at half of that."""
_ALONE = "a box alone: delete this field unless a number of one digit is written here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form as it was found.

    Attributes
    ----------
    template : Template
        Its reference is named, where there is one; fields are numbered.
    toml : str
    reference : bytes
        A TIFF of the blank pages; empty for pages that were filled in.
    previews : tuple of (H, W, 3) uint8
        RGB, one a page.
    pages : tuple of int
        Which pages of the document are pages of the form.
    """

    template: Template
    toml: str
    reference: bytes
    previews: tuple[NDArray[np.uint8], ...]
    pages: tuple[int, ...]


def draft_form(blank: Path, *, form: str, reference: str, is_filled: bool, limits: Limits) -> Draft:
    """Find the boxes on blank pages and make a form of them.

    Parameters
    ----------
    blank : Path
        An image, a TIFF or a PDF. Pages without boxes are no pages of the form.
    form : str
        Its name.
    reference : str
        The name of the file that the blank pages will have.
    is_filled : bool
        Something is written in the boxes; then there is no reference.

    Raises
    ------
    InputError
        When it cannot be read, no boxes are found, or what is found makes no form.
    """
    kept: list[tuple[int, Grey, tuple[float, float], list[Field]]] = []
    named = 0
    for number, grey in enumerate(_pages(blank, limits), start=1):
        page = upright(grey)
        size = _size_of(page)
        if kept and _are_alike(size, kept[0][2]):
            size = kept[0][2]  # scans of one paper differ by some pixels
        found = detect(page, *size, is_filled=is_filled)
        if found:
            fields = [
                Field(name=f"field_{named + index}", page=len(kept) + 1, boxes=boxes)
                for index, boxes in enumerate(found, start=1)
            ]
            named += len(found)
            kept.append((number, page, size, fields))
    if not kept:
        raise InputError(
            f"no boxes for digits were found on {blank}",
            hint="boxes are 3 to 20 mm wide with a line on each side; write the template by hand, see docs/forms.md",
        )
    width, height = kept[0][2]
    for number, _, size, _ in kept:
        if size != (width, height):
            raise InputError(
                f"page {number} of {blank} is {size[0]:g} x {size[1]:g} mm, page {kept[0][0]} {width:g} x {height:g}",
                hint="all pages of a form have one size; make a form of each, or turn the pages alike",
            )
    template = Template(
        form=form,
        pages=tuple(FormPage(number=index, width=width, height=height) for index in range(1, len(kept) + 1)),
        fields=tuple(field for *_, fields in kept for field in fields),
        reference="" if is_filled else reference,
    )
    notes = {field.name: _ALONE for field in template.fields if len(field.boxes) == 1}
    toml = to_toml(template, notes)
    try:
        parse_template(tomllib.loads(toml), str(blank))
    except ConfigError as error:
        raise InputError(
            f"what was found makes no form: {error}", hint="cover what is no field, or write the template by hand"
        ) from error
    return Draft(
        template=template,
        toml=toml,
        reference=b"" if is_filled else _tiff([page for _, page, *_ in kept], width),
        previews=tuple(_preview(page, size, fields) for _, page, size, fields in kept),
        pages=tuple(number for number, *_ in kept),
    )


def _pages(blank: Path, limits: Limits) -> Iterator[Grey]:
    try:
        for page in decode_pages(read_bytes(blank, limits.max_bytes), limits):
            if isinstance(page, Rejection):
                raise page
            yield to_grey(page)
    except Rejection as rejection:
        raise InputError(f"{blank} cannot be read: {rejection}", hint=rejection.hint) from rejection


def _size_of(page: Grey) -> tuple[float, float]:
    """Return the size in mm of what a picture shows: of the paper of its shape, else as if scanned at 300 dpi."""
    height, width = page.shape
    for name in _USUAL:
        across, down = SIZES[name]
        for size in ((across, down), (down, across)):
            if abs(width / height / (size[0] / size[1]) - 1) <= _SAME_SHAPE:
                return size
    return round(width / _USUAL_DPI * _MM_PER_INCH, 1), round(height / _USUAL_DPI * _MM_PER_INCH, 1)


def _are_alike(size: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(side / same - 1) <= _SAME_SHAPE for side, same in zip(size, other, strict=True))


def _tiff(pages: list[Grey], width_mm: float) -> bytes:
    """Keep pages as a TIFF, without loss, no finer than registration needs."""
    images = []
    for page in pages:
        image = Image.fromarray(page)
        factor = _REFERENCE_DPI / (page.shape[1] / width_mm * _MM_PER_INCH)
        if factor < 1:
            image = image.resize((round(page.shape[1] * factor), round(page.shape[0] * factor)), Image.Resampling.BOX)
        images.append(image)
    buffer = io.BytesIO()
    images[0].save(buffer, "TIFF", compression="tiff_adobe_deflate", save_all=True, append_images=images[1:])
    return buffer.getvalue()


def _preview(page: Grey, size: tuple[float, float], fields: list[Field]) -> NDArray[np.uint8]:
    place = np.diag([page.shape[1] / size[0], page.shape[0] / size[1], 1.0])
    return draw_preview(page, fields, {field.name: place for field in fields}, page.shape[1] / size[0])
