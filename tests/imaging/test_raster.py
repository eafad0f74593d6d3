"""What Pillow is told while it reads a page is taken back before the page is handed on."""

import io
import struct
import warnings

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import AppendingTiffWriter

from digitd.config import Limits
from digitd.errors import Rejection
from digitd.imaging.raster import count_raster_pages, raster_pages

LIMITS = Limits(max_bytes=10**7, max_pixels=10**6, max_pages=4, max_attempts=3)
SOFT = np.add.outer(np.arange(40) * 3, np.arange(30) * 4).astype(np.uint8)


def encoded(kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(SOFT).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def told():
    """Return what Pillow and the warnings are told now."""
    return lambda: (Image.MAX_IMAGE_PIXELS, list(warnings.filters))


@pytest.mark.parametrize(
    "data",
    [
        encoded("PNG"),
        encoded("TIFF"),
        encoded("TIFF", save_all=True, append_images=[Image.fromarray(SOFT)] * 2),
    ],
    ids=["one page", "a TIFF of one page", "a TIFF of three pages"],
)
def test_pillow_is_as_before_while_a_page_is_out(data, told):
    before = told()
    for page in raster_pages(data, LIMITS):
        assert np.array_equal(page, SOFT)
        assert told() == before
    assert told() == before


@pytest.mark.parametrize("data", [encoded("PNG")[:60], b"no image", encoded("PNG").replace(b"IEND", b"IENE")])
def test_pillow_is_as_before_after_a_rejection(data, told):
    before = told()
    try:
        list(raster_pages(data, LIMITS))
    except Rejection:
        assert told() == before
    assert told() == before


@pytest.mark.parametrize("orientation", [0, 1, 9, 77])
def test_an_orientation_that_means_no_turn_leaves_the_page(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    (page,) = raster_pages(encoded("PNG", exif=exif), LIMITS)
    assert np.array_equal(page, SOFT)


def test_an_orientation_in_xmp_turns_the_page():
    (page,) = raster_pages(encoded("WEBP", lossless=True, xmp=b'<x tiff:Orientation="3"/>'), LIMITS)
    assert np.array_equal(page[..., 0], SOFT[::-1, ::-1])


def grey_tiff(rows, bits, size):
    """Return an uncompressed TIFF, which Pillow does not write with 12 bits."""
    width, height = size
    shorts = {256: width, 257: height, 258: bits, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: len(rows)}
    tags = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in shorts.items())
    return b"II*\0" + struct.pack("<I", 8 + len(rows)) + rows + struct.pack("<H", len(shorts)) + tags + bytes(4)


def test_twelve_bits_are_scaled_by_their_own_range():
    (page,) = raster_pages(grey_tiff(bytes.fromhex("000fff800001"), 12, (2, 2)), LIMITS)
    assert page.tolist() == [[0, 255], [128, 0]]


def test_sixteen_bits_are_scaled_by_their_own_range():
    (page,) = raster_pages(grey_tiff(struct.pack("<4H", 0, 65535, 4095, 32896), 16, (2, 2)), LIMITS)
    assert page.tolist() == [[0, 255], [16, 128]]


def test_thirty_two_bits_are_stretched_over_their_values():
    (page,) = raster_pages(grey_tiff(struct.pack("<4I", 0, 1000, 500, 250), 32, (2, 2)), LIMITS)
    assert page.tolist() == [[0, 255], [128, 64]]


def tiff_of(*kinds):
    """Return a TIFF of pages whose grey levels count from 0; of a ``thumbnail`` the tag says that it is none."""
    content = io.BytesIO()
    with AppendingTiffWriter(content, new=True) as writer:
        for level, kind in enumerate(kinds):
            Image.new("L", (9, 9), level).save(writer, "TIFF", tiffinfo={254: int(kind == "thumbnail")})
            writer.newFrame()
    return content.getvalue()


def levels_from(data, first):
    pages = raster_pages(data, LIMITS, first=first)
    return [page.reason if isinstance(page, Rejection) else int(page[0, 0]) for page in pages]


@pytest.mark.parametrize(
    ("kinds", "cut", "pages"),
    [
        (("page",), 0, [0]),
        (("page", "thumbnail", "page", "page"), 0, [0, 2, 3]),
        (("thumbnail", "page", "page"), 0, [1, 2]),
        (("page", "page", "page"), 100, [0, 1, "truncated"]),
    ],
)
def test_pages_are_counted_and_begun_with_as_they_are_decoded(kinds, cut, pages):
    data = tiff_of(*kinds)
    data = data[: len(data) - cut]
    for first in range(1, len(pages) + 2):
        assert levels_from(data, first) == pages[first - 1 :]
    assert [count_raster_pages(data, at_most=most) for most in (1, 9)] == [1, len(pages)]


def test_file_of_another_kind_is_one_page():
    assert count_raster_pages(encoded("PNG"), at_most=9) == 1
    assert levels_from(encoded("PNG"), 2) == []
