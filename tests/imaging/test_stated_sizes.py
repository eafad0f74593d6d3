"""What files say of the size of their pages on paper."""

import io

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from digitd.config import Limits
from digitd.errors import Rejection
from digitd.imaging.decode import decode_pages, stated_sizes

LIMITS = Limits(max_bytes=10**7, max_pixels=10**6, max_pages=9, max_attempts=3)
MM = 25.4


def saved(*sizes, kind, **options):
    """Encode white pages of so many pixels."""
    images = [Image.new("L", size, 255) for size in sizes]
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": images[1:]} if images[1:] else {}
    images[0].save(buffer, kind, **more, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP"])
def test_dpi_of_an_image_make_its_size(kind):
    ((width, height),) = stated_sizes(saved((100, 200), kind=kind, dpi=(50, 50)))
    assert (width, height) == (pytest.approx(2 * MM, rel=1e-3), pytest.approx(4 * MM, rel=1e-3))


def test_image_may_say_nothing():
    assert stated_sizes(saved((100, 200), kind="PNG")) == [None]


def test_page_that_lies_on_its_side_is_measured_as_it_is_seen():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved((100, 200), kind="JPEG", dpi=(50, 50), exif=exif)
    (page,), (size,) = decode_pages(data, LIMITS), stated_sizes(data)
    assert page.shape == (100, 200)
    assert size == pytest.approx((4 * MM, 2 * MM))


def test_pages_of_a_tiff_have_sizes_but_its_thumbnails_do_not():
    pages = [Image.new("L", (100 * number, 100), 255) for number in (1, 2, 3)]
    for page, number in zip(pages, (1, 2, 3), strict=True):
        page.encoderinfo = {"tiffinfo": {254: int(number == 2)}}
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:], dpi=(100, 100))
    data = buffer.getvalue()
    assert [size[0] for size in stated_sizes(data)] == pytest.approx([MM, 3 * MM])
    assert len(list(decode_pages(data, LIMITS))) == 2


def test_page_of_a_pdf_is_measured_as_it_is_turned():
    with pdfium.PdfDocument.new() as document:
        document.new_page(144, 72)
        document.new_page(144, 72).set_rotation(90)
        buffer = io.BytesIO()
        document.save(buffer)
    assert stated_sizes(buffer.getvalue()) == [pytest.approx((2 * MM, MM)), pytest.approx((MM, 2 * MM))]
    shapes = [page.shape[:2] for page in decode_pages(buffer.getvalue(), LIMITS)]
    assert np.array_equal(shapes, [(300, 600), (600, 300)])


def test_file_that_cannot_be_opened_is_rejected():
    with pytest.raises(Rejection):
        stated_sizes(b"%PDF-1.4 and no more")
    with pytest.raises(Rejection):
        stated_sizes(b"nothing of the kind")
