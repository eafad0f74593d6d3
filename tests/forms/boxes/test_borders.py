import numpy as np
import pytest

from digitd.forms.boxes.borders import borders_of
from tests.forms.boxes.drawn import PAPER, Drawn, field_of


def _drawn_in_box(sheet, place=1):
    """Return (borders, box) of a strip: the part well inside a box, and all of it."""
    strip = sheet.strip()
    found = borders_of(strip).drawn
    left, top, right, bottom = (round(side) for side in strip.boxes[place].tolist())
    return found[top + 8 : bottom - 8, left + 8 : right - 8], found[top - 3 : bottom + 3, left - 3 : right + 3]


@pytest.mark.parametrize(("border", "mm"), [(20, 0.3), (20, 0.7), (190, 0.3), (215, 0.4)])
def test_borders_are_found_black_or_pale_thick_or_thin(border, mm):
    inside, around = _drawn_in_box(Drawn(border=border, mm=mm))
    assert not inside.any()
    assert np.median(around.max(axis=1)) > 0.6 * (PAPER - border)


def test_without_borders_none_are_drawn():
    assert not borders_of(Drawn(border=PAPER).strip()).drawn.any()


def test_stroke_along_a_missing_border_is_no_border():
    sheet = Drawn(border=PAPER).stroke((11.5, 5), (14.5, 5), grey=30)
    assert not borders_of(sheet.strip()).drawn.any()


def test_stroke_beside_a_border_is_no_part_of_it():
    sheet = Drawn().stroke((11.8, 6), (11.8, 12))
    box = sheet.cut()[1]
    assert box.ink.shape[0] > 50
    assert np.median(np.count_nonzero(box.ink, axis=1)) >= 4


def test_borders_are_found_half_a_millimetre_off():
    field = field_of(at=(5.4, 4.6))
    sheet = Drawn()
    sheet.field = field
    assert [box.ink.size for box in sheet.cut()] == [0, 0, 0, 0]


def test_stroke_hidden_by_a_border_makes_it_thick():
    sheet = Drawn(mm=0.4).stroke((10.95, 6), (11.05, 12), mm=0.65)
    assert [box.is_thick for box in sheet.cut()] == [True, True, False, False]


@pytest.mark.parametrize(("border", "mm"), [(20, 0.3), (20, 0.7), (190, 0.3)])
def test_no_border_is_thick_without_a_stroke_on_it(border, mm):
    sheet = Drawn(border=border, mm=mm).stroke((7, 7), (9, 7), (8, 12)).stroke((13, 4), (15, 14))
    assert not any(box.is_thick for box in sheet.cut())


@pytest.mark.parametrize("border", [150, 190])
def test_one_along_the_border_between_two_boxes_is_no_part_of_it(border):
    sheet = Drawn(field_of(2), border=border).stroke((10.9, 6), (10.9, 12), mm=0.7).stroke((13, 7), (15, 7), (14, 12))
    first, second = (box.ink.shape for box in sheet.cut())
    assert first[0] > 50
    assert first[1] < 15
    assert 50 < second[0] < 70
    assert second[1] < 35


def test_one_along_the_side_of_a_lone_box_leaves_the_others_to_print():
    (box,) = Drawn(field_of(1), border=150).stroke((5.1, 6), (5.1, 12), mm=0.7).cut()
    assert box.ink.shape[0] > 50
    assert box.ink.shape[1] < 15
