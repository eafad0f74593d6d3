import pickle
from itertools import pairwise

import cv2
import numpy as np
import pytest

from digitd.form_reader import form_reader
from digitd.forms.registration.prepare import prepare
from digitd.forms.template import Field, FormPage, Marker, Rect, Struck, Template
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.classify import load_classifier
from digitd.values import Status

PER_MM = 8
WIDTH, HEIGHT = 140, 100
FIELDS = (("number", 30, 6), ("points", 46, 3), ("again", 62, 3))
CORNERS = ((6, 6), (WIDTH - 18, 6), (WIDTH - 18, HEIGHT - 18), (6, HEIGHT - 18))


@pytest.fixture(scope="module")
def template():
    fields = tuple(
        Field(
            name=name,
            page=1,
            boxes=tuple(Rect(x=40 + 6 * place, y=y, width=6, height=8) for place in range(count)),
            struck=Struck.BLANK if name == "again" else Struck.REVIEW,
        )
        for name, y, count in FIELDS
    )
    markers = tuple(Marker(id=k, square=Rect(x=x, y=y, width=12, height=12)) for k, (x, y) in enumerate(CORNERS))
    return Template(
        form="small", pages=(FormPage(number=1, width=WIDTH, height=HEIGHT, markers=markers),), fields=fields
    )


