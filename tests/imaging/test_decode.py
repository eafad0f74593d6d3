"""What `decode_pages` promises: right pixels for every format and mode, a reason for everything else."""

import io
import struct
import subprocess
import sys
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from benchmarks.fault_pdfs import PdfPage, pdf
from digitd.config import Limits
from digitd.errors import Rejection
from digitd.imaging.decode import IMAGE_SUFFIXES, decode_pages

LIMITS = Limits(max_bytes=10**7, max_pixels=10**6, max_pages=4, max_attempts=3)

GREY = np.arange(40 * 30, dtype=np.uint16).reshape(40, 30) * 251 % 256
GREY = GREY.astype(np.uint8)
COLOUR = np.dstack([GREY, GREY[::-1], 255 - GREY])


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(data, limits=LIMITS):
    pages = list(decode_pages(data, limits))
    assert all(isinstance(page, Rejection) or page.dtype == np.uint8 for page in pages)
    return pages


def reason_of(data, limits=LIMITS):
    with pytest.raises(Rejection) as caught:
        list(decode_pages(data, limits))
    return caught.value.reason


def png(width, height, pixels=b""):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("kind", ["PNG", "BMP", "PPM", "TIFF", "GIF"])
def test_grey_is_kept_to_the_pixel(kind):
    (page,) = decoded(encoded(Image.fromarray(GREY), kind))
    assert np.array_equal(page, GREY)


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("BMP", {}), ("PPM", {}), ("TIFF", {}), ("WEBP", {"lossless": True})]
)
def test_colour_is_kept_to_the_pixel(kind, options):
    (page,) = decoded(encoded(Image.fromarray(COLOUR), kind, **options))
    assert np.array_equal(page, COLOUR)


def test_jpeg_is_near():
    smooth = np.add.outer(np.arange(40), np.arange(30)).astype(np.uint8) * 3
    (page,) = decoded(encoded(Image.fromarray(smooth), "JPEG", quality=95))
    assert page.shape == (40, 30)
    assert np.abs(page.astype(int) - smooth).max() < 8


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "PPM"])
def test_one_bit_is_black_and_white(kind):
    (page,) = decoded(encoded(Image.fromarray(GREY > 127), kind))
    assert np.array_equal(page, np.where(GREY > 127, 255, 0))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_keep_their_high_byte(kind):
    deep = GREY.astype(np.uint16) * 257
    (page,) = decoded(encoded(Image.fromarray(deep), kind))
    assert np.array_equal(page, GREY)


def test_floats_are_stretched_over_their_range():
    (page,) = decoded(encoded(Image.fromarray(GREY.astype(np.float32) / 255 - 3), "TIFF"))
    assert np.abs(page.astype(int) - GREY).max() <= 1


def test_palette_is_looked_up():
    image = Image.fromarray(COLOUR).quantize(16)
    (page,) = decoded(encoded(image, "PNG"))
    assert np.array_equal(page, np.asarray(image.convert("RGB")))


def test_cmyk_ink_is_dark():
    cyan, black, none = (255, 0, 0, 0), (0, 0, 0, 255), (0, 0, 0, 0)
    image = Image.new("CMYK", (30, 10), none)
    image.paste(cyan, (0, 0, 10, 10))
    image.paste(black, (10, 0, 20, 10))
    (page,) = decoded(encoded(image, "TIFF"))
    assert page[5, 5].tolist() == [0, 255, 255]
    assert page[5, 15].tolist() == [0, 0, 0]
    assert page[5, 25].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_what_is_transparent_is_white_paper(kind):
    layers = np.zeros((4, 3, 4), np.uint8)
    layers[1, :, 3] = 255
    layers[2] = (200, 100, 0, 128)
    (page,) = decoded(encoded(Image.fromarray(layers), kind))
    assert page[0, 0].tolist() == [255, 255, 255]
    assert page[1, 0].tolist() == [0, 0, 0]
    assert page[2, 0].tolist() == [227, 177, 127]


def test_grey_with_alpha_stays_grey():
    image = Image.merge("LA", [Image.new("L", (3, 4), 0), Image.new("L", (3, 4), 51)])
    (page,) = decoded(encoded(image, "PNG"))
    assert page.shape == (4, 3)
    assert (page == 204).all()


def test_a_transparent_palette_entry_is_white():
    image = Image.fromarray(np.array([[0, 1]], np.uint8)).convert("P")
    image.putpalette([10, 20, 30, 40, 50, 60])
    (page,) = decoded(encoded(image, "PNG", transparency=0))
    assert page[0].tolist() == [[255, 255, 255], [40, 50, 60]]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_pages_stand_upright_whatever_exif_says(kind, orientation):
    upright = np.full((48, 32), 255, np.uint8)
    upright[:16, :8] = 0
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    (page,) = decoded(encoded(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif))
    grey = page if page.ndim == 2 else page[..., 0]
    assert grey.shape == upright.shape
    assert np.abs(grey.astype(int) - upright).mean() < 4


