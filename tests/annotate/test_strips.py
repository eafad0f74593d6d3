from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.annotate.straight import Page
from digitd.annotate.strips import lay_out
from digitd.values import BoxReading, Status

A4 = Page(pixels=np.full((9, 9), 255, np.uint8), transform=np.eye(3), width=210, height=297)
ROOM = 442


def boxed(left, top, width=6.0, height=8.0):
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    return BoxReading(corners=corners, value="1", confidence=0.9, status=Status.ACCEPTED)


def in_row(count, pitch=7.0):
    return [boxed(20 + pitch * number, 50) for number in range(count)]


def shown(layout):
    return [number for strip in layout.strips for number in strip.boxes]


def test_neighbours_are_shown_in_one_piece_two_to_three_times_as_large():
    layout = lay_out(in_row(3), A4, ROOM)
    assert [strip.boxes for strip in layout.strips] == [range(3)]
    assert 2 <= layout.px_per_mm / A4.px_per_mm <= 3


def test_long_numbers_are_broken_into_equal_rows():
    layout = lay_out(in_row(10), A4, ROOM)
    assert [strip.boxes for strip in layout.strips] == [range(5), range(5, 10)]
    assert layout.strips[1].left == 0
    assert layout.strips[1].top > layout.strips[0].top


def test_boxes_apart_are_shown_apart():
    layout = lay_out([boxed(20, 50), boxed(27, 50), boxed(60, 50), boxed(20, 80)], A4, ROOM)
    assert [list(strip.boxes) for strip in layout.strips] == [[0, 1], [2], [3]]


def test_sixteen_boxes_are_all_shown():
    assert shown(lay_out(in_row(16), A4, ROOM)) == list(range(16))


def test_empty_boxes_at_the_ends_are_left_out_but_one():
    empty = [replace(box, value="", status=Status.BLANK) for box in in_row(16)]
    assert shown(lay_out([*empty[:3], *in_row(16)[3:7], *empty[7:]], A4, ROOM)) == list(range(2, 8))
    assert shown(lay_out(empty[:5], A4, ROOM)) == list(range(5))


@pytest.mark.parametrize("boxes", [[], [BoxReading(corners=(), value="", confidence=None, status=Status.BLANK)]])
def test_field_without_places_has_no_cut_outs(boxes):
    assert lay_out(boxes, A4, ROOM) is None


@given(
    st.lists(
        st.builds(boxed, *[st.floats(-1e6, 1e6) | st.floats(0, 300)] * 2, *[st.floats(0, 1e6) | st.floats(0, 30)] * 2),
        min_size=1,
        max_size=40,
    )
)
def test_any_boxes_stay_within_the_room(boxes):
    layout = lay_out(boxes, A4, ROOM)
    assert shown(layout) == list(range(len(shown(layout))))
    assert shown(layout)
    for strip in layout.strips:
        width, height = (round(side * layout.px_per_mm) for side in (strip.region.width, strip.region.height))
        assert 0 <= strip.left <= strip.left + width <= ROOM
        assert strip.top + height <= layout.height <= 1200
