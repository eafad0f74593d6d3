import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digitd.annotate.canvas import Area
from digitd.annotate.places import CLEAR, beside, bounds, confusing, corners

BOXES = [Area(100, 100, 20, 30), Area(120, 100, 20, 30)]
RIGHT, ABOVE, BELOW, ABOVE_LEFT, BELOW_LEFT, LEFT = range(6)


def test_tilted_box_takes_the_rectangle_round_it():
    assert bounds(np.array([[1, 2], [9, 0], [10, 8], [2, 10.0]])) == Area(1, 0, 9, 10)


@given(st.integers(1, 300), st.integers(1, 40))
def test_labels_stand_clear_of_the_boxes_on_every_side(width, height):
    for place in beside(BOXES, width, height):
        is_aside = place.left + width <= 100 - CLEAR or place.left >= 140 + CLEAR
        assert is_aside or place.top + height <= 100 - CLEAR or place.top >= 130 + CLEAR


def confusing_parts(label):
    return [part for part in confusing(label, BOXES) if part.width > 0]


def test_label_wider_than_its_field_must_not_hang_over_another():
    places = beside(BOXES, 70, 15)
    assert confusing_parts(places[ABOVE]) == [Area(100, 70, 70, 10), Area(145, 100, 25, 30)]
    assert confusing_parts(places[BELOW_LEFT]) == [Area(70, 150, 70, 10), Area(70, 100, 25, 30)]


def test_label_as_narrow_as_its_field_must_only_keep_off_what_is_beyond():
    places = beside(BOXES, 40, 15)
    beyond = {
        ABOVE: Area(100, 70, 40, 10),
        BELOW: Area(100, 150, 40, 10),
        RIGHT: Area(186, 107.5, 10, 15),
        LEFT: Area(44, 107.5, 10, 15),
    }
    assert {place: confusing_parts(places[place]) for place in beyond} == {p: [area] for p, area in beyond.items()}


def test_corners_are_within_the_box():
    places = corners(BOXES[0], 8, 9)
    assert all(x > 100 and x + 8 < 120 and y > 100 and y + 9 < 130 for x, y, *_ in places)
    assert len(set(places)) == 4
