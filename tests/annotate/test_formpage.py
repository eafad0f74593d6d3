import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digitd.annotate import Annotator
from digitd.annotate.mark import LOOKS
from digitd.annotate.straight import cut, recognised
from digitd.annotate.wording import in_words
from digitd.values import BoxReading, Reading, Sheet, Status, failed
from tests.annotate.filled import Filled

INK = (255, 0, 255)  # a colour that no picture uses
PAGE_LEFT, PAGE_TOP = 24, 112
ORANGE, BLUE, WINE = (LOOKS[status].colour for status in (Status.REVIEW, Status.ACCEPTED, Status.FAILED))
DOUBT = {"status": Status.REVIEW, "confidence": 0.61, "reason": "low_confidence", "doubts": (1,)}

OF_BOXES = ("low_confidence", "not_a_digit", "struck_out", "gap", "blank", "blank_is_zero")
RULES = ("check", "allowed", "sum", "range", "pattern", "unique")
OF_PAGES = ("unregistered", "blank_page", "no_fields", "changed", "internal_error")


@pytest.fixture(scope="module")
def annotator():
    return Annotator()


def decoded(png):
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image)


def count(pixels, colour):
    wanted = colour if isinstance(colour, tuple) else tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return int((pixels == wanted).all(axis=-1).sum())


