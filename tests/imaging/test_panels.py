"""What is in reverse is turned, and nothing else is."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.imaging.normalise import normalise
from digitd.imaging.panels import same_way_round
from tests.imaging.drawn import distance, drawn

SIDE = 120
PARTS = {
    "black margin left": np.s_[:, :15],
    "black margin right": np.s_[:, -20:],
    "black margin below": np.s_[-18:],
    "left third": np.s_[:, :40],
    "upper half": np.s_[:60],
    "band across": np.s_[35:90],
    "band down": np.s_[:, 40:80],
}
parts = pytest.mark.parametrize("part", PARTS.values(), ids=list(PARTS))


def page_of(digit):
    return drawn(digit, scale=3, at=(18, 18), size=(SIDE, SIDE))


def reversed_in(page, part):
    turned = page.copy()
    turned[part] = 255 - turned[part]
    return turned


@parts
def test_what_is_in_reverse_is_turned(mnist, part):
    for digit in mnist[::50]:
        page = page_of(digit)
        turned = same_way_round(reversed_in(page, part)).astype(int)
        as_it_was = np.minimum(np.abs(turned - page).mean(), np.abs(turned - (255 - page)).mean())
        # the seam is closed over two pixels of the page to either side, a twentieth of it where there are two seams
        assert as_it_was < 0.05 * 255


@parts
def test_a_digit_across_the_seam_is_read_whole(mnist, part):
    pages = [page_of(digit) for digit in mnist[::50]]
    distances = [distance(normalise(reversed_in(page, part)), normalise(page).pixels) for page in pages]
    # a seam through the digit costs a straight piece of the stroke of two pixels of the glyph, at most 5 of 20
    assert np.mean(distances) < 6
    assert max(distances) < 14


@parts
def test_a_page_in_reverse_as_a_whole_is_turned_alike(mnist, part):
    page = page_of(mnist[7])
    one, other = (same_way_round(side) for side in (reversed_in(page, part), 255 - reversed_in(page, part)))
    assert np.abs(one.astype(int) - (255 - other.astype(int))).max() <= 1


@pytest.mark.parametrize("dark", [0.5, 0.7, 0.85])
@pytest.mark.parametrize("at", [12, 40, 60, 95])
def test_a_shadow_is_not_turned(mnist, dark, at):
    for digit in mnist[::100]:
        light = np.ones((SIDE, SIDE), np.float32)
        light[:, at:] = dark
        page = np.rint(page_of(digit) * cv2.GaussianBlur(light, (0, 0), 1.5) * 0.95).astype(np.uint8)
        assert same_way_round(page) is page


def test_digits_are_left_alone(mnist):
    for digit in mnist:
        for page in (digit, 255 - digit, drawn(digit, scale=3)):
            assert same_way_round(page) is page


@pytest.mark.parametrize("columns", [np.s_[50:53], np.s_[0:3], np.s_[20::30]])
def test_thin_lines_are_not_parts(mnist, columns):
    page = page_of(mnist[3])
    page[:, columns] = 0
    assert same_way_round(page) is page


@pytest.mark.parametrize("thickness", [5, 8, 12])
def test_a_stroke_from_edge_to_edge_is_not_in_reverse(thickness):
    page = np.full((80, 60), 255, np.uint8)
    page[:, 28 : 28 + thickness] = 0
    assert same_way_round(page) is page


def test_a_pattern_of_stripes_is_left_alone():
    page = np.full((SIDE, SIDE), 255, np.uint8)
    for begin in range(10, SIDE, 40):
        page[:, begin : begin + 20] = 0
    assert same_way_round(page) is page


def test_a_box_in_the_middle_of_the_page_is_left_alone(mnist):
    page = page_of(mnist[5])
    page[20:90, 20:90] = 255 - page[20:90, 20:90]
    assert same_way_round(page) is page


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90)), elements=st.sampled_from([0, 9, 255])))
def test_any_page_keeps_its_size(page):
    turned = same_way_round(page)
    assert turned.shape == page.shape
    assert turned.dtype == np.uint8


@given(st.integers(16, 90), st.integers(16, 90), st.data())
def test_any_split_keeps_its_size_and_the_page_it_came_from(height, width, data):
    page = np.full((height, width), data.draw(st.integers(0, 255)), np.uint8)
    page[:, : data.draw(st.integers(0, width))] = data.draw(st.integers(0, 255))
    page[: data.draw(st.integers(0, 4))] = data.draw(st.integers(0, 255))
    page.setflags(write=False)
    turned = same_way_round(page)
    assert turned.shape == page.shape
    assert turned.flags.c_contiguous
