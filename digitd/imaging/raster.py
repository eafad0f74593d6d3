"""Decode image files with Pillow, which says what is wrong with a damaged one (OpenCV tells the standard error).

Residual risk: libtiff writes its own warnings to the standard error of the process; Pillow gives no way to silence it.
"""

from __future__ import annotations

import math
import re
import struct
import warnings
import zlib
from contextlib import contextmanager, suppress
from io import BytesIO
from itertools import count, islice
from typing import TYPE_CHECKING

from PIL import ExifTags, Image, ImageOps

from digitd.errors import Rejection
from digitd.imaging.pixels import page_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from digitd.config import Limits

_FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "PPM", "TIFF", "GIF")
_SIGNATURE = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|BM.{4}\0{4}|RIFF.{4}WEBP|II[*+]\0|MM\0[*+]|GIF8[79]a|P[1-6]\s", re.DOTALL
)
_LONGEST_SIGNATURE = 12
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"RIFF", b"II*\0", b"MM\0*", b"GIF8")
_PNG_SIZELESS = re.compile(rb"\x89PNG\r\n\x1a\n.{4}IHDR(\0{4}|.{4}\0{4})", re.DOTALL)
_DECODER_ERRORS = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What decoders raise on damaged bytes: Pillow promises no closed list, so each family is here."""

_EXIF_KEYS = frozenset({"exif", "Raw profile type exif", "XML:com.adobe.xmp", "xmp"})
"""Where `Image.getexif` looks for an orientation, beside the tags of a TIFF."""
_TURNED = range(2, 9)
_ON_ITS_SIDE = range(5, 9)
_MM_PER_INCH = 25.4

_REDUCED_RESOLUTION = 1
"""Bit of the NewSubfileType tag that marks a thumbnail (TIFF 6.0, page 36)."""


def raster_pages(data: bytes, limits: Limits, *, first: int = 1) -> Iterator[NDArray[np.uint8] | Rejection]:
    """Decode the pages of an image file one at a time, from one on; see `digitd.imaging.decode.decode_pages`."""
    with _pillow():  # once for all steps of the one page that most files have: its upkeep costs as much as a small page
        image = _opened(data)
        is_document = image.format == "TIFF" and _has_second_page(image)
        page = None if is_document else _page(image, limits)
    if page is None:
        with image:
            yield from _document_pages(image, limits, first)
    else:
        del image  # or its pixels are kept while those of the page are read
        if first == 1:
            yield page


def count_raster_pages(data: bytes, *, at_most: int) -> int:
    """Return how many pages `raster_pages` yields, without decoding any; it stops counting at so many."""
    with _pillow():
        image = _opened(data)
    with image:
        return sum(1 for _ in islice(_places(image), at_most)) if image.format == "TIFF" else 1


def _document_pages(image: Image.Image, limits: Limits, first: int) -> Iterator[NDArray[np.uint8] | Rejection]:
    for broken in islice(_places(image), first - 1, None):
        if broken is not None:
            yield broken
            return
        with _pillow():
            page = _page_or_rejection(image, limits)
        yield page


def _places(image: Image.Image) -> Iterator[Rejection | None]:
    """Go to each page of a document, thumbnails left out; a rejection is the last, where the next cannot be found."""
    for index in count():
        try:
            with _pillow():
                image.seek(index)
                is_page = not _is_thumbnail(image)
        except EOFError:
            return
        except _DECODER_ERRORS as error:
            yield _rejection(error)  # the chain of pages is broken here, so nothing behind it can be found
            return
        if is_page:
            yield None


def raster_sizes(data: bytes) -> list[tuple[float, float] | None]:
    """Return the width and height in mm of each page by its dpi, see `digitd.imaging.decode.stated_sizes`."""
    sizes = []
    with _pillow(), _opened(data) as image:
        is_document = image.format == "TIFF"
        for index in count():
            try:
                image.seek(index)
                if not is_document or not _is_thumbnail(image):
                    sizes.append(_size_mm(image))
            except _DECODER_ERRORS:
                break
            if not is_document:
                break
    return sizes


def _size_mm(image: Image.Image) -> tuple[float, float] | None:
    try:
        across, down = (float(dpi) for dpi in image.info["dpi"])
        width, height = image.width / across * _MM_PER_INCH, image.height / down * _MM_PER_INCH
        is_on_its_side = image.getexif().get(ExifTags.Base.Orientation, 1) in _ON_ITS_SIDE
    except _DECODER_ERRORS:
        return None
    if not (0 < width < math.inf and 0 < height < math.inf):
        return None
    return (height, width) if is_on_its_side else (width, height)


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=_FORMATS)
    except _DECODER_ERRORS as error:
        raise _unopened(data) from error


@contextmanager
def _pillow() -> Iterator[None]:
    """Silence Pillow's warnings and lift its own pixel limit, which `_page` sets; never held while a page is out."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _has_second_page(image: Image.Image) -> bool:
    try:
        image.seek(1)
    except EOFError:
        return False
    except _DECODER_ERRORS:
        return True
    finally:
        with suppress(*_DECODER_ERRORS):
            image.seek(0)
    return True


