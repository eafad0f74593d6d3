"""Turn the bytes of one file into its pages.

The content decides what a file is; its name is never asked. Whatever the decoders raise on hostile bytes
leaves here as a `Rejection`. Sizes are held against the limits from the header, before a pixel is decoded.

Residual risk: libjpeg paints over damage in the middle of a JPEG without a word; such a page is read as if whole.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from digitd.errors import Rejection
from digitd.imaging.png import common_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from digitd.config import Limits

IMAGE_SUFFIXES = frozenset(
    {
        ".png",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".bmp",
        ".dib",
        ".webp",
        ".pgm",
        ".ppm",
        ".pbm",
        ".pnm",
        ".tif",
        ".tiff",
        ".gif",
        ".pdf",
    }
)
"""Names, lower case with the dot, that the scan of a folder picks up."""

_PDF_HEADER = b"%PDF-"
_PDF_HEADER_WITHIN = 1024
"""ISO 32000-1, annex H, note 13: readers accept the header anywhere in the first 1024 bytes."""


def decode_pages(data: bytes, limits: Limits, *, first: int = 1) -> Iterator[NDArray[np.uint8] | Rejection]:
    """Decode the pages of a file one at a time.

    PNG, JPEG, BMP, WebP, PNM, TIFF (all pages), GIF (the first frame) and PDF (all pages) are read.

    Parameters
    ----------
    data : bytes
        The whole file.
    limits : Limits
        ``max_bytes``, ``max_pixels`` of one page, ``max_pages`` of one file.
    first : int
        The page to begin with, counted from 1. Those before it are not decoded.

    Yields
    ------
    ndarray or Rejection
        (H, W) uint8 grey or (H, W, 3) uint8 RGB, as the writer saw the page: turned by EXIF, flattened on white.
        A `Rejection` in place of a page that is ``truncated``, ``too_large`` or ``unreadable`` in a document of
        several pages, and a last one, ``too_many_pages``, in place of all pages beyond ``limits.max_pages``.

    Raises
    ------
    Rejection
        On the first step, where the file as a whole cannot be read: ``empty``, ``not_an_image``, ``truncated``,
        ``too_large``, ``encrypted`` or ``unreadable``.
    """
    if not data:
        raise Rejection("empty", "the file has 0 bytes", hint="Send it again.")
    if len(data) > limits.max_bytes:
        raise Rejection(
            "too_large",
            f"the file has {len(data)} bytes, the limit is {limits.max_bytes}",
            hint="Raise [limits] max_bytes, or split the file.",
        )
    pages = _pages(data, limits, first)
    yield from islice(pages, max(0, limits.max_pages - first + 1))
    if next(pages, None) is not None:
        yield Rejection(
            "too_many_pages",
            f"the file has more pages than the limit of {limits.max_pages}; those beyond it were not read",
            hint="Raise [limits] max_pages, or split the file.",
        )


def count_pages(data: bytes, *, at_most: int) -> int:
    """Return how many pages a file has, without decoding any; no more than so many need to be counted.

    Raises
    ------
    Rejection
        When it cannot be opened.
    """
    if is_pdf(data):
        from digitd.imaging.pdf import count_pdf_pages

        return count_pdf_pages(data)
    from digitd.imaging.raster import count_raster_pages

    return count_raster_pages(data, at_most=at_most)


def stated_sizes(data: bytes) -> list[tuple[float, float] | None]:
    """Return how wide and high in mm a file says its pages are: a PDF exactly, an image by its dpi.

    Images often say what nobody measured, such as the 72 dpi of many cameras: whoever asks must judge.

    Returns
    -------
    list of (float, float) or None
        In the order of `decode_pages`, as the pages are seen; None for a page of which nothing is said. It may end
        early where the file is damaged.

    Raises
    ------
    Rejection
        When it cannot be opened.
    """
    if is_pdf(data):
        from digitd.imaging.pdf import pdf_sizes

        return pdf_sizes(data)
    from digitd.imaging.raster import raster_sizes

    return raster_sizes(data)


def is_pdf(data: bytes) -> bool:
    """Return whether a file is a PDF by its content."""
    return _PDF_HEADER in data[:_PDF_HEADER_WITHIN]


def _pages(data: bytes, limits: Limits, first: int) -> Iterator[NDArray[np.uint8] | Rejection]:
    if is_pdf(data):
        from digitd.imaging.pdf import pdf_pages  # loads PDFium, which only PDFs need

        return pdf_pages(data, limits, first=first)
    page = common_page(data, limits.max_pixels)
    if page is not None:
        return islice((page,), first - 1, None)
    from digitd.imaging.raster import raster_pages  # loads Pillow, which common PNGs do not need

    return raster_pages(data, limits, first=first)
