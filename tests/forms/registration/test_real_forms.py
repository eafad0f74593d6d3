"""Other people's forms: they are found where they are, and what is not theirs is refused."""

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from digitd.forms.placed import Registration, Unregistered
from digitd.forms.registration import prepare, register
from digitd.forms.template import Field, FormPage, Rect, Template


def rendered(path, number=0):
    """Render a page of a PDF at 150 dpi, (H, W) uint8."""
    with pdfium.PdfDocument(path) as document:
        picture = document[number].render(scale=150 / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(picture.reshape(picture.shape[:2]))


def row(name, x, y, width, height, count, pitch):
    boxes = tuple(Rect(x=x + k * pitch, y=y, width=width, height=height) for k in range(count))
    return Field(name=name, page=1, boxes=boxes)


def off_lines(picture, found, field):
    """Return how bright the darkest pixel near each side of the boxes of a field is, in the middle of the side."""
    greys = []
    for box in field.boxes:
        for x, y in ((box.x, box.y + box.height / 2), (box.x + box.width / 2, box.y)):
            at = found.fields[field.name] @ (x, y, 1)
            column, line = (at[:2] / at[2]).astype(int)
            greys.append(picture[line - 1 : line + 2, column - 1 : column + 2].min())
    return max(greys)


@pytest.fixture(scope="module")
def exam(shared_data):
    """Return the exam's student number, measured off its blank page, 150 dpi, ready to be found."""
    mm = 25.4 / 150
    boxes = row("student", 377 * mm, 698 * mm, 45.45 * mm, 46 * mm, 10, 45.45 * mm)
    template = Template(form="exam", pages=(FormPage(number=1, width=215.9, height=279.4),), fields=(boxes,))
    blank = rendered(shared_data / "forms/markus_scans/test-auto-parse-scan-blank.pdf")
    return prepare(template, {1: blank})


def test_exam_is_found_on_its_page_and_on_no_other(exam, shared_data):
    path = shared_data / "forms/markus_scans/test-auto-parse-scan-success.pdf"
    found = [register(rendered(path, number), exam) for number in range(6)]
    assert [type(one) for one in found] == [Registration, *[Unregistered] * 5]
    assert off_lines(rendered(path), found[0], exam.template.fields[0]) < 150


def test_other_pages_of_other_exams_are_refused(exam, shared_data):
    for name in ("midterm_scan_100.pdf", "midterm_scan_103.pdf"):
        path = shared_data / "forms/markus_scans" / name
        assert isinstance(register(rendered(path, 2), exam), Unregistered)


def test_strip_is_found_by_its_boxes_alone(shared_data):
    fields = tuple(row(f"row{k}", 94.15, y, 7.485, 7.65, 16, 7.485) for k, y in enumerate((6.45, 17.85, 29.2)))
    template = Template(form="strip", pages=(FormPage(number=1, width=250, height=55),), fields=fields)
    picture = cv2.imread(str(shared_data / "forms/markus_student_info/student_info.jpg"), cv2.IMREAD_GRAYSCALE)
    found = register(picture, prepare(template, {}))
    assert found.method == "outline"
    assert max(off_lines(picture, found, field) for field in fields) < 100


def test_other_version_of_an_election_form_is_refused_though_its_corners_match(shared_data):
    folder, mm = shared_data / "forms/election_photo", 0.15
    tops = [930.5 + 77 * k for k in range(4)] + [1304.5 + 77 * k for k in range(4)]
    fields = tuple(
        row(f"r{r}c{c}", x * mm, y * mm, 60 * mm, 60 * mm, 3, 77 * mm)
        for r, y in enumerate(tops)
        for c, x in enumerate((926, 1176.5, 1427.5))
    )
    template = Template(form="votes", pages=(FormPage(number=1, width=270, height=420),), fields=fields)
    blank = cv2.imread(str(folder / "c.hasil_data.png"), cv2.IMREAD_GRAYSCALE)
    prepared = prepare(template, {1: blank})
    assert isinstance(register(blank, prepared), Registration)
    photo = cv2.imread(str(folder / "data_sample_02.jpg"), cv2.IMREAD_GRAYSCALE)
    refused = register(photo, prepared)
    assert isinstance(refused, Unregistered)
    assert "borders of field" in refused.detail
