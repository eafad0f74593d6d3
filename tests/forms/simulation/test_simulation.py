"""The simulator itself: what it says is true."""

from functools import partial

import cv2
import numpy as np
import pytest

from tests.forms.simulation.figures import figures_for, luhn_digit
from tests.forms.simulation.layout import blank_page, references
from tests.forms.simulation.layouts import layouts
from tests.forms.simulation.phone import photograph
from tests.forms.simulation.scanner import scan
from tests.forms.simulation.values import PER_MM, mapped
from tests.forms.simulation.writing import Digits, fill, stroke
from tests.forms.simulation.wrong import KINDS, older, wrong_page

LAYOUTS = layouts()
SMALL_SCAN, SMALL_PHOTO = partial(scan, dpi=150), partial(photograph, long_side=1600)
NAMES = [layout.template.form for layout in LAYOUTS]


@pytest.fixture(scope="module")
def digits(mnist_rows):
    return Digits.of(*mnist_rows)


def rng_of(seed):
    return np.random.default_rng([5, seed])


@pytest.mark.parametrize("layout", LAYOUTS, ids=NAMES)
def test_what_is_written_keeps_the_rules_of_the_form(layout):
    template = layout.template
    for seed in range(40):
        values = {}
        for page in template.pages:
            figures = figures_for(layout, page.number, rng_of(seed))
            assert all(len(figures[field.name]) == len(field.boxes) for field in template.fields_of(page.number))
            values |= {name: text.strip() for name, text in figures.items()}
        for field in template.fields:
            value = values[field.name]
            assert " " not in value
            if value and field.range:
                assert field.range[0] <= int(value) <= field.range[1]
            if value and field.allowed:
                assert value in field.allowed
            if value and field.check:
                assert value[-1] == luhn_digit(value[:-1])
        for rule in template.rules:
            assert int(values[rule.total]) == sum(int(values[part] or 0) for part in rule.parts)


def test_luhn_digit_is_that_of_a_known_number():
    assert luhn_digit("7992739871") == "3"


@pytest.mark.parametrize("layout", LAYOUTS, ids=NAMES)
def test_boxes_of_a_blank_page_are_empty_and_bordered(layout):
    for number, picture in references(layout).items():
        per_mm = 200 / 25.4
        for box in (box for field in layout.template.fields_of(number) for box in field.boxes):
            left, top = box.x * per_mm, box.y * per_mm
            right, bottom = left + box.width * per_mm, top + box.height * per_mm
            inside = picture[int(top) + 4 : int(bottom) - 3, int(left) + 4 : int(right) - 3]
            assert inside.min() == 255
            middle = int((top + bottom) / 2)
            for side in (left, right):
                assert picture[middle, int(side) - 2 : int(side) + 3].min() <= layout.border_grey + 30


def test_stroke_is_as_large_as_its_digit_and_solid(mnist_rows):
    for digit in mnist_rows[0][:50]:
        ink = stroke(digit, 4.0)
        _, _, width, height = cv2.boundingRect((digit > 60).view(np.uint8))
        _, _, wide, high = cv2.boundingRect((ink > 0.5).astype(np.uint8))
        assert abs(wide - 4 * width) <= 12
        assert abs(high - 4 * height) <= 12
        assert ink.max() == 1


@pytest.mark.parametrize("take", [SMALL_SCAN, SMALL_PHOTO], ids=["scan", "phone"])
def test_same_seed_gives_the_same_picture(digits, take):
    pictures = []
    for _ in range(2):
        rng = rng_of(1)
        pictures.append(take(fill(LAYOUTS[0], 1, digits, rng), rng).picture)
    assert np.array_equal(*pictures)


def marks_of(filled):
    """Replace a filled page by one with a black square in the middle of each box, and nothing else."""
    filled.picture[...] = 255
    for field in filled.layout.template.fields_of(filled.page):
        for box in field.boxes:
            x, y = (box.x + box.width / 2) * PER_MM, (box.y + box.height / 2) * PER_MM
            cv2.rectangle(filled.picture, (round(x) - 12, round(y) - 12), (round(x) + 11, round(y) + 11), (0, 0, 0), -1)
    return filled


@pytest.mark.parametrize("take", [SMALL_SCAN, SMALL_PHOTO], ids=["scan", "phone"])
@pytest.mark.parametrize("seed", range(4))
def test_boxes_are_on_the_picture_where_the_capture_says(digits, take, seed):
    rng = rng_of(seed)
    taken = take(marks_of(fill(LAYOUTS[5], 1, digits, rng)), rng)
    grey = taken.picture if taken.picture.ndim == 2 else cv2.cvtColor(taken.picture, cv2.COLOR_RGB2GRAY)
    reach = round(3 * taken.per_mm)
    for x, y in np.concatenate(list(taken.centres.values())):
        left, top = int(x) - reach, int(y) - reach
        around = grey[top : top + 2 * reach, left : left + 2 * reach].astype(float)
        dark = around < (around.min() + np.median(around)) / 2
        rows, columns = np.nonzero(dark)
        assert np.hypot(columns.mean() + 0.5 + left - x, rows.mean() + 0.5 + top - y) < 0.25 * taken.per_mm


def test_flat_page_lies_where_its_corners_say(digits):
    rng = rng_of(2)
    taken = scan(fill(LAYOUTS[2], 1, digits, rng), rng, quarters=1)
    page = LAYOUTS[2].page(1)
    sheet = np.array([(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)], np.float32)
    to_picture = cv2.getPerspectiveTransform(sheet, taken.corners.astype(np.float32))
    for field in LAYOUTS[2].template.fields:
        middles = np.array([(box.x + box.width / 2, box.y + box.height / 2) for box in field.boxes])
        assert np.allclose(mapped(to_picture, middles), taken.centres[field.name], atol=0.2)


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_pages_are_pictures_that_say_what_is_written(digits, kind):
    picture, capture = wrong_page(kind, LAYOUTS[4], LAYOUTS[3], digits, rng_of(3))
    assert picture.dtype == np.uint8
    assert min(picture.shape[:2]) > 300
    assert (capture is not None) == (kind == "older version")
    assert capture is None or capture.filled.figures


def test_older_version_has_boxes_half_a_box_off():
    for seed in range(6):
        was = older(LAYOUTS[5], 1, rng_of(seed))
        pairs = zip(LAYOUTS[5].template.fields, was.template.fields, strict=True)
        off = [(abs(new.boxes[0].x - old.boxes[0].x), abs(new.boxes[0].y - old.boxes[0].y)) for old, new in pairs]
        assert max(max(pair) for pair in off) in (4, 5)
        assert off[0] == (0, 0)  # of a form with hardly any words only the lower half moves
        assert not np.array_equal(blank_page(was, 1, 100), blank_page(LAYOUTS[5], 1, 100))
