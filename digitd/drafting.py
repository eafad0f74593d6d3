"""Draft a form from a document of blank pages: the template, its reference, and a numbered preview."""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from digitd.annotate.preview import draw_preview
from digitd.errors import ConfigError, InputError
from digitd.forms.detection import detect, upright
from digitd.forms.parse import parse_template
from digitd.forms.template import Field, FormPage, Template
from digitd.forms.written import to_toml
from digitd.sized import sized_pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from digitd.config import Limits
    from digitd.forms.pagesize import PageSize, Size
    from digitd.forms.template import Rect

    Grey = NDArray[np.uint8]

_MM_PER_INCH = 25.4
_SAME_SHAPE = 0.012
"""Of a side: pages whose sizes differ by less are of one paper."""
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
    size : PageSize
        Of all of them.
    """

    template: Template
    toml: str
    reference: bytes
    previews: tuple[NDArray[np.uint8], ...]
    pages: tuple[int, ...]
    size: PageSize


class _Page(NamedTuple):
    """A page with boxes: its number in the document, its picture, its size in mm, and the boxes of each field."""

    number: int
    grey: Grey
    size: PageSize
    fields: list[tuple[Rect, ...]]


def draft_form(
    blank: Path, *, form: str, reference: str, is_filled: bool, limits: Limits, paper: Size | None = None
) -> Draft:
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
    paper : tuple of float or None
        Width and height of the pages in mm, whatever the file says.

    Raises
    ------
    InputError
        When it cannot be read, no boxes are found, or what is found makes no form.
    """
    pages = _with_boxes(sized_pages(blank, limits, paper), is_filled=is_filled)
    if not pages:
        raise InputError(
            f"no boxes for digits were found on {blank}",
            hint="boxes are 3 to 20 mm wide with a line on each side; if the paper is not the usual one, name it with "
            "--page; or write the template by hand, see docs/forms.md",
        )
    first = pages[0]
    _require_one_size(pages, blank)
    width, height = first.size.size
    fields: list[Field] = []
    for number, page in enumerate(pages, start=1):
        fields += [
            Field(name=f"field_{index}", page=number, boxes=boxes)
            for index, boxes in enumerate(page.fields, start=len(fields) + 1)
        ]
    template = Template(
        form=form,
        pages=tuple(FormPage(number=index, width=width, height=height) for index in range(1, len(pages) + 1)),
        fields=tuple(fields),
        reference="" if is_filled else reference,
    )
    return Draft(
        template=template,
        toml=_toml(template, blank),
        reference=b"" if is_filled else _tiff([page.grey for page in pages], width),
        previews=tuple(_preview(page, template.fields_of(index)) for index, page in enumerate(pages, start=1)),
        pages=tuple(page.number for page in pages),
        size=first.size,
    )


def _toml(template: Template, blank: Path) -> str:
    """Write a template, and see that it is one."""
    toml = to_toml(template, {field.name: _ALONE for field in template.fields if len(field.boxes) == 1})
    try:
        parse_template(tomllib.loads(toml), str(blank))
    except ConfigError as error:
        raise InputError(
            f"what was found makes no form: {error}", hint="cover what is no field, or write the template by hand"
        ) from error
    return toml


def _with_boxes(pages: Iterable[tuple[int, Grey, PageSize]], *, is_filled: bool) -> list[_Page]:
    kept: list[_Page] = []
    for number, grey, size in pages:
        if kept and _are_alike(size.size, kept[0].size.size):
            size = kept[0].size  # noqa: PLW2901 - scans of one paper differ by some pixels
        page = upright(grey)
        if fields := detect(page, *size.size, is_filled=is_filled):
            kept.append(_Page(number, page, size, fields))
    return kept


def _require_one_size(pages: list[_Page], blank: Path) -> None:
    first = pages[0]
    for page in pages:
        if page.size.size != first.size.size:
            (width, height), (across, down) = page.size.size, first.size.size
            raise InputError(
                f"page {page.number} of {blank} is {width:g} x {height:g} mm, "
                f"page {first.number} {across:g} x {down:g}",
                hint="all pages of a form have one size; make a form of each, or turn the pages alike",
            )


def _are_alike(size: Size, other: Size) -> bool:
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
    dpi = images[0].width / width_mm * _MM_PER_INCH
    images[0].save(
        buffer, "TIFF", compression="tiff_adobe_deflate", dpi=(dpi, dpi), save_all=True, append_images=images[1:]
    )
    return buffer.getvalue()


def _preview(page: _Page, fields: Sequence[Field]) -> NDArray[np.uint8]:
    (height, width), (across, down) = page.grey.shape, page.size.size
    place = np.diag([width / across, height / down, 1.0])
    return draw_preview(page.grey, fields, {field.name: place for field in fields}, width / across)
