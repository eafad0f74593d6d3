"""`common_page` reads what is whole and common as Pillow does, to the pixel, and leaves the rest to Pillow."""

import io
import itertools
import os
import struct
import subprocess
import sys
import tracemalloc
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from digitd.config import Limits
from digitd.errors import Rejection
from digitd.imaging.decode import decode_pages
from digitd.imaging.png import common_page
from digitd.imaging.raster import raster_pages
from tests.conftest import SAMPLES

LIMITS = Limits(max_bytes=10**7, max_pixels=10**6, max_pages=4, max_attempts=3)
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
SAMPLES_A_PIXEL = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
FULL_PALETTE = bytes(np.random.default_rng(3).integers(0, 256, 768, np.uint8))
SOFT = np.clip(np.add.outer(np.arange(40) * 3, np.arange(30) * 4), 0, 255).astype(np.uint8)
COLOUR = np.dstack([SOFT, SOFT[::-1], 255 - SOFT])


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def framed(header, *chunks):
    """Return a file of these chunks, each with the right length and CRC."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(itertools.starmap(chunk, [(b"IHDR", header), *chunks, (b"IEND", b"")]))


def header_of(width, height, colour=GREY, *, depth=8, methods=(0, 0, 0)):
    return struct.pack(">IIBBBBB", width, height, depth, colour, *methods)


def plain(stream=None, *, rows=None, size=(6, 5), colour=GREY, before=(), after=()):
    """Return a PNG of random samples, or of the rows or the stream given, with chunks before and after the pixels."""
    width, height = size
    if rows is None:
        row = 1 + width * SAMPLES_A_PIXEL[colour]
        random = np.random.default_rng(width).integers(0, 256, (height, row), np.uint8)
        random[:, 0] = np.arange(height) % 5
        rows = random.tobytes()
    palette = [(b"PLTE", FULL_PALETTE)] if colour == PALETTE else []
    pixels = zlib.compress(rows) if stream is None else stream
    return framed(header_of(width, height, colour), *palette, *before, (b"IDAT", pixels), *after)


def encoded(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def outcome(pages):
    """Return the pages as lists, or the reason and the message that end them."""
    try:
        return [page.tolist() for page in pages]
    except Rejection as rejection:
        return rejection.reason, str(rejection)


def assert_read_as_by_pillow(data):
    page = common_page(data, LIMITS.max_pixels)
    assert page is not None
    assert (page.dtype, page.flags.writeable, page.flags.c_contiguous) == (np.uint8, True, True)
    (expected,) = raster_pages(data, LIMITS)
    assert np.array_equal(page, expected)


def assert_left_to_pillow(data):
    assert common_page(data, LIMITS.max_pixels) is None
    assert outcome(decode_pages(data, LIMITS)) == outcome(raster_pages(data, LIMITS))


@st.composite
def filtered(draw):
    """Any bytes are the rows of a PNG, once each begins with a filter from 0 to 4."""
    colour = draw(st.sampled_from([GREY, RGB, PALETTE, RGBA]))
    width, height = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    length = width * SAMPLES_A_PIXEL[colour]
    filters = draw(st.lists(st.integers(0, 4), min_size=height, max_size=height))
    rows = b"".join(bytes([kind]) + draw(st.binary(min_size=length, max_size=length)) for kind in filters)
    return plain(rows=rows, size=(width, height), colour=colour)


@given(filtered())
def test_all_filters_are_undone_as_by_pillow(data):
    assert_read_as_by_pillow(data)


@pytest.mark.parametrize("colour", [GREY, RGB, PALETTE, RGBA])
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (28, 28), (280, 260)])
def test_pages_of_any_shape_are_read_as_by_pillow(size, colour):
    assert_read_as_by_pillow(plain(size=size, colour=colour))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
@pytest.mark.parametrize("optimize", [False, True])
def test_what_pillow_wrote_is_read_as_by_pillow(mode, optimize):
    image = Image.fromarray(COLOUR)
    assert_read_as_by_pillow(encoded(image.quantize() if mode == "P" else image.convert(mode), optimize=optimize))


@pytest.mark.parametrize("pixels", [SOFT, COLOUR, np.dstack([COLOUR, SOFT])], ids=["grey", "colour", "alpha"])
def test_what_opencv_wrote_is_read_as_by_pillow(pixels):
    strategies = [value for name, value in vars(cv2).items() if name.startswith("IMWRITE_PNG_STRATEGY_")]
    filters = [value for name, value in vars(cv2).items() if name.startswith("IMWRITE_PNG_FILTER_")]
    options = [*itertools.product([cv2.IMWRITE_PNG_STRATEGY], strategies)]
    options += itertools.product([cv2.IMWRITE_PNG_FILTER], filters)
    options += itertools.product([cv2.IMWRITE_PNG_COMPRESSION], range(10))
    assert len(options) > 18
    for option in options:
        _, data = cv2.imencode(".png", pixels, option)
        assert_read_as_by_pillow(data.tobytes())


@pytest.mark.parametrize("name", [path.name for path in sorted(SAMPLES.glob("*.png"))])
def test_samples_are_read_as_by_pillow(name):
    assert_read_as_by_pillow((SAMPLES / name).read_bytes())


def test_real_data_are_read_as_by_pillow(shared_data):
    paths = [path for folder in shared_data.glob("digits/*") for path in sorted(folder.rglob("*.png"))[::7]]
    assert len(paths) > 400
    for path in paths:
        assert_read_as_by_pillow(path.read_bytes())


def test_colour_whose_samples_are_equal_stays_colour():
    page = common_page(encoded(Image.merge("RGB", [Image.fromarray(SOFT)] * 3)), LIMITS.max_pixels)
    assert np.array_equal(page, np.dstack([SOFT] * 3))


def test_what_is_transparent_is_white_paper():
    layers = np.array([[[0, 0, 0, 0], [9, 8, 7, 255], [200, 100, 0, 128]]], np.uint8)
    page = common_page(encoded(Image.fromarray(layers)), LIMITS.max_pixels)
    assert page.tolist() == [[[255, 255, 255], [9, 8, 7], [227, 177, 127]]]


@pytest.mark.parametrize("size", [1, 7, 8192])
def test_pixels_may_lie_in_several_chunks(size):
    stream = zlib.compress(np.random.default_rng(0).integers(0, 2, (60, 61), np.uint8).tobytes())
    pieces = [(b"IDAT", stream[at : at + size]) for at in range(0, len(stream), size)]
    assert_read_as_by_pillow(framed(header_of(60, 60), *pieces))


HARMLESS = {
    "density": (b"pHYs", struct.pack(">IIB", 11811, 5905, 1)),
    "gamma": (b"gAMA", struct.pack(">I", 100000)),
    "rendering intent": (b"sRGB", b"\0"),
    "chromaticities": (b"cHRM", bytes(32)),
    "time": (b"tIME", bytes(7)),
    "significant bits": (b"sBIT", b"\5"),
    "background": (b"bKGD", b"\0\1"),
    "text": (b"tEXt", b"Software\0Matplotlib version 3.10"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_chunks_that_change_no_pixel_are_allowed(name):
    assert_read_as_by_pillow(plain(before=[HARMLESS[name]]))
    assert_read_as_by_pillow(plain(after=[HARMLESS[name]]))


UNCOMMON = {
    "transparency": (b"tRNS", b"\0\1"),
    "orientation": (b"eXIf", b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"),
    "animation": (b"acTL", struct.pack(">II", 1, 0)),
    "a frame": (b"fcTL", bytes(26)),
    "a profile": (b"iCCP", b"x\0\0" + zlib.compress(b"profile")),
    "a palette where none belongs": (b"PLTE", bytes(9)),
    "packed text": (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n 8\n4578696600")),
    "international text": (b"iTXt", b'XML:com.adobe.xmp\0\0\0\0\0tiff:Orientation="6"'),
    "text taken for transparency": (b"tEXt", b"transparency\0x"),
    "text taken for interlacing": (b"tEXt", b"interlace\0x"),
    "text taken for EXIF": (b"tEXt", b"exif\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"),
    "text without an end": (b"tEXt", b"Comment\0" + bytes(2000)),
    "a gamma too short": (b"gAMA", b"\0"),
    "an unknown chunk": (b"teSt", b""),
    "a critical unknown chunk": (b"TEST", b""),
    "a second header": (b"IHDR", header_of(6, 5)),
    "an early end": (b"IEND", b""),
    "an end with content": (b"IEND", b"x"),
}


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("name", UNCOMMON)
def test_other_chunks_are_left_to_pillow(name, where):
    assert_left_to_pillow(plain(**{where: [UNCOMMON[name]]}))


def test_a_page_that_a_text_turns_is_turned():
    (page,) = decode_pages(plain(size=(6, 5), before=[UNCOMMON["international text"]]), LIMITS)
    assert page.shape == (6, 5)


def _pixels(rows):
    return b"IDAT", zlib.compress(rows)


UNCOMMON_FILES = {
    "1 bit": encoded(Image.fromarray(SOFT > 99)),
    "16 bits": encoded(Image.fromarray(SOFT.astype(np.uint16) * 257)),
    "2 bits of a palette": encoded(Image.fromarray(COLOUR).quantize(4)),
    "grey with alpha": encoded(Image.merge("LA", [Image.fromarray(SOFT)] * 2)),
    "transparent palette": encoded(Image.fromarray(COLOUR).quantize(), transparency=3),
    "transparent grey": encoded(Image.fromarray(SOFT), transparency=0),
    "4 bits with bytes for 8": framed(header_of(2, 1, depth=4), _pixels(b"\0ab")),
    "interlaced": framed(header_of(2, 1, methods=(0, 0, 1)), _pixels(b"\0a\0b")),
    "unknown compression": framed(header_of(2, 1, methods=(1, 0, 0)), _pixels(b"\0ab")),
    "unknown filtering": framed(header_of(2, 1, methods=(0, 1, 0)), _pixels(b"\0ab")),
    "unknown colour": framed(header_of(2, 1, 5), _pixels(b"\0ab")),
    "long header": framed(header_of(2, 1) + b"\0", _pixels(b"\0ab")),
    "no width": framed(header_of(0, 1), _pixels(b"\0")),
    "very wide": framed(header_of(1 << 17, 1), _pixels(bytes(1 + (1 << 17)))),
    "no pixels": framed(header_of(2, 1)),
    "empty pixels": framed(header_of(2, 1), (b"IDAT", b"")),
    "no palette": framed(header_of(2, 1, PALETTE), _pixels(bytes(3))),
    "broken palette": framed(header_of(2, 1, PALETTE), (b"PLTE", b"abcd"), _pixels(bytes(3))),
    "short palette": framed(header_of(2, 1, PALETTE), (b"PLTE", b"abc"), _pixels(b"\0\0\1")),
    "two palettes": framed(header_of(2, 1, PALETTE), (b"PLTE", b"abc"), (b"PLTE", b"def"), _pixels(bytes(3))),
    "late palette": framed(header_of(2, 1, PALETTE), _pixels(bytes(3)), (b"PLTE", b"abc")),
    "nothing but the signature": b"\x89PNG\r\n\x1a\n",
    "something behind": plain() + b"x",
    "a chunk behind": plain() + chunk(*HARMLESS["time"]),
    "an end with something in it": plain()[:-12] + chunk(b"IEND", b"x"),
    "something before": b"\0" + plain(),
    "no end": plain()[:-12],
    "no last byte": plain()[:-1],
}


@pytest.mark.parametrize("name", UNCOMMON_FILES)
def test_uncommon_files_are_left_to_pillow(name):
    assert_left_to_pillow(UNCOMMON_FILES[name])


@pytest.mark.parametrize("kind", [b"IHDR", b"tEXt", b"PLTE", b"IDAT", b"IEND"])
def test_a_chunk_with_another_crc_is_left_to_pillow(kind):
    data = bytearray(plain(colour=PALETTE, before=[HARMLESS["text"]]))
    at = data.index(kind)
    crc_at = at + 4 + int.from_bytes(data[at - 4 : at], "big")
    data[crc_at + 3] ^= 1
    assert_left_to_pillow(bytes(data))


def test_apart_pixels_are_left_to_pillow():
    stream = zlib.compress(bytes(7 * 5))
    apart = [(b"IDAT", stream[:4]), HARMLESS["time"], (b"IDAT", stream[4:])]
    assert_left_to_pillow(framed(header_of(6, 5), *apart))


ROWS = bytes(7 * 5)
STREAM = zlib.compress(ROWS)
BROKEN_STREAMS = {
    "cut": STREAM[: len(STREAM) // 2],
    "cut in its checksum": STREAM[:-1],
    "of another checksum": STREAM[:-1] + bytes([STREAM[-1] ^ 1]),
    "with another header": b"\x79" + STREAM[1:],
    "of a window too wide": b"\x88\x1c" + STREAM[2:],
    "followed by something": STREAM + b"x",
    "of too few bytes": zlib.compress(ROWS[:-1]),
    "of too many bytes": zlib.compress(ROWS + b"\0"),
    "of a row too many": zlib.compress(ROWS + bytes(7)),
    "of an unknown filter": zlib.compress(b"\5" + ROWS[1:]),
    "of an unknown last filter": zlib.compress(ROWS[:-7] + b"\xff" + bytes(6)),
    "no stream": b"no stream at all",
}


@pytest.mark.parametrize("name", BROKEN_STREAMS)
def test_a_broken_stream_in_intact_chunks_is_left_to_pillow(name):
    assert_left_to_pillow(plain(BROKEN_STREAMS[name]))


def test_broken_files_are_not_written_about_to_standard_error(capfd):
    for stream in BROKEN_STREAMS.values():
        outcome(decode_pages(plain(stream), LIMITS))
    for content in UNCOMMON.values():
        outcome(decode_pages(plain(before=[content]), LIMITS))
    for end in range(len(plain())):
        outcome(decode_pages(plain()[:end], LIMITS))
    assert capfd.readouterr() == ("", "")


def test_a_limit_set_on_opencv_leaves_the_page_to_pillow():
    code = "import sys, digitd.imaging.png as png; sys.exit(png.common_page(sys.stdin.buffer.read(), 99) is None)"
    environment = {**os.environ, "OPENCV_IO_MAX_IMAGE_PIXELS": "9"}
    for variables, is_left in ((os.environ, False), (environment, True)):
        result = subprocess.run([sys.executable, "-c", code], input=plain(), env=variables, check=False)
        assert result.returncode == is_left


def test_a_bomb_is_inflated_no_further_than_the_header_promises():
    squeeze = zlib.compressobj(9)
    stream = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(64)) + squeeze.flush()
    data = plain(stream, size=(10, 10))
    tracemalloc.start()
    try:
        assert common_page(data, LIMITS.max_pixels) is None
        assert tracemalloc.get_traced_memory()[1] < 4 * len(data) < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_page_too_large_is_not_begun():
    data = plain(size=(100, 100))
    assert common_page(data, 100 * 100) is not None
    assert common_page(data, 100 * 100 - 1) is None
    assert_left_to_pillow(framed(header_of(50000, 50000), (b"IDAT", STREAM)))


def test_a_page_of_more_than_64_mebibytes_is_left_to_pillow():
    height = 1025
    data = framed(header_of(1 << 16, height), (b"IDAT", zlib.compress(bytes(height * (1 + (1 << 16))), 1)))
    assert common_page(data, 10**9) is None


def test_a_file_of_countless_chunks_is_left_to_pillow():
    assert_left_to_pillow(plain(after=[HARMLESS["time"]] * 10_000))


FILES = [
    plain(colour=GREY),
    plain(colour=RGB, before=[HARMLESS["density"], HARMLESS["text"]]),
    plain(colour=PALETTE),
    plain(colour=RGBA, after=[HARMLESS["time"]]),
    encoded(Image.fromarray(COLOUR[:9, :9]), dpi=(300, 300), pnginfo=PngInfo()),
]


@settings(max_examples=500)
@given(st.data())
def test_a_damaged_file_is_never_another_picture(data):
    content = bytearray(data.draw(st.sampled_from(FILES)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
    damaged = bytes(content[: data.draw(st.integers(1, len(content)))])
    assert outcome(decode_pages(damaged, LIMITS)) == outcome(raster_pages(damaged, LIMITS))


@settings(max_examples=500)
@given(st.data())
def test_a_damaged_stream_in_intact_chunks_is_never_another_picture(data):
    size, colour = (9, 8), data.draw(st.sampled_from([GREY, RGB]))
    row = 1 + 9 * SAMPLES_A_PIXEL[colour]
    stream = bytearray(zlib.compress(bytes(at * at % 251 % 5 for at in range(row * 8)), data.draw(st.integers(0, 9))))
    at = data.draw(st.integers(0, len(stream) - 1))
    stream[at] ^= data.draw(st.integers(1, 255))
    damaged = plain(bytes(stream[: data.draw(st.integers(1, len(stream)))]), size=size, colour=colour)
    assert outcome(decode_pages(damaged, LIMITS)) == outcome(raster_pages(damaged, LIMITS))