def _is_thumbnail(image: Image.Image) -> bool:
    try:
        kind = getattr(image, "tag_v2", {}).get(ExifTags.Base.NewSubfileType, 0)  # tags are decoded when asked for
    except _DECODER_ERRORS:
        return False
    return isinstance(kind, int) and bool(kind & _REDUCED_RESOLUTION)


def _page_or_rejection(image: Image.Image, limits: Limits) -> NDArray[np.uint8] | Rejection:
    try:
        return _page(image, limits)
    except Rejection as rejection:
        return rejection


def _page(image: Image.Image, limits: Limits) -> NDArray[np.uint8]:
    """Decode the page that the image is at; only within `_pillow`."""
    _check_size(image.size, limits)
    Image.MAX_IMAGE_PIXELS = limits.max_pixels  # guards the tiles inside a TIFF too
    try:
        image.load()
        return page_from(_upright(image))
    except _DECODER_ERRORS as error:
        raise _rejection(error) from error


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise Rejection("not_an_image", f"the header says {width}x{height} pixels: there is nothing to read")
    if width * height > limits.max_pixels:
        raise Rejection(
            "too_large",
            f"the page has {width}x{height} = {width * height} pixels, the limit is {limits.max_pixels}",
            hint="Scan at a lower resolution, or raise [limits] max_pixels.",
        )


def _upright(image: Image.Image) -> Image.Image:
    """Turn the page as its EXIF orientation says; damaged EXIF does not cost the page."""
    if _EXIF_KEYS.isdisjoint(image.info) and not hasattr(image, "tag_v2"):
        return image
    try:
        is_turned = image.getexif().get(ExifTags.Base.Orientation, 1) in _TURNED
        return ImageOps.exif_transpose(image) if is_turned else image  # which copies also what stands upright
    except MemoryError:
        raise
    except _DECODER_ERRORS:
        return image


def _unopened(data: bytes) -> Rejection:
    if _PNG_SIZELESS.match(data):
        return Rejection("not_an_image", "the header says a width or height of 0 pixels: there is nothing to read")
    if (
        _SIGNATURE.match(data)
        or (len(data) < _LONGEST_SIGNATURE and data.startswith(_BEGINNINGS))
        or (any(beginning.startswith(data) for beginning in _BEGINNINGS))
    ):
        return Rejection(
            "truncated",
            f"the file of {len(data)} bytes begins like an image, but its header is incomplete or damaged",
            hint="Send it again.",
        )
    return Rejection(
        "not_an_image",
        f"the file begins with {data[:8].hex(' ')}, which is none of PNG, JPEG, BMP, WebP, PNM, TIFF, GIF or PDF",
        hint="Convert it to one of these.",
    )


def _rejection(error: BaseException) -> Rejection:
    if isinstance(error, MemoryError | Image.DecompressionBombError):
        return Rejection("too_large", f"decoding the page takes more memory than there is ({error})")
    if isinstance(error, EOFError | struct.error) or "truncated" in str(error).lower():
        return Rejection("truncated", f"the page is cut short ({error})", hint="Send it again.")
    return Rejection("unreadable", f"the pixels of the page are damaged ({error})", hint="Send it again.")
