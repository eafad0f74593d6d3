"""Fields find their own borders, each for itself."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitd.forms.registration.borders import borders_of
from digitd.forms.registration.found import find, inked, threshold_for, whole_boxes
from digitd.forms.registration.ridges import ridges
from digitd.forms.registration.settle import settle
from digitd.forms.template import Rect
from tests.forms.registration.drawn import EXAM, PER_MM, blank, comb, form, written

FIELDS = EXAM.fields


def settled(picture, fields=FIELDS):
    lines, borders = ridges(picture), borders_of(fields)
    maps = settle(lines, borders, len(fields), PER_MM)
    return find(lines, borders, maps, PER_MM, threshold_for(lines, borders, maps, PER_MM)), borders, maps


def as_it_is(field):
    return field


def on_its_side(field):
    """Return a field whose boxes go down where those of another go to the right."""
    boxes = (Rect(x=box.y, y=box.x, width=box.height, height=box.width) for box in field.boxes)
    return replace(field, boxes=tuple(boxes))


@pytest.mark.parametrize("step", [(0, 0), (1.3, -0.7), (-2.5, 2.5)], ids=str)
def test_shifted_page_is_found_to_a_twentieth_of_a_millimetre(step):
    picture = written(blank(EXAM), EXAM)
    shift = np.float32([[1, 0, step[0] * PER_MM], [0, 1, step[1] * PER_MM]])
    found, _, maps = settled(cv2.warpAffine(picture, shift, picture.shape[::-1], borderValue=255))
    assert found.is_found.mean() > 0.97
    middle = np.array([60, 80, 1])
    assert np.abs(maps @ middle - middle[:2] - step).max() < 0.5  # 50 mm from a field of 14 mm
    corners = np.array([(field.boxes[0].x, field.boxes[0].y, 1) for field in FIELDS])
    there = (maps @ corners[:, :, None])[:, :, 0]
    assert np.abs(there - corners[:, :2] - step).max() < 0.1


def test_field_is_stretched_to_where_its_ends_are():
    printed = form(comb("id", 45, 30, 8, width=6.12))
    found, _, maps = settled(blank(printed, words=None), [comb("id", 45, 30, 8)])
    assert found.is_found.all()
    assert maps[0, 0, 0] == pytest.approx(1.02, abs=0.004)


@pytest.mark.parametrize("turned", [as_it_is, on_its_side])
@pytest.mark.parametrize("longer", [0.965, 1.035])
def test_long_field_is_not_fitted_to_the_sides_of_the_next_boxes(longer, turned):
    others = [turned(comb(f"row{row}", 30, 60 + 15 * row, 6, width=7, pitch=8)) for row in range(4)]
    known = turned(comb("id", 30, 30, 6, width=7, pitch=8))
    printed = turned(comb("id", 30, 30, 6, width=7 * longer, pitch=8 * longer))
    _, _, maps = settled(blank(form(printed, *others), words=None), [known, *others])
    corners, there = (np.array([(box.x, box.y) for box in field.boxes]) for field in (known, printed))
    assert np.abs(corners @ maps[0, :, :2].T + maps[0, :, 2] - there).max() < 0.2


def test_borders_that_are_not_there_are_not_found():
    found, borders, _ = settled(blank(EXAM, words=None), [comb("elsewhere", 20, 100, 5)])
    assert found.is_found.mean() < 0.1
    assert not whole_boxes(found.by_side(borders) > 0.5, borders).any()
    assert settled(np.full((960, 720), 255, np.uint8))[0].is_found.sum() == 0


def test_rule_beside_a_field_is_not_taken_for_its_border_where_other_fields_say_where_it_is():
    picture = blank(EXAM, words=None)
    row = EXAM.by_name["q2"].boxes[0]
    for y in (row.y, row.bottom):
        top = round(y * PER_MM)
        picture[top - 2 : top + 3, round(row.x * PER_MM) :] = 255  # of this field only the upright borders are left
        picture[top + 15, round((row.x - 5) * PER_MM) :] = 0
    _, _, maps = settled(picture)
    assert np.abs(maps[3] @ (row.x, row.y, 1) - (row.x, row.y)).max() < 1


def test_border_under_ink_is_told_from_one_that_is_not_there():
    picture = blank(EXAM, grey=190, words=None)
    first, second = EXAM.by_name["q1"].boxes
    left, top, bottom = (round(length * PER_MM) for length in (first.x, first.y, first.bottom))
    picture[top + 4 : bottom - 4, left : left + 12] = 20
    middle = round(second.right * PER_MM)
    picture[top - 3 : bottom + 4, middle - 4 : middle + 5] = 255
    found, borders, maps = settled(picture)
    is_inked = inked(picture, borders, maps, PER_MM, found)
    is_of = borders.is_upright & (borders.field == 2)
    at_left, at_right = (is_of & (np.abs(borders.x - x) < 0.1) for x in (first.x, second.right))
    assert is_inked[at_left].mean() >= 0.8
    assert not is_inked[at_right].any()
    assert not found.is_found[at_right].any()


def test_page_without_fields_has_no_maps():
    assert settle(ridges(blank(EXAM)), borders_of([]), 0, PER_MM).shape == (0, 2, 3)


def test_edge_of_a_shadow_is_no_line_and_a_hairline_is_one():
    page = np.full((60, 60), 220, np.uint8)
    page[:, 30:] = 120
    page[20:22] = page[20:22] - 12
    seen = ridges(page)
    assert seen.upright.max() < 4
    assert seen.level[20:22, 5:25].min() >= 8
