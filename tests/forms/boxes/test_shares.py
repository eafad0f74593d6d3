import numpy as np

from digitd.forms.boxes.shares import shares_of
from tests.forms.boxes.drawn import Drawn, field_of


def _inked(sheet):
    """Return how many millimetres each box's ink is wide."""
    return [round(box.ink.shape[1] / box.per_mm, 1) if box.ink.size else 0 for box in sheet.cut()]


def test_tail_of_a_digit_in_the_next_box_stays_with_the_digit():
    first, second, *_ = _inked(Drawn().stroke((6, 6), (10, 6), (6.5, 11.5), (12, 11.5)))
    assert first > 5.8
    assert second == 0


def test_two_digits_that_touch_are_cut_at_the_border():
    first, second, *_ = _inked(
        Drawn().stroke((6, 7), (10, 9), (6, 12)).stroke((10, 9), (16, 9)).stroke((15, 7), (15, 12))
    )
    assert 4 < first < 6.2
    assert 3.5 < second < 6.2


def test_three_digits_that_touch_are_three_and_none_is_a_stray():
    sheet = Drawn().stroke((6, 7), (10, 9), (6, 12)).stroke((10, 9), (16, 9)).stroke((12, 12), (14, 7), (16, 12))
    sheet.stroke((16, 9), (19, 9)).stroke((19, 7), (21, 9), (19, 12))
    boxes = sheet.cut()
    assert all(box.ink.shape[1] > 2.5 * box.per_mm and not box.is_stray for box in boxes[:3])


def test_one_that_an_eight_touches_is_no_part_of_it():
    sheet = Drawn().stroke((8, 6.5), (9.6, 7.5), (6.6, 10.5), (8, 11.8), (9.6, 10.5), (6.6, 7.5), (8, 6.5))
    first, second, *_ = sheet.stroke((9.4, 9.2), (13.9, 9.2), mm=0.3).stroke((13.8, 7), (13.9, 12)).cut()
    assert second.ink.shape[0] > 4.5 * second.per_mm
    assert first.ink.shape[1] < 5.8 * first.per_mm


def test_tail_that_reaches_far_into_the_next_box_makes_that_doubtful():
    _, second, *_ = Drawn().stroke((6, 6), (10, 6), (6.5, 11.5), (12.5, 11.5)).stroke((6, 8.5), (12.2, 8.5)).cut()
    assert not second.ink.size or second.is_stray


def test_one_on_a_border_is_not_halved_and_nobody_is_sure_of_it():
    first, second, third, _ = Drawn(mm=0.2).stroke((10.9, 6), (11.1, 12), mm=0.9).cut()
    assert bool(first.ink.size) != bool(second.ink.size)
    assert first.is_stray or second.is_stray
    assert not third.is_stray


def test_ink_slightly_outside_its_box_is_kept():
    box = Drawn(field_of(2, pitch=8)).stroke((7, 4), (9, 14)).cut()[0]
    assert box.top < -0.5
    assert box.top + box.ink.shape[0] / box.per_mm > 8.5


def test_what_lies_around_the_boxes_is_nobodys():
    assert not any(box.ink.size for box in Drawn().stroke((6, 3.8), (20, 3.8)).cut())


def test_specks_beside_a_digit_are_no_part_of_it():
    box = Drawn().stroke((8, 7), (9, 12)).stroke((6.2, 6.2), (6.3, 6.2), mm=0.3).cut()[0]
    assert box.ink.shape[1] / box.per_mm < 2


def test_ink_belongs_to_boxes_and_paper_to_none():
    sheet = Drawn().stroke((8, 7), (9, 12))
    ink = sheet.ink()
    owner = shares_of(sheet.strip(), ink).owner
    assert set(np.unique(owner)) == {0, 1}
    assert ((owner > 0) <= (ink.labels > 0)).all()
