import numpy as np
import pytest

from digitd.forms.boxes.struck import is_struck, is_struck_through
from tests.forms.boxes.drawn import PER_MM, Drawn


def _box(*strokes, mm=0.6):
    sheet = Drawn()
    for stroke in strokes:
        sheet.stroke(*stroke, mm=mm)
    return sheet.cut()[0]


CROSS = ((5.8, 6), (10.2, 12)), ((5.8, 12), (10.2, 6))
SEVEN = (((6.6, 7), (9.2, 7), (7.5, 12)),)
LEVEL = (((5.2, 9), (10.8, 9.3)),)


def test_cross_from_corner_to_corner_is_struck():
    assert is_struck(_box(*CROSS), 0.9)


def test_scribble_is_struck():
    zigzag = [(5.6 + 4.8 * (step % 2), 6 + 0.5 * step) for step in range(13)]
    assert is_struck(_box(zigzag), 0.9)


def test_block_is_struck_whatever_the_classifier_says():
    sheet = Drawn()
    sheet.picture[round(5.3 * PER_MM) : round(12.7 * PER_MM), round(5.3 * PER_MM) : round(10.7 * PER_MM)] = 30
    assert is_struck(sheet.cut()[0], 0.0)


@pytest.mark.parametrize(
    "strokes",
    [
        (((6, 9), (10, 9)),),
        (((6, 6), (6, 12)), ((10, 6), (10, 12)), ((6, 9), (10, 9))),
        (((6, 6), (6, 12)), ((6, 9), (9.5, 6)), ((6, 9), (9.5, 12))),
        SEVEN,
    ],
    ids=["dash", "H", "K", "7"],
)
def test_other_marks_that_are_no_digit_are_not_struck(strokes):
    assert not is_struck(_box(*strokes, mm=0.5), 0.99)


def test_what_looks_like_a_digit_is_not_struck():
    assert not is_struck(_box(*CROSS), 0.1)


def test_level_stroke_through_a_digit_is_seen():
    assert is_struck_through(_box(*SEVEN, *LEVEL))


@pytest.mark.parametrize(
    "strokes", [SEVEN, (*SEVEN, ((6.5, 9.5), (9.5, 9.5))), LEVEL, (((5.3, 6.5), (10.7, 6.5), (8, 12)),)]
)
def test_digits_and_lone_strokes_are_not_struck_through(strokes):
    assert not is_struck_through(_box(*strokes))


def test_bar_of_a_seven_and_foot_of_a_two_strike_nothing_out():
    assert not is_struck_through(_box(((5.3, 7), (10.7, 6.8), (8, 12)), mm=0.9))
    assert not is_struck_through(_box(((6.5, 7), (9, 6.5), (9, 8), (6, 11.3), (10.7, 11.3)), mm=0.9))


def test_digits_that_fill_their_boxes_are_seldom_struck_through(mnist_rows):
    images, labels = mnist_rows
    rows = [row for digit in (4, 9) for row in np.flatnonzero(labels == digit)[:120]]
    boxes = [Drawn().write(0, images[row], share=1.0).cut()[0] for row in rows]
    assert sum(map(is_struck_through, boxes)) <= 1


def test_stroke_of_a_thicker_pen_strikes_out_what_it_crosses():
    sheet = Drawn().stroke(*SEVEN[0], mm=0.4)
    assert is_struck_through(sheet.stroke((5.4, 9.4), (10.6, 9.3), mm=0.9).cut()[0])


def test_pale_streak_strikes_nothing_out():
    sheet = Drawn().stroke(*SEVEN[0])
    sheet.stroke((5.2, 9), (10.8, 9.2), grey=200, mm=0.8)
    assert not is_struck_through(sheet.cut()[0])


def test_no_ink_is_not_struck_through():
    assert not is_struck_through(Drawn().cut()[0])


def test_heights_of_strokes_do_not_matter_to_a_cross():
    assert all(is_struck(_box(*CROSS, mm=mm), 0.9) for mm in np.linspace(0.4, 1.0, 4))
