import pytest

from digitd.forms.pagesize import judged_size, turned_like
from digitd.forms.paper import size_of

MM = 25.4


def scanned(width_mm, height_mm, dpi, stated_dpi=None):
    """Return the pixels of a scan, and the size that it states."""
    pixels = round(width_mm / MM * dpi), round(height_mm / MM * dpi)
    says = stated_dpi or dpi
    return pixels, (pixels[0] / says * MM, pixels[1] / says * MM)


@pytest.mark.parametrize(
    ("stated", "size"),
    [
        ((148.17, 209.9), (148.0, 210.0)),
        ((296.9, 210.2), (297.0, 210.0)),
        ((216.0, 279.0), (215.9, 279.4)),
        ((120.04, 180.0), (120.0, 180.0)),
    ],
)
def test_size_of_a_pdf_is_what_it_says(stated, size):
    assert judged_size((round(stated[0] * 12), round(stated[1] * 12)), stated, is_exact=True) == (
        size,
        "as the PDF says",
        True,
    )


@pytest.mark.parametrize(
    ("scan", "size", "is_by_dpi"),
    [
        (scanned(148, 210, 300), (148.0, 210.0), True),
        (scanned(208.5, 296, 200), (210.0, 297.0), True),
        (scanned(420, 297, 100), (420.0, 297.0), True),
        (scanned(210, 297, 300, stated_dpi=72), (210.0, 297.0), False),
        (scanned(210, 297, 200, stated_dpi=300), (210.0, 297.0), False),
        (scanned(120, 180, 200), (120.0, 180.0), False),
    ],
)
def test_dpi_of_an_image_count_where_they_make_a_page(scan, size, is_by_dpi):
    pixels, stated = scan
    judged = judged_size(pixels, stated, is_exact=False)
    assert (judged.size, judged.source.startswith("by the"), judged.is_certain) == (size, is_by_dpi, False)


def test_picture_that_states_nothing_is_judged_by_its_shape():
    assert judged_size((1240, 1754), None, is_exact=False) == ((210.0, 297.0), "assumed from its shape", False)
    assert judged_size((1200, 1200), None, is_exact=False).size == (101.6, 101.6)


def test_pdf_of_a_picture_of_a_metre_is_judged_by_its_shape():
    assert judged_size((2480, 3508), (874.9, 1237.5), is_exact=True).size == (210.0, 297.0)


def test_paper_is_turned_as_its_picture_is():
    assert turned_like((148.0, 210.0), (2100, 1480)) == (210.0, 148.0)
    assert turned_like((148.0, 210.0), (1480, 1480)) is None


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("A5", (148.0, 210.0)),
        ("letter", (215.9, 279.4)),
        ("148x210", (148.0, 210.0)),
        ("99.5 x 210 mm", (99.5, 210.0)),
        ("A9", None),
        ("00x210", None),
        ("-148x210", None),
        ("9999x210", None),
    ],
)
def test_paper_is_named_or_measured(text, size):
    assert size_of(text) == size
