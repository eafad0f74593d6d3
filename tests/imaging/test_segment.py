"""Which strokes make up the digit."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.imaging.binarise import InkMap
from digitd.imaging.normalise import normalise
from digitd.imaging.segment import _without_stains, strokes
from tests.imaging.drawn import distance, drawn

SIDE = 72


def inked(*marks, shape=(SIDE, SIDE)):
    """Make an ink map of rectangles, (ink, rows, columns) each."""
    ink = np.zeros(shape, np.uint8)
    for level, rows, columns in marks:
        ink[slice(*rows), slice(*columns)] = level
    return InkMap(ink=ink, floor=5, weak=30, strong=90)


STROKE = (220, (15, 55), (30, 36))


def test_a_stroke_is_marked_and_paper_is_not():
    mask = strokes(inked(STROKE))
    assert mask.dtype == np.uint8
    assert mask.sum() == 40 * 6
    assert mask[15:55, 30:36].all()


def test_nothing_strong_is_no_digit():
    assert strokes(inked((60, (15, 55), (30, 36)))) is None
    assert strokes(inked()) is None


def test_a_mark_of_under_1_2_percent_of_the_page_is_no_digit():
    assert strokes(inked((255, (30, 32), (30, 32)), shape=(200, 200))) is None
    assert strokes(inked((255, (30, 33), (30, 33)), shape=(200, 200))) is not None


def test_strokes_nearby_belong_to_it_and_those_far_away_do_not():
    near, far = (200, (15, 20), (33, 43)), (200, (60, 65), (58, 66))
    mask = strokes(inked((220, (12, 34), (20, 26)), near, far))
    assert mask[17, 38]
    assert not mask[62, 62]


@pytest.mark.parametrize("rows", [(0, 30), (40, 72)])
def test_a_neighbour_that_the_edge_cuts_goes(rows):
    mask = strokes(inked(STROKE, (220, rows, (45, 49)), (220, (20, 40), (0, 5))))
    assert mask[:, 40:].sum() == 0
    assert mask[:, :6].sum() == 0
    assert mask[:, 30:36].sum() == 40 * 6


def test_the_parts_of_a_digit_that_itself_reaches_the_edge_stay():
    mask = strokes(inked((220, (10, 72), (30, 36)), (220, (0, 5), (28, 44))))
    assert mask[:, 30:36].sum() > 62 * 6
    assert mask[2, 40]


def test_pale_marks_beside_a_dark_stroke_go():
    mask = strokes(inked(STROKE, (70, (20, 30), (42, 50))))
    assert mask[:, 40:].sum() == 0


def test_stains_go_though_they_touch_the_stroke():
    mask = strokes(inked((60, (20, 50), (10, 62)), STROKE))
    assert mask[:, 30:36].sum() == 40 * 6
    assert mask[:, :26].sum() == 0
    assert mask[:, 40:].sum() == 0


def test_the_pale_end_of_a_stroke_stays():
    mask = strokes(inked(STROKE, (60, (50, 60), (30, 36))))
    assert mask[15:60, 30:36].all()


def page_of(digit):
    return drawn(digit, scale=3, at=(18, 40), size=(120, 150))


@pytest.mark.parametrize("place", [np.s_[:, :10], np.s_[:12, 60:90], np.s_[-14:, 20:40], np.s_[30:90, -12:]])
def test_a_digit_is_read_beside_a_neighbour_that_the_edge_cuts(mnist, place):
    distances = []
    for digit in mnist[::50]:
        page = page_of(digit)
        page[place] = 30
        distances.append(distance(normalise(page), digit))
    # without the neighbour they are 7 away; where it is a frame too, the page is cut, and sampled anew
    assert np.mean(distances) < 9
    assert max(distances) < 16


@pytest.mark.parametrize("edge", ["left", "right", "top", "bottom"])
def test_a_digit_that_touches_the_edge_is_whole(mnist, edge):
    distances = []
    for digit in mnist[::40]:
        page = page_of(digit)
        rows, columns = (np.flatnonzero((page < 200).any(axis=axis)) for axis in (1, 0))
        cut = {
            "left": page[:, columns[0] :],
            "right": page[:, : columns[-1] + 1],
            "top": page[rows[0] :],
            "bottom": page[: rows[-1] + 1],
        }[edge]
        distances.append(distance(normalise(np.ascontiguousarray(cut)), digit))
    assert np.mean(distances) < 9
    assert max(distances) < 20  # a bold 1 is cut so that half of the page is ink


@pytest.mark.parametrize("level", [235, 220, 205])
def test_a_stain_of_up_to_a_fifth_of_the_contrast_is_left_out(mnist, level):
    y, x = np.mgrid[:120, :150]
    ring = np.abs(np.hypot(y - 70, x - 60) - 45) < 4
    distances = []
    for digit in mnist[::50]:
        page = page_of(digit)
        page[ring] = np.minimum(page[ring], level)
        distances.append(distance(normalise(page), digit))
    assert np.mean(distances) < 10
    assert max(distances) < 16


@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))), st.integers(0, 100), st.integers(1, 100)
)
def test_of_any_ink_only_weak_ink_and_more_is_marked(ink, weak, more):
    found = InkMap(ink=ink, floor=weak, weak=weak + 1, strong=weak + more)
    mask = strokes(found)
    if mask is not None:
        assert mask.shape == ink.shape
        assert mask.any()
        assert (ink[mask > 0] >= found.weak).all()


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.6), st.floats(0.01, 0.6))
def test_stains_that_are_not_looked_for_are_not_there(seed, share, share_strong):
    chance = np.random.default_rng(seed).random((2, 40, 50))
    mask, strong = ((rows < part).view(np.uint8) for rows, part in zip(chance, (share, share_strong), strict=True))
    strong &= mask
    near = cv2.dilate(strong, np.ones((3, 3), np.uint8))  # for 50 pixels
    is_stained = np.count_nonzero(mask & (near == 0)) > 0.45 * np.count_nonzero(strong)
    assert np.array_equal(_without_stains(mask, strong), mask & near if is_stained else mask)
