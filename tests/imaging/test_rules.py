"""Printed lines go, and what crosses them stays; the straight strokes of digits are no printed lines."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.imaging.lines import find_traces, met_ends, told_apart
from digitd.imaging.rules import _may_be_printed, without_printed_lines
from tests.imaging.drawn import ink_mask, overlap, sides, with_strokes

SIDE = 72
"""Pixels: as large as a digit is looked at."""
EMPTY = np.zeros((SIDE, SIDE), np.uint8)
LEVEL = [((0, y), (SIDE - 1, y)) for y in (12, 36, 60)]
TILTED = [((0, y), (SIDE - 1, y + 3)) for y in (8, 34, 60)]


def squared(pitch):
    at = range(pitch // 2, SIDE, pitch)
    return [((0, y), (SIDE - 1, y)) for y in at] + [((x, 0), (x, SIDE - 1)) for x in at]


def marks_in(mask):
    return cv2.connectedComponents(mask, connectivity=8)[0] - 1


@pytest.mark.parametrize("thickness", [1, 2, 3, 4])
@pytest.mark.parametrize("which", ["ltrb", "ltr", "trb", "ltb", "lrb"])
def test_a_box_around_a_digit_goes_also_with_three_sides(mnist, which, thickness):
    for digit in mnist[::50]:
        mask = ink_mask(digit)
        boxed = with_strokes(mask, sides(5, 5, 66, 66, which), thickness=thickness)
        assert np.array_equal(without_printed_lines(boxed), mask)


def test_a_box_askew_goes(mnist):
    corners = [(5, 8), (63, 5), (66, 63), (8, 66), (5, 8)]
    for digit in mnist[::50]:
        mask = ink_mask(digit)
        boxed = with_strokes(mask, list(pairwise(corners)))
        assert np.array_equal(without_printed_lines(boxed), mask)


def test_the_corner_of_a_box_that_the_page_cuts_goes(mnist):
    for digit in mnist[::50]:
        mask = ink_mask(digit)
        cornered = with_strokes(mask, [((5, 0), (5, SIDE - 1)), ((0, 66), (SIDE - 1, 66))])
        assert np.array_equal(without_printed_lines(cornered), mask)


@pytest.mark.parametrize(("begin", "end"), [((30, 14), (38, 68)), ((16, 20), (68, 46)), ((36, 36), (36, 69))])
def test_a_stroke_across_the_side_of_a_box_is_bridged(begin, end):
    stroke = with_strokes(EMPTY, [(begin, end)], thickness=5)
    rest = without_printed_lines(with_strokes(stroke, sides(5, 5, 56, 56)))
    assert marks_in(rest) == 1
    assert overlap(rest, stroke) > 0.93  # the corners beside the crossing stay


def test_digits_that_cross_their_box_keep_their_strokes(mnist):
    kept = [
        overlap(without_printed_lines(with_strokes(mask, sides(5, 5, 66, 50))), mask)
        for mask in map(ink_mask, mnist[::20])
    ]
    # a digit along whose stroke the line runs keeps what is on either side of it; strokes are 5 px, the line is 3
    assert np.mean(kept) > 0.85
    assert min(kept) > 0.7


@pytest.mark.parametrize("lines", [LEVEL, LEVEL[1:2], TILTED], ids=["level", "one", "tilted by 2.4 degrees"])
def test_ruling_lines_through_a_digit_go(mnist, lines):
    ruled = with_strokes(EMPTY, lines)
    kept, left = [], []
    for mask in map(ink_mask, mnist[::20]):
        rest = without_printed_lines(mask | ruled)
        near = cv2.dilate(mask, np.ones((7, 7), np.uint8))
        left.append(np.count_nonzero(rest & (near == 0)))
        kept.append(overlap(rest, mask))
    assert np.mean(np.array(left) > 12) <= 0.08  # nobody tells the bar of a 7 from the line that it is drawn on
    assert np.mean(kept) > 0.85
    assert np.mean(np.array(kept) < 0.75) <= 0.1  # a level stroke in the line goes with it


@pytest.mark.parametrize("pitch", [18, 24])
def test_squared_paper_goes(mnist, pitch):
    sheet = with_strokes(EMPTY, squared(pitch), thickness=1)
    kept, left = [], []
    for mask in map(ink_mask, mnist[::20]):
        rest = without_printed_lines(mask | sheet)
        near = cv2.dilate(mask, np.ones((7, 7), np.uint8))
        left.append(np.count_nonzero(rest & (near == 0)) / np.count_nonzero(sheet))
        kept.append(overlap(rest, mask))
    assert np.mean(left) < 0.02
    assert np.mean(kept) > 0.75  # with two lines each way through it; half of a digit in the worst place


def test_digits_have_no_printed_lines(mnist):
    for digit in mnist:
        mask = ink_mask(digit)
        assert np.array_equal(without_printed_lines(mask), mask)


def test_digits_that_fill_the_page_have_none(mnist):
    for digit in mnist[::2]:
        x, y, width, height = cv2.boundingRect(digit)
        large = cv2.resize(digit[y : y + height, x : x + width], None, fx=3.5, fy=3.5, interpolation=cv2.INTER_CUBIC)
        mask = (large > 100).view(np.uint8)
        rest = without_printed_lines(mask)
        assert overlap(rest, mask) > 0.9  # the edge of a straight stroke that ends at the edge of the page twice
        assert marks_in(rest) >= marks_in(mask)


STRAIGHT = {
    "0": sides(22, 14, 48, 58),
    "7": [((20, 12), (52, 12)), ((52, 12), (32, 60))],
    "7 with a bar": [((20, 12), (52, 12)), ((52, 12), (32, 60)), ((28, 36), (54, 36))],
    "4": [((22, 12), (22, 40)), ((22, 40), (54, 40)), ((44, 16), (44, 62))],
    "6": [((22, 10), (22, 60)), *sides(22, 36, 46, 60, "trb")],
    "8": [*sides(22, 12, 46, 60), ((22, 36), (46, 36))],
    "9": [*sides(22, 12, 46, 36, "ltb"), ((46, 12), (46, 62))],
    "1 from edge to edge": [((36, 0), (36, SIDE - 1))],
    "1 askew from edge to edge": [((38, 0), (34, SIDE - 1))],
}


@pytest.mark.parametrize("thickness", [3, 4, 5, 6])
@pytest.mark.parametrize("strokes", STRAIGHT.values(), ids=list(STRAIGHT))
def test_digits_of_straight_strokes_stay(strokes, thickness):
    mask = with_strokes(EMPTY, strokes, thickness=thickness)
    rest = without_printed_lines(mask)
    assert marks_in(rest) == 1
    assert marks_in(1 - rest) == marks_in(1 - mask)  # the holes of a 0 and an 8
    assert overlap(rest, mask) > 0.75


@pytest.mark.parametrize("shape", ["0", "8", "9", "6"])
def test_squares_drawn_by_hand_stay(shape):
    random = np.random.default_rng(5)
    intact = 0
    for _ in range(100):
        bent = []
        for begin, end in STRAIGHT[shape]:
            middle = np.mean([begin, end], axis=0) + random.normal(0, 1.2, 2)
            middle = tuple(int(value) for value in np.rint(middle))
            bent += [(begin, middle), (middle, end)]
        mask = with_strokes(EMPTY, bent, thickness=int(random.integers(3, 7)))
        intact += overlap(without_printed_lines(mask), mask) > 0.5
    assert intact >= 85


@pytest.mark.parametrize("thickness", [1, 2, 3])
@pytest.mark.parametrize("lines", [LEVEL, LEVEL[1:2], TILTED, squared(18), squared(24)])
def test_of_a_page_with_nothing_but_ruling_lines_nothing_is_left(lines, thickness):
    assert not without_printed_lines(with_strokes(EMPTY, lines, thickness=thickness)).any()


def test_on_small_pages_lines_stay():
    mask = np.zeros((39, 39), np.uint8)
    mask[20] = 1
    assert without_printed_lines(mask) is mask


masks = hnp.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90)), elements=st.integers(0, 1))


@given(masks, st.lists(st.tuples(*[st.integers(-5, 95)] * 4), max_size=6), st.integers(1, 6), st.booleans())
def test_of_any_mask_nothing_but_ink_is_left(noise, lines, thickness, is_noisy):
    mask = noise if is_noisy else np.zeros_like(noise)
    mask = with_strokes(mask, [((x0, y0), (x1, y1)) for x0, y0, x1, y1 in lines], thickness=thickness)
    rest = without_printed_lines(mask)
    assert rest.shape == mask.shape
    assert rest.dtype == np.uint8
    assert not (rest & (1 - mask)).any()
    assert rest.max(initial=0) <= 1


@given(hnp.arrays(np.uint8, st.tuples(st.integers(40, 60), st.integers(30, 60)), elements=st.integers(0, 1)), st.data())
def test_runs_that_are_not_told_apart_have_no_two_ends_that_are_met(noise, data):
    height, width = noise.shape
    column, row = st.integers(0, width - 1), st.integers(0, height - 1)
    ends = data.draw(st.lists(st.tuples(column, row, column, row), min_size=1, max_size=3))
    mask = with_strokes(noise & noise[::-1] & noise[:, ::-1], [((a, b), (c, d)) for a, b, c, d in ends])
    level, upright = find_traces(mask), find_traces(np.ascontiguousarray(mask.T))
    if not _may_be_printed(level, upright):
        runs, across = told_apart(level), told_apart(upright)
        assert 2 not in met_ends(runs, across, 8) + met_ends(across, runs, 8)