def test_damaged_exif_does_not_cost_the_page():
    (page,) = decoded(encoded(Image.fromarray(GREY), "PNG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff rubbish"))
    assert np.array_equal(page, GREY)


def test_every_page_of_a_tiff_is_read():
    images = [Image.fromarray(np.full((5, 4 + k), 10 * k, np.uint8)) for k in range(3)]
    pages = decoded(encoded(images[0], "TIFF", save_all=True, append_images=images[1:]))
    assert [page.shape for page in pages] == [(5, 4), (5, 5), (5, 6)]
    assert [int(page[0, 0]) for page in pages] == [0, 10, 20]


def test_the_first_frame_of_a_gif_is_its_page():
    frames = [Image.fromarray(np.full((6, 6), level, np.uint8)) for level in (7, 200)]
    (page,) = decoded(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert (page == 7).all()


def test_every_page_of_a_pdf_is_rendered():
    images = [Image.new("L", (60, 40), 255), Image.new("L", (40, 60), 0)]
    first, second = decoded(encoded(images[0], "PDF", save_all=True, append_images=images[1:], resolution=72))
    assert first.shape[:2] == (167, 251)  # 60 x 40 points at 300 dpi, rounded up
    assert second.shape[:2] == (251, 167)
    assert first.min() > 250
    assert second[5:-5, 5:-5].max() < 5


def test_a_large_pdf_page_is_rendered_within_the_limit():
    (page,) = decoded(encoded(Image.new("L", (600, 400)), "PDF", resolution=1))
    assert 0.9 * LIMITS.max_pixels < page.shape[0] * page.shape[1] <= LIMITS.max_pixels


def test_pages_beyond_the_limit_are_one_rejection():
    image = Image.fromarray(GREY)
    for kind in ("TIFF", "PDF"):
        pages = decoded(encoded(image, kind, save_all=True, append_images=[image] * 9))
        assert len(pages) == LIMITS.max_pages + 1
        assert pages[-1].reason == "too_many_pages"
        assert "4" in str(pages[-1])


def test_pages_up_to_the_limit_are_no_rejection():
    image = Image.fromarray(GREY)
    pages = decoded(encoded(image, "TIFF", save_all=True, append_images=[image] * 3))
    assert not any(isinstance(page, Rejection) for page in pages)


def test_a_page_too_large_does_not_cost_the_others():
    small, large = Image.fromarray(GREY), Image.new("1", (2000, 2000))
    pages = decoded(encoded(small, "TIFF", save_all=True, append_images=[large, small]))
    assert np.array_equal(pages[0], GREY)
    assert pages[1].reason == "too_large"
    assert np.array_equal(pages[2], GREY)


def test_damaged_pixels_do_not_cost_the_other_pages():
    image = Image.fromarray(GREY)
    data = bytearray(encoded(image, "TIFF", save_all=True, append_images=[image] * 2, compression="tiff_deflate"))
    streams = [at for at in range(len(data)) if data[at : at + 2] in (b"\x78\x9c", b"\x78\xda")]
    middle = streams[1]
    data[middle : middle + 40] = bytes(40)
    pages = decoded(bytes(data))
    assert [isinstance(page, Rejection) for page in pages] == [False, True, False]
    assert pages[1].reason in {"unreadable", "truncated"}


def test_nothing_is_empty():
    assert reason_of(b"") == "empty"


@pytest.mark.parametrize("data", [b"hello world", b"\x00" * 100, b"BMW is a car maker", b"PK\x03\x04" + bytes(50)])
def test_other_files_are_not_images(data):
    assert reason_of(data) == "not_an_image"


@pytest.mark.parametrize("size", [(0, 0), (0, 5), (5, 0)])
def test_no_pixels_are_not_an_image(size):
    assert reason_of(png(*size)) == "not_an_image"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "WEBP", "PPM", "TIFF", "GIF", "PDF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_truncated(kind, share):
    random = np.random.default_rng(0).integers(0, 256, (60, 50), np.uint8)
    data = encoded(Image.fromarray(random), kind)
    assert reason_of(data[: int(len(data) * share)]) == "truncated"


def test_a_header_that_promises_too_much_is_too_large():
    with pytest.raises(Rejection, match="50000x50000 = 2500000000 pixels, the limit is 1000000") as caught:
        list(decode_pages(png(50000, 50000), LIMITS))
    assert caught.value.reason == "too_large"


def test_bytes_beyond_the_limit_are_too_large():
    limits = Limits(max_bytes=100, max_pixels=10**6, max_pages=1, max_attempts=1)
    assert reason_of(bytes(101), limits) == "too_large"


def test_exactly_the_limit_of_pixels_is_read():
    limits = Limits(max_bytes=10**6, max_pixels=GREY.size, max_pages=1, max_attempts=1)
    assert len(decoded(encoded(Image.fromarray(GREY), "PNG"), limits)) == 1
    tighter = Limits(max_bytes=10**6, max_pixels=GREY.size - 1, max_pages=1, max_attempts=1)
    assert reason_of(encoded(Image.fromarray(GREY), "PNG"), tighter) == "too_large"


def test_a_pdf_with_a_password_is_encrypted():
    plain = encoded(Image.fromarray(GREY), "PDF")
    keys = b"/Encrypt <</Filter/Standard/V 1/R 2/P -4/O <" + b"41" * 32 + b">/U <" + b"42" * 32 + b">>> /ID [<00><00>] "
    at = plain.rindex(b"trailer\n<<") + len(b"trailer\n<<")
    assert reason_of(plain[:at] + keys + plain[at:]) == "encrypted"


def test_a_pdf_without_pages_says_so_whatever_was_wrong_with_the_one_before():
    for before in (b"%PDF-1.4\nnothing\n%%EOF", pdf([PdfPage()], user="secret")):
        reason_of(before)
        with pytest.raises(Rejection, match="0 pages") as caught:
            decoded(pdf([]))
        assert caught.value.reason == "not_an_image"


def test_a_pdf_that_is_locked_against_changes_only_is_read():
    assert len(decoded(pdf([PdfPage(words="7")], user="", owner="secret"))) == 1


def picture(level):
    """Return a page of a PDF that is a picture of one grey level."""
    return PdfPage(jpeg=encoded(Image.new("L", (60, 40), level), "JPEG"), pixels=(60, 40), size=(60, 40))


@pytest.mark.parametrize("harm", ["picture", "drawing"])
def test_a_damaged_page_of_a_pdf_is_no_blank_one_and_costs_no_other(harm):
    whole = picture(99)
    spoilt = {"picture": replace(whole, jpeg=bytes(400)), "drawing": replace(whole, drawing=b"q 60 0 0 c\xff ((")}[harm]
    first, damaged, last = decoded(pdf([whole, spoilt, whole]))
    assert damaged.reason == "unreadable"
    assert (first == last).all()
    assert np.abs(first[80, 80].astype(int) - 99).max() < 3


def test_a_page_of_a_pdf_with_nothing_on_it_is_white():
    for page in decoded(pdf([PdfPage(size=(60, 40)), picture(255), PdfPage(size=(60, 40), drawing=b"q Q")])):
        assert (page == 255).all()


def test_a_pdf_without_objects_is_not_an_image():
    assert reason_of(b"%PDF-1.4\nnothing\n%%EOF") == "not_an_image"


def test_pages_are_decoded_one_at_a_time():
    image = Image.fromarray(GREY)
    data = encoded(image, "TIFF", save_all=True, append_images=[Image.new("1", (2000, 2000))])
    assert np.array_equal(next(decode_pages(data, LIMITS)), GREY)


def test_suffixes_are_lower_case_with_a_dot():
    assert {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pdf", ".pgm"} <= IMAGE_SUFFIXES
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in IMAGE_SUFFIXES)


def test_pdfium_is_loaded_only_for_a_pdf():
    code = "import sys, digitd.imaging.decode, digitd.imaging.raster; sys.exit('pypdfium2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _samples():
    def grey():
        return Image.fromarray(GREY)

    def colour():  # anew for each file: an image remembers the settings of its last encoder
        return Image.fromarray(COLOUR)

    yield from (encoded(colour(), kind) for kind in ("PNG", "JPEG", "BMP", "WEBP", "PPM", "GIF", "PDF"))
    yield encoded(grey(), "TIFF", save_all=True, append_images=[colour()], compression="tiff_lzw")
    yield encoded(grey(), "TIFF", save_all=True, append_images=[colour()])


SAMPLES = tuple(_samples())


def _only_rejections(data):
    try:
        for page in decode_pages(data, LIMITS):
            assert isinstance(page, Rejection) or page.dtype == np.uint8
    except Rejection:
        pass


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_end_in_nothing_but_a_rejection(data):
    _only_rejections(data)


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_damaged_files_end_in_nothing_but_a_rejection(data):
    content = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + 4] = data.draw(st.binary(max_size=8))
        content = content or bytearray(1)
    _only_rejections(bytes(content[: data.draw(st.integers(1, len(content)))]))