@pytest.fixture(scope="module")
def blank(template):
    """Return the printed page, (H, W) uint8."""
    page = np.full((HEIGHT * PER_MM, WIDTH * PER_MM), 250, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for marker in template.pages[0].markers:
        x, y, side = (round(value * PER_MM) for value in (marker.square.x, marker.square.y, marker.square.width))
        page[y : y + side, x : x + side] = cv2.aruco.generateImageMarker(dictionary, marker.id, side)
    for field in template.fields:
        cv2.putText(page, field.name, (8 * PER_MM, round((field.boxes[0].y + 6) * PER_MM)), 0, 1.2, 0, 2, cv2.LINE_AA)
        for box in field.boxes:
            corners = [(box.x, box.y), (box.x + box.width, box.y + box.height)]
            cv2.rectangle(page, *[tuple(round(v * PER_MM) for v in corner) for corner in corners], 30, 2)
    return page


@pytest.fixture(scope="module")
def reader(template, blank):
    classifier = load_classifier(load_artefact(shipped_model()))
    return form_reader(classifier=classifier, form=prepare(template, {1: blank}), target_error=0.01)


@pytest.fixture(scope="module")
def fill(template, blank, mnist_rows):
    """Return a function that writes numbers into fields, a digit a box and a space for none."""
    images, labels = mnist_rows

    def write(**figures):
        page = blank.copy()
        for name, text in figures.items():
            for box, figure in zip(template.by_name[name].boxes, text, strict=False):
                if figure != " ":
                    glyph = images[np.flatnonzero(labels == int(figure))[3]]
                    large = cv2.resize(glyph, (5 * PER_MM, 6 * PER_MM), interpolation=cv2.INTER_CUBIC)
                    top, left = round((box.y + 1) * PER_MM), round((box.x + 0.5) * PER_MM)
                    window = page[top : top + large.shape[0], left : left + large.shape[1]]
                    np.minimum(window, 250 - (large * 0.8).astype(np.uint8), out=window)
        return page

    return write


def _by_field(sheet):
    return {reading.field: reading for reading in sheet.readings}


def test_numbers_in_boxes_are_read(reader, fill):
    sheet = reader.read(fill(number="314159", points=" 26"), 4)
    readings = _by_field(sheet)
    assert list(readings) == [name for name, *_ in FIELDS]
    assert (sheet.page, sheet.form, sheet.form_page, sheet.method) == (4, "small", 1, "markers")
    assert sheet.size_mm == (WIDTH, HEIGHT)
    assert readings["number"].value == "314159"
    assert readings["points"].value == "26"
    assert [box.value for box in readings["points"].boxes] == ["", "2", "6"]
    assert readings["again"].status is Status.BLANK
    assert {reading.page for reading in sheet.readings} == {4}


def test_confidence_of_a_field_is_that_of_all_its_digits(reader, fill):
    reading = _by_field(reader.read(fill(number="314159"), 1))["number"]
    product = np.prod([box.confidence for box in reading.boxes])
    assert reading.confidence == pytest.approx(product, rel=0.02)


def test_boxes_are_placed_in_mm_of_the_page(reader, template, fill):
    page = np.rot90(fill(number="314159"), 2)
    sheet = reader.read(np.ascontiguousarray(page), 1)
    for box, rect in zip(sheet.readings[0].boxes, template.fields[0].boxes, strict=True):
        assert box.corners[0] == pytest.approx((rect.x, rect.y), abs=0.3)
        assert box.corners[2] == pytest.approx((rect.x + rect.width, rect.y + rect.height), abs=0.3)
        assert all(np.hypot(*np.subtract(a, b)) > 5 for a, b in pairwise(box.corners))
    transform = np.array(sheet.transform).reshape(3, 3)
    corner = cv2.perspectiveTransform(np.zeros((1, 1, 2)), transform)[0, 0]
    assert corner == pytest.approx((WIDTH * PER_MM, HEIGHT * PER_MM), abs=4)


def test_struck_out_box_is_for_a_person_or_counts_as_empty(reader, fill):
    page = fill(points="123", again="123")
    for y in (46, 62):
        ends = [tuple(round(v * PER_MM) for v in end) for end in ((41, y + 1), (45, y + 7), (41, y + 7), (45, y + 1))]
        page[round((y + 0.8) * PER_MM) : round((y + 7) * PER_MM), round(40.8 * PER_MM) : round(45.5 * PER_MM)] = 250
        for start, end in (ends[:2], ends[2:]):
            cv2.line(page, start, end, 40, 5, cv2.LINE_AA)
    readings = _by_field(reader.read(page, 1))
    assert (readings["points"].status, readings["points"].reason) == (Status.REVIEW, "struck_out")
    assert readings["points"].boxes[0].reason == "struck_out"
    assert (readings["again"].value, readings["again"].reason) == ("23", "")


def test_other_page_fails_and_says_what_was_tried(reader):
    page = np.full((800, 1100), 245, np.uint8)
    for row in range(10):
        cv2.putText(page, "quite another page", (60, 70 * row + 60), 0, 1.5, 0, 3)
    sheet = reader.read(page, 2)
    (reading,) = sheet.readings
    assert (reading.status, reading.reason, reading.field, reading.page) == (Status.FAILED, "unregistered", "", 2)
    assert (sheet.form_page, sheet.transform, sheet.rms_mm) == (0, (), None)
    assert sheet.tried


@pytest.mark.parametrize("way", [np.hstack, np.vstack])
def test_neither_of_two_pages_on_one_picture_is_read_rather_than_one_lost(reader, fill, way):
    pages = fill(number="314159", points=" 26"), fill(number="271828", points=" 77")
    sheet = reader.read(way(pages), 1)
    (reading,) = sheet.readings
    assert (reading.status, reading.reason, reading.value) == (Status.FAILED, "unregistered", "")
    assert sheet.tried


def test_page_on_a_larger_sheet_is_read(reader, fill):
    page = fill(number="314159", points=" 26")
    sheet = reader.read(np.hstack([page, np.full_like(page, 250)]), 1)
    assert _by_field(sheet)["number"].value == "314159"


def test_empty_page_is_blank(reader):
    (reading,) = reader.read(np.full((800, 1100), 245, np.uint8), 1).readings
    assert (reading.status, reading.reason) == (Status.BLANK, "blank_page")


def test_reader_travels_to_another_process(reader, fill):
    page = fill(number="314159")
    travelled = pickle.loads(pickle.dumps(reader))  # noqa: S301 - it is our own
    travelled.warm_up()
    assert travelled.read(page, 1) == reader.read(page, 1)


def test_threshold_by_hand_wins_over_the_target(reader, fill):
    strict = form_reader(classifier=reader.classifier, form=reader.form, target_error=0.01, threshold=0.99999)
    reading = _by_field(strict.read(fill(number="314159"), 1))["number"]
    assert (reading.value, reading.status, reading.reason) == ("314159", Status.REVIEW, "low_confidence")
