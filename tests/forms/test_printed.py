import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from digitd.forms.printed import printed_pdf, sides_of
from digitd.forms.template import Field, FormPage, Marker, Rect, Template

PER_MM = 8


def comb(name, x, y, count, *, pitch=6.0, page=1):
    boxes = tuple(Rect(x=x + place * pitch, y=y, width=6, height=8) for place in range(count))
    return Field(name=name, page=page, boxes=boxes)


def marker(number, x, y):
    return Marker(id=number, square=Rect(x=x, y=y, width=10, height=10))


TWO_PAGES = Template(
    form="two",
    pages=(
        FormPage(number=1, width=210, height=297, markers=(marker(0, 10, 10), marker(7, 190, 277))),
        FormPage(number=2, width=215.9, height=279.4, markers=(marker(49, 10, 10),)),
    ),
    fields=(comb("student", 60, 50, 8), comb("points", 150, 80, 2, pitch=8), comb("$total_", 100, 60, 3, page=2)),
)


def picture_of(pdf, page):
    """Render a page as (H, W) uint8, so many pixels for a mm."""
    with pdfium.PdfDocument(pdf) as document:
        picture = document[page - 1].render(scale=PER_MM * 25.4 / 72, grayscale=True).to_numpy()
    return picture.reshape(picture.shape[:2])


def test_each_page_has_the_exact_size_that_the_template_says():
    with pdfium.PdfDocument(printed_pdf(TWO_PAGES)) as document:
        sizes = [tuple(side * 25.4 / 72 for side in page.get_size()) for page in document]
    assert np.allclose(sizes, [(210, 297), (215.9, 279.4)], atol=0.01)


def test_same_template_gives_the_same_bytes():
    assert printed_pdf(TWO_PAGES) == printed_pdf(TWO_PAGES)


def test_borders_are_black_where_the_template_says_and_boxes_empty():
    picture = picture_of(printed_pdf(TWO_PAGES), 1)
    for field in TWO_PAGES.fields_of(1):
        for box in field.boxes:
            left, top = box.x * PER_MM, box.y * PER_MM
            right, bottom = left + box.width * PER_MM, top + box.height * PER_MM
            middle = round((top + bottom) / 2), round((left + right) / 2)
            for side in (left, right):
                assert picture[middle[0], round(side) - 2 : round(side) + 2].min() < 60
            for side in (top, bottom):
                assert picture[round(side) - 2 : round(side) + 2, middle[1]].min() < 60
            inside = picture[round(top) + 4 : round(bottom) - 4, round(left) + 4 : round(right) - 4]
            assert inside.min() == 255


def test_side_that_two_boxes_share_is_drawn_once():
    field = comb("one", 10, 10, 5)
    assert len(sides_of(field.boxes)) == 3 * 5 + 1
    assert len(sides_of(comb("apart", 10, 10, 5, pitch=7).boxes)) == 4 * 5


@pytest.mark.parametrize("page", [1, 2])
def test_markers_are_found_where_the_template_says(page):
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, ids, _ = detector.detectMarkers(picture_of(printed_pdf(TWO_PAGES), page))
    wanted = {marker.id: marker.square for marker in TWO_PAGES.pages[page - 1].markers}
    assert sorted(int(number) for number in ids.ravel()) == sorted(wanted)
    for number, quad in zip(ids.ravel(), corners, strict=True):
        assert np.allclose(quad.reshape(4, 2)[0] / PER_MM, (wanted[number].x, wanted[number].y), atol=0.2)


def test_words_name_fields_and_pages_even_where_they_look_like_formulas():
    with pdfium.PdfDocument(printed_pdf(TWO_PAGES)) as document:
        first, second = (page.get_textpage().get_text_bounded() for page in document)
    assert {"two", "student", "points", "page 1 of 2"} <= {line.strip() for line in first.splitlines()}
    assert {"$total_", "page 2 of 2"} <= {line.strip() for line in second.splitlines()}


def test_label_without_room_is_left_out_rather_than_printed_over_boxes():
    crowded = tuple(comb(f"a very long name {row}", 4, 4 + row * 8, 33) for row in range(36))
    template = Template(form="full", pages=(FormPage(number=1, width=210, height=297),), fields=crowded)
    picture = picture_of(printed_pdf(template), 1)
    for field in crowded:
        for box in field.boxes:
            left, top = round(box.x * PER_MM) + 4, round(box.y * PER_MM) + 4
            assert picture[top : top + 56, left : left + 40].min() == 255


def test_background_is_printed_with_nothing_but_markers_added():
    background = np.full((297 * 2, 210 * 2), 200, np.uint8)
    picture = picture_of(printed_pdf(TWO_PAGES, {1: background}), 1)
    field = TWO_PAGES.fields[0].boxes[0]
    assert np.ptp(picture[:, 30 * PER_MM : 180 * PER_MM]) == 0
    assert picture[round(field.y * PER_MM), round(field.x * PER_MM)] == 200
    square = picture[10 * PER_MM : 20 * PER_MM, 10 * PER_MM : 20 * PER_MM]
    assert square.min() < 10
    assert square.max() > 245
    assert picture_of(printed_pdf(TWO_PAGES, {1: background}), 2).min() < 60  # the other page is drawn
