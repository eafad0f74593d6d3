"""Decode image files with Pillow, which raises where a file is cut short (OpenCV silently returns half a picture).

Residual risk: libtiff writes its own warnings to the standard error of the process; Pillow gives no way to silence it.
"""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from contextlib import contextmanager, suppress
from io import BytesIO
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

_REDUCED_RESOLUTION = 1
"""Bit of the NewSubfileType tag that marks a thumbnail (TIFF 6.0, page 36)."""


def raster_pages(data: bytes, limits: Limits) -> Iterator[NDArray[np.uint8] | Rejection]:
    """Decode the pages of an image file one at a time; see `digitd.imaging.decode.decode_pages`."""
    with _opened(data) as image:
        is_document = image.format == "TIFF" and _has_second_page(image)
        if not is_document:
            yield _page(image, limits)
            return
        index = 0
        while True:
            try:
                with _pillow(max_pixels=None):
                    image.seek(index)
            except EOFError:
                return
            except _DECODER_ERRORS as error:
                yield _rejection(error)  # the chain of pages is broken here, so nothing behind it can be found
                return
            if not _is_thumbnail(image):
                yield _page_or_rejection(image, limits)
            index += 1


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    try:
        with _pillow(max_pixels=None):
            image = Image.open(BytesIO(data), formats=_FORMATS)
    except _DECODER_ERRORS as error:
        raise _unopened(data) from error
    with image:
        yield image


@contextmanager
def _pillow(*, max_pixels: int | None) -> Iterator[None]:
    """Silence Pillow's warnings and set its own pixel limit, which also guards the tiles inside a TIFF."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _has_second_page(image: Image.Image) -> bool:
    try:
        with _pillow(max_pixels=None):
            image.seek(1)
    except EOFError:
        return False
    except _DECODER_ERRORS:
        return True
    finally:
        with suppress(*_DECODER_ERRORS), _pillow(max_pixels=None):
            image.seek(0)
    return True


def _is_thumbnail(image: Image.Image) -> bool:
    try:
        with _pillow(max_pixels=None):  # tags are decoded when they are asked for
            kind = getattr(image, "tag_v2", {}).get(ExifTags.Base.NewSubfileType, 0)
    except _DECODER_ERRORS:
        return False
    return isinstance(kind, int) and bool(kind & _REDUCED_RESOLUTION)


def _page_or_rejection(image: Image.Image, limits: Limits) -> NDArray[np.uint8] | Rejection:
    try:
        return _page(image, limits)
    except Rejection as rejection:
        return rejection


def _page(image: Image.Image, limits: Limits) -> NDArray[np.uint8]:
    _check_size(image.size, limits)
    try:
        with _pillow(max_pixels=limits.max_pixels):
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
    try:
        return ImageOps.exif_transpose(image)
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