def exam(doubtful=2, fields=12):
    filled = Filled()
    for number in range(fields):
        at = (30 + 60 * (number % 3), 30 + 16 * (number // 3))
        filled.fill(f"q{number}", at, "17", **(DOUBT if number < doubtful else {}))
    return filled


def page_in(picture, filled):
    page = recognised(filled.page, filled.sheet())
    rows, columns, _ = cut(page, page.whole, page.px_per_mm).shape
    return picture[PAGE_TOP : PAGE_TOP + rows, PAGE_LEFT : PAGE_LEFT + columns]


@pytest.mark.parametrize("pitch", [6.0, 7.0], ids=["adjoining", "separate"])
@pytest.mark.parametrize("gap", [8.0, 9.0, 14.0], ids=["table", "close", "apart"])
def test_nothing_is_drawn_on_the_ink(annotator, pitch, gap):
    filled = Filled(120, 90)
    for row in range(5):
        for column, changes in enumerate([{}, DOUBT, {"status": Status.BLANK}, {"struck": (0,), **DOUBT}]):
            at = (10 + 3 * pitch * column, 10 + gap * row)
            filled.fill(f"r{row}c{column}", at, "123", pitch=pitch, **changes)
    colour = cv2.cvtColor(filled.page, cv2.COLOR_GRAY2RGB)
    for box in (box for reading in filled.readings for box in reading.boxes):
        (left, top), _, (right, bottom), _ = (np.array(corner) * filled.scale for corner in box.corners)
        colour[round(top) + 6 : round(bottom) - 6, round(left) + 6 : round(right) - 6] = INK  # a mm from the border
    clean = recognised(colour, filled.sheet())
    picture = page_in(decoded(annotator.render_sheet(colour, filled.sheet(), "a.png")), filled)
    assert count(picture, INK) == count(cut(clean, clean.whole, clean.px_per_mm), INK) > 10_000


def table(gap):
    filled = Filled(120, 90)
    for row in range(5):
        for column in range(4):
            filled.fill(f"r{row}c{column}", (15 + 21 * column, 15 + gap * row), "123")
    return filled


@pytest.mark.parametrize(("gap", "is_labelled"), [(8.0, False), (14.0, True)], ids=["dense", "apart"])
def test_accepted_values_are_left_out_where_boxes_leave_no_room(annotator, gap, is_labelled):
    filled = table(gap)
    picture = page_in(decoded(annotator.render_sheet(filled.page, filled.sheet(), "a.png")), filled)
    page = recognised(filled.page, filled.sheet())
    above = slice(0, int(14 * page.px_per_mm))  # of the first row of boxes, without their outlines
    assert (picture[above] != cut(page, page.whole, page.px_per_mm)[above]).any() == is_labelled


def test_fields_that_touch_in_one_column_have_their_values_beside_them(annotator):
    filled = Filled(120, 90)
    for row in range(5):
        filled.fill(f"r{row}", (15, 15 + 8 * row), "17", pitch=6)
    picture = page_in(decoded(annotator.render_sheet(filled.page, filled.sheet(), "a.png")), filled)
    scale = recognised(filled.page, filled.sheet()).px_per_mm
    for row in range(5):
        middle = round((19 + 8 * row) * scale)
        assert count(picture[middle - 8 : middle + 8, round(28 * scale) : round(36 * scale)], BLUE) > 20


@pytest.mark.parametrize("gap", [8.0, 14.0], ids=["dense", "apart"])
def test_numbers_lead_from_entries_to_their_fields_even_in_a_dense_table(annotator, gap):
    filled = table(gap)
    doubtful = replace(filled.readings[9], status=Status.REVIEW)
    pictures = []
    for ahead in (0, 1):  # as the second doubtful field it has another number
        readings = [replace(filled.readings[0], boxes=(), status=Status.REVIEW)] * ahead + [doubtful]
        sheet = filled.sheet(readings=tuple(readings))
        pictures.append(page_in(decoded(annotator.render_sheet(filled.page, sheet, "a.png")), filled))
    assert 5 < np.count_nonzero((pictures[0] != pictures[1]).any(axis=2)) < 1000


def test_page_without_doubts_has_no_column_and_no_orange(annotator):
    filled = exam(doubtful=0)
    picture = decoded(annotator.render_sheet(filled.page, filled.sheet(), "a.png"))
    assert picture.shape == (1539, 1040, 3)
    assert (count(picture, ORANGE), count(picture, WINE)) == (0, 0)
    assert count(picture, BLUE) > 1000


def test_each_doubtful_field_has_an_entry_beside_the_page(annotator):
    heights = []
    for doubtful in (1, 2, 3):
        filled = exam(doubtful)
        column = decoded(annotator.render_sheet(filled.page, filled.sheet(), "a.png"))[PAGE_TOP:, 1040:]
        heights.append(np.flatnonzero((column != 255).any(axis=(1, 2))).max())
    assert heights[1] - heights[0] == heights[2] - heights[1] > 100


def test_cut_outs_are_as_sharp_as_the_scan(annotator):
    filled = Filled(dpi=300)
    filled.fill("q", (30, 30), "17", **DOUBT)
    filled.page[round(34 * filled.scale) :: 4, round(31 * filled.scale) : round(35 * filled.scale)] = 0
    picture = decoded(annotator.render_sheet(filled.page, filled.sheet(), "a.png"))
    column = picture[PAGE_TOP + 60 : PAGE_TOP + 200, 1050:1150]
    rows = column[..., 0].astype(float).std(axis=0).max()
    assert rows > 60  # lines 4 px of 300 dpi apart are seen, which the page at 120 dpi does not show


@pytest.mark.parametrize("fields", [60, 3000])
def test_many_doubts_go_on_below_the_page_and_end_somewhere(annotator, fields):
    filled = Filled()
    filled.fill("q", (30, 30), "17", **DOUBT)
    sheet = filled.sheet(readings=tuple(filled.readings) * fields)
    rows, columns, _ = decoded(annotator.render_sheet(filled.page, sheet, "a.png")).shape
    assert columns == 1524
    assert 2500 < rows < 4500


@pytest.mark.parametrize("dpi", [150, 300])
def test_picture_shows_the_page_straight(annotator, dpi):
    filled = Filled(dpi=dpi)
    filled.fill("id", (30, 30), "1750")
    turned = np.array([[0.0, -1.0, filled.page.shape[0]], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    sheet = filled.sheet()
    transform = turned @ np.reshape(sheet.transform, (3, 3))
    upright = decoded(annotator.render_sheet(filled.page, sheet, "a.png"))
    sideways = np.rot90(filled.page, -1)
    righted = decoded(annotator.render_sheet(sideways, replace(sheet, transform=tuple(transform.ravel())), "a.png"))
    assert upright.shape == righted.shape
    assert np.abs(upright.astype(int) - righted).max() < 25  # grey levels, at edges


def test_same_arguments_give_the_same_bytes_whatever_came_before(annotator):
    filled = exam()
    annotator.render_sheet(None, exam(5).sheet(), "other.png")
    first = annotator.render_sheet(filled.page, filled.sheet(), "a.png")
    assert first == annotator.render_sheet(filled.page, filled.sheet(), "a.png")
    assert first == Annotator().render_sheet(filled.page, filled.sheet(), "a.png")


@pytest.mark.parametrize("page", [None, np.zeros((0, 5), np.uint8), np.full((800, 600, 3), 90, np.uint8)])
def test_page_that_was_not_recognised_is_shown_with_what_was_looked_for(annotator, page):
    said = failed(3, "unregistered", "None of the 2 pages of the form was found on this page.")
    sheet = Filled().sheet(form_page=0, size_mm=(0, 0), transform=(), method="", rms_mm=None, readings=(said,))
    silent = decoded(annotator.render_sheet(page, sheet, "a.png"))
    telling = decoded(annotator.render_sheet(page, replace(sheet, tried=("Markers: none.", "Outline: none.")), "a.png"))
    assert count(silent, WINE) > 300
    assert (silent[:230] == telling[:230]).all()
    assert count(telling[230:, 950:], (255, 255, 255)) < count(silent[230:, 950:], (255, 255, 255)) - 500


def test_page_that_is_not_there_still_has_its_readings(annotator):
    picture = decoded(annotator.render_sheet(None, exam().sheet(), "a.png"))
    assert count(picture, ORANGE) > 1000


@pytest.mark.parametrize(
    "reason",
    [*OF_BOXES, *(f"rule_{rule}" for rule in RULES), *(f"repaired_{rule}" for rule in RULES[:5]), *OF_PAGES],
)
def test_every_reason_has_words_of_its_own(reason):
    assert in_words(reason) != reason.replace("_", " ").capitalize()


numbers = st.floats(allow_nan=False, allow_infinity=False) | st.floats(-20, 320)
texts = st.text(max_size=40) | st.sampled_from(["", "\udcff\n\x00", "数字" * 40, "x" * 4000, "struck_out"])
shares = st.none() | st.floats(0, 1)
statuses = st.sampled_from(Status)
boxes = st.builds(
    BoxReading,
    corners=st.lists(st.tuples(numbers, numbers), min_size=4, max_size=4).map(tuple)
    | st.lists(st.tuples(numbers, numbers), max_size=6).map(tuple),
    value=st.sampled_from(["", "7", "?"]) | texts,
    confidence=shares,
    status=statuses,
    reason=texts,
)
readings = st.builds(
    Reading,
    page=st.integers(1, 500),
    value=texts,
    confidence=shares,
    status=statuses,
    reason=texts,
    detail=texts,
    field=texts,
    raw=texts,
    runners_up=st.lists(st.tuples(texts, st.floats(0, 1)), max_size=4).map(tuple),
    boxes=st.lists(boxes, max_size=12).map(tuple),
)
sheets = st.builds(
    Sheet,
    page=st.integers(1, 10**9),
    form=texts,
    form_page=st.integers(0, 9),
    size_mm=st.sampled_from([(210, 297), (297, 210), (60, 20), (0, 0)]) | st.tuples(numbers, numbers),
    transform=st.just((5.9, 0, 0, 0, 5.9, 0, 0, 0, 1)) | st.lists(numbers, max_size=9).map(tuple),
    method=texts,
    rms_mm=st.none() | numbers,
    tried=st.lists(texts, max_size=20).map(tuple),
    readings=st.lists(readings, max_size=6).map(tuple),
)


@settings(max_examples=60)
@given(sheets, st.sampled_from([None, (1, 1), (30, 40, 3), (900, 700)]), texts)
def test_any_sheet_can_be_drawn(annotator, sheet, shape, name):
    page = None if shape is None else np.full(shape, 200, np.uint8)
    rows, columns, _ = decoded(annotator.render_sheet(page, sheet, name)).shape
    assert 900 <= columns <= 2300
    assert 150 <= rows <= 12_000
