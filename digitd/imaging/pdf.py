"""Render the pages of a PDF with PDFium.

PDFium is not thread-safe: one lock serialises every call in the process. PDFium repairs a damaged PDF as far as it
can, which may leave pages blank: a file without its end mark is therefore refused as truncated beforehand, and a page
that is white though it has a picture that should be seen is damaged.

Residual risk: a picture of which PDFium finds a part is shown so far; a page of words only whose drawing is damaged
may be blank.
"""

from __future__ import annotations

import math
import re
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from digitd.errors import Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from digitd.config import Limits

_PDFIUM = Lock()
_DPI = 300
"""A 5 mm digit is 59 px tall: three times what the classifier sees, at 8.7 megapixels an A4 page."""
_POINTS_PER_INCH, _MM_PER_INCH = 72, 25.4
_END_MARK = b"%%EOF"
_END_MARK_WITHIN = 1024
"""ISO 32000-1, annex H, note 18: readers look for the end mark in the last 1024 bytes."""
_PICTURE = re.compile(rb"/Subtype\s*/Image")
_WHITE = 255
_PDFIUM_ERRORS = (pdfium.PdfiumError, ValueError, OverflowError, MemoryError, OSError)


def count_pdf_pages(data: bytes) -> int:
    """Return how many pages a PDF has; raises Rejection when it cannot be opened, or `pdf_pages` would."""
    _refuse_truncated(data)
    with _opened(data) as document, _PDFIUM:
        return len(document)


def pdf_sizes(data: bytes) -> list[tuple[float, float] | None]:
    """Return the width and height in mm of each page, see `digitd.imaging.decode.stated_sizes`."""
    _refuse_truncated(data)
    with _opened(data) as document, _PDFIUM:
        return [_size_mm(document, index) for index in range(len(document))]


def pdf_pages(data: bytes, limits: Limits, *, first: int = 1) -> Iterator[NDArray[np.uint8] | Rejection]:
    """Render the pages of a PDF one at a time, from one on; see `digitd.imaging.decode.decode_pages`.

    A page is rendered at 300 dpi, or as finely as ``limits.max_pixels`` allows, so no page is ever too large.
    """
    _refuse_truncated(data)
    with _opened(data) as document:
        with _PDFIUM:
            count = len(document)
        if count == 0:
            raise Rejection("not_an_image", "the PDF has 0 pages: there is nothing to read")
        for index in range(first - 1, count):
            try:
                yield _render(document, index, limits.max_pixels)
            except Rejection as rejection:
                yield rejection
            except _PDFIUM_ERRORS as error:
                yield Rejection(
                    "unreadable", f"the PDF page cannot be rendered ({error})", hint="Print it to a new PDF."
                )


def _refuse_truncated(data: bytes) -> None:
    if _END_MARK not in data.rstrip(b"\x00 \t\r\n")[-_END_MARK_WITHIN:]:
        raise Rejection(
            "truncated",
            f"the PDF of {len(data)} bytes ends without its {_END_MARK.decode()} mark",
            hint="Send it again.",
        )


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    document = pdfium.PdfDocument(_loaded(data))  # which does not ask again whether it could be loaded
    try:
        yield document
    finally:
        with _PDFIUM:
            document.close()


def _loaded(data: bytes) -> pdfium_c.FPDF_DOCUMENT:
    """Load a document; pypdfium2 takes one of no pages for one that failed, and for its reason that of another."""
    with _PDFIUM:
        handle = pdfium_c.FPDF_LoadMemDocument64(data, len(data), None)
        if handle:
            return handle
        code = pdfium_c.FPDF_GetLastError()
    if code in {pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY}:
        raise Rejection(
            "encrypted", "the PDF asks for a password", hint="Save it without a password and send it again."
        )
    raise Rejection(
        "not_an_image", f"the file begins like a PDF but is none (PDFium's error {code})", hint="Print it to a new PDF."
    )


def _size_mm(document: pdfium.PdfDocument, index: int) -> tuple[float, float] | None:
    try:
        width, height = document.get_page_size(index)
    except _PDFIUM_ERRORS:
        return None
    return width / _POINTS_PER_INCH * _MM_PER_INCH, height / _POINTS_PER_INCH * _MM_PER_INCH


def _render(document: pdfium.PdfDocument, index: int, max_pixels: int) -> NDArray[np.uint8]:
    with _PDFIUM:
        page = document[index]
        try:
            bitmap = page.render(
                scale=_scale(page.get_size(), max_pixels),
                rev_byteorder=True,
                prefer_bgrx=False,
                fill_color=(_WHITE, _WHITE, _WHITE, 255),
            )
            try:
                pixels: NDArray[np.uint8] = np.array(bitmap.to_numpy())
            finally:
                bitmap.close()
            if pixels.min() == _WHITE and _hides_picture(document, index, page):
                raise Rejection(
                    "unreadable",
                    "the PDF page has a picture and shows nothing: that, or the drawing that shows it, is damaged",
                    hint="Scan or send it again.",
                )
        finally:
            page.close()
    return pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., :3])


def _hides_picture(document: pdfium.PdfDocument, index: int, page: pdfium.PdfPage) -> bool:
    """Tell whether a page that shows nothing has a picture that cannot be decoded, or that is never drawn."""
    pictures = list(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))
    if pictures:
        return not all(map(_is_whole, pictures))
    alone = pdfium.PdfDocument.new()
    try:
        alone.import_pages(document, [index])
        written = BytesIO()
        alone.save(written)
    finally:
        alone.close()
    return _PICTURE.search(written.getvalue()) is not None


def _is_whole(picture: pdfium.PdfImage) -> bool:
    try:
        picture.get_bitmap().close()
    except pdfium.PdfiumError:
        return False
    return True


def _scale(size: tuple[float, float], max_pixels: int) -> float:
    """Compute pixels per point, such that the page rounded up to whole pixels stays within max_pixels."""
    width, height = size
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        raise ValueError(f"its size is {width}x{height} points")
    finest = math.sqrt(max_pixels / (width * height))
    for _ in range(64):
        if math.ceil(width * finest) * math.ceil(height * finest) <= max_pixels:
            break
        finest *= 0.98
    return min(_DPI / _POINTS_PER_INCH, finest)
