import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from digitd.annotate import Annotator
from digitd.annotate.contact import CELL_HEIGHT, CELL_WIDTH, CELLS, COLUMNS, ROWS, paste
from digitd.annotate.mark import LOOKS
from digitd.values import Box, Reading, Status, failed

PAGE = np.full((60, 50), 250, np.uint8)
PAGE[20:40, 20:24] = 10
REVIEW = Reading(
    page=1,
    value="1",
    confidence=0.6,
    status=Status.REVIEW,
    reason="low_confidence",
    box=Box(x=20, y=20, width=4, height=20),
)


@pytest.fixture(scope="module")
def annotator():
    return Annotator()


def opened(sheet):
    with Image.open(io.BytesIO(sheet)) as image:
        return np.asarray(image)


def at(pixels, place):
    row, column = divmod(place, COLUMNS)
    return pixels[row * CELL_HEIGHT : (row + 1) * CELL_HEIGHT, column * CELL_WIDTH : (column + 1) * CELL_WIDTH]


def a_cell(grey):
    return np.full((CELL_HEIGHT, CELL_WIDTH, 3), grey, np.uint8)


def test_cells_lie_row_by_row_and_empty_places_are_even():
    sheet = opened(paste(None, {0: a_cell(10), COLUMNS: a_cell(20), CELLS - 1: a_cell(30)}))
    assert sheet.shape == (ROWS * CELL_HEIGHT, COLUMNS * CELL_WIDTH, 3)
    assert [int(at(sheet, place).max()) for place in (0, COLUMNS, CELLS - 1)] == [10, 20, 30]
    assert at(sheet, 1).min() == at(sheet, 1).max()


def test_cells_are_added_and_replaced_and_the_others_stay():
    first = paste(None, {0: a_cell(10), 1: a_cell(20)})
    second = opened(paste(first, {1: a_cell(21), 2: a_cell(30)}))
    assert [int(at(second, place).max()) for place in range(3)] == [10, 21, 30]


def test_pasting_again_changes_nothing():
    first = paste(None, {0: a_cell(10), 1: a_cell(20)})
    assert paste(first, {1: a_cell(20)}) == first


@pytest.mark.parametrize("broken", [b"", b"no picture", paste(None, {})[:200]])
def test_sheet_that_cannot_be_opened_is_begun_anew(broken):
    assert np.array_equal(opened(paste(broken, {3: a_cell(9)})), opened(paste(None, {3: a_cell(9)})))


@pytest.mark.parametrize(
    ("page", "reading"),
    [
        (PAGE, REVIEW),
        (None, failed(1, "truncated", "the page is cut short")),
        (PAGE, Reading(page=7, value="", confidence=None, status=Status.BLANK, reason="blank")),
        (np.zeros((3000, 2000, 3), np.uint8), REVIEW),
        (np.zeros((0, 5), np.uint8), REVIEW),
    ],
)
@pytest.mark.parametrize("name", ["a.png", "x" * 300, "größe-日本\udcff\n.png", ""])
def test_any_reading_and_name_gives_a_cell_of_one_size(annotator, page, reading, name):
    cell = annotator.cell(page, reading, name)
    assert cell.shape == (CELL_HEIGHT, CELL_WIDTH, 3)
    assert np.array_equal(cell, annotator.cell(page, reading, name))


def test_doubtful_cell_has_a_frame_in_the_colour_of_its_status(annotator):
    edge = annotator.cell(PAGE, REVIEW, "a.png")[CELL_HEIGHT // 2, 3]
    assert "#" + bytes(edge).hex() == LOOKS[Status.REVIEW].colour


def test_cell_is_not_overwritten_by_the_next(annotator):
    first = annotator.cell(PAGE, REVIEW, "a.png")
    before = first.copy()
    annotator.cell(PAGE, REVIEW, "quite another name.png")
    assert np.array_equal(first, before)


@pytest.mark.parametrize("status", Status)
def test_each_status_has_its_own_cell(annotator, status):
    shown = {other: annotator.cell(PAGE, replace(REVIEW, status=other), "a.png").tobytes() for other in Status}
    assert sum(shown[status] == cell for cell in shown.values()) == 1


def test_number_of_ten_digits_is_shown_whole(annotator):
    cells = {annotator.cell(PAGE, replace(REVIEW, value=f"12345{digit}7890"), "a.png").tobytes() for digit in range(10)}
    assert len(cells) == 10


def test_cell_without_a_page_says_why(annotator):
    reasons = {annotator.cell(None, failed(1, reason, ""), "a.png").tobytes() for reason in ("truncated", "empty")}
    assert len(reasons) == 2


def test_cell_names_the_form_field(annotator):
    assert not np.array_equal(
        annotator.cell(PAGE, replace(REVIEW, field="total"), "a.png"),
        annotator.cell(PAGE, replace(REVIEW, field="count"), "a.png"),
    )


@pytest.mark.parametrize("place", [-1, CELLS])
def test_place_off_the_sheet_is_refused(place):
    with pytest.raises(ValueError, match="broadcast"):
        paste(None, {place: a_cell(1)})
