"""What frames a page is cut off, and nothing else is."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.imaging.frame import inside_frame
from digitd.imaging.normalise import normalise
from tests.imaging.drawn import distance, drawn

SIDE = 120
SIDES = ("l", "t", "lr", "tb", "lt", "rb", "ltb", "ltr", "ltrb")


def page_of(digit):
    return drawn(digit, scale=3, at=(18, 18), size=(SIDE, SIDE))


def frame_of(which, *, width=6, tilt=0.0):
    """Mark the named sides of a page: (SIDE, SIDE) bool."""
    y, x = np.mgrid[:SIDE, :SIDE]
    rise_x, rise_y = tilt * (x - SIDE / 2), tilt * (y - SIDE / 2)
    marks = {"l": x < width + rise_y, "t": y < width - rise_x, "r": x >= SIDE - width + rise_y}
    marks["b"] = y >= SIDE - width - rise_x
    return np.any([marks[side] for side in which], axis=0)


@pytest.mark.parametrize("tilt", [0.0, 0.02])
@pytest.mark.parametrize("width", [3, 6, 9])
@pytest.mark.parametrize("which", SIDES)
def test_a_dark_frame_is_cut_off(mnist, which, width, tilt):
    page = page_of(mnist[11])
    marked = frame_of(which, width=width, tilt=tilt)
    page[marked] = 20
    inside = inside_frame(page)
    height, width_inside = inside.grey.shape
    cut = np.s_[inside.y : inside.y + height, inside.x : inside.x + width_inside]
    assert np.array_equal(inside.grey, page[cut])
    assert marked[cut].mean() < 0.004  # the tip of a side that is askew
    assert height >= SIDE * 0.8
    assert width_inside >= SIDE * 0.8


@pytest.mark.parametrize("tilt", [0.0, 0.02])
@pytest.mark.parametrize("which", SIDES)
def test_a_framed_digit_is_read_where_it_is(mnist, which, tilt):
    distances = []
    for digit in mnist[::50]:
        page = page_of(digit)
        box = normalise(page).box
        page[frame_of(which, width=8, tilt=tilt)] = 20
        glyph = normalise(page)
        distances.append(distance(glyph, digit))
        # a pixel of the reduced page is 1.7 of this one, on either side
        assert abs(glyph.box.x - box.x) <= 4
        assert abs(glyph.box.y - box.y) <= 4
        assert abs(glyph.box.width - box.width) <= 4
        assert abs(glyph.box.height - box.height) <= 4
    assert np.mean(distances) < 9  # without a frame, 7; half a pixel away is 8
    assert max(distances) < 16


def test_a_light_frame_on_a_dark_page_is_cut_off(mnist):
    page = 255 - page_of(mnist[11])
    page[frame_of("ltr")] = 240
    inside = inside_frame(page)
    assert (inside.x, inside.y) != (0, 0)
    assert inside.grey[:3].max() < 60


def test_a_page_of_one_paper_is_left_whole(mnist):
    for digit in mnist[::10]:
        for page in (255 - digit, page_of(digit), 255 - page_of(digit), drawn(digit, scale=3)):
            inside = inside_frame(page)
            assert inside.grey is page
            assert (inside.x, inside.y) == (0, 0)


def test_a_digit_that_reaches_the_edge_is_not_cut(mnist):
    cut = 0
    for digit in mnist[::5]:
        x, y, width, height = cv2.boundingRect(digit)
        page = drawn(digit[y : y + height, x : x + width], scale=4)
        cut += inside_frame(page).grey.shape != page.shape
    assert cut <= 4  # of 200: the upright stroke of some fills an edge from end to end, as a frame does


@pytest.mark.parametrize("at", [36, 48, 60, 90])
def test_the_shadow_of_a_hand_is_no_frame(mnist, at):
    light = np.ones((SIDE, SIDE), np.float32)
    light[:, :at] = 0.5
    page = np.rint(page_of(mnist[11]) * cv2.GaussianBlur(light, (0, 0), 2)).astype(np.uint8)
    assert inside_frame(page).grey.shape == page.shape


def test_a_margin_that_fades_in_is_no_frame(mnist):
    light = np.linspace(0.3, 1, SIDE, dtype=np.float32)[None, :]
    page = np.rint(page_of(mnist[11]) * light).astype(np.uint8)
    assert inside_frame(page).grey.shape == page.shape


@pytest.mark.parametrize("width", [8, 16, 20, 24])
def test_a_digit_beside_a_dark_margin_of_any_width_is_read(mnist, width):
    distances = []
    for digit in mnist[::50]:
        light = np.ones((SIDE, SIDE), np.float32)
        light[:, :width] = 0.4
        page = np.rint(page_of(digit) * cv2.GaussianBlur(light, (0, 0), 1.5)).astype(np.uint8)
        distances.append(distance(normalise(page), digit))
    assert np.mean(distances) < 10


def test_small_pages_are_left_whole():
    page = np.full((39, 60), 255, np.uint8)
    page[:4] = page[-4:] = 0
    assert inside_frame(page).grey is page


pages = st.tuples(st.integers(1, 90), st.integers(1, 90))


@given(
    st.one_of(
        hnp.arrays(np.uint8, pages),
        hnp.arrays(np.uint8, pages, elements=st.sampled_from([0, 255]), fill=st.just(255)),
    ),
    st.integers(0, 12),
    st.booleans(),
)
def test_the_inside_is_a_part_of_any_page(page, width, is_framed):
    if is_framed:
        page[:width] = page[:, :width] = page[max(0, page.shape[0] - width) :] = 0
    inside = inside_frame(page)
    height, columns = inside.grey.shape
    assert inside.grey.dtype == np.uint8
    assert min(height, columns) >= 1
    assert np.array_equal(inside.grey, page[inside.y : inside.y + height, inside.x : inside.x + columns])


@pytest.mark.parametrize("shape", [(40, 400), (41, 1000), (60, 2000), (400, 40)])
def test_strips_are_looked_at_without_harm(shape):
    page = np.full(shape, 255, np.uint8)
    page[8:10] = 0
    page[:, :2] = 0
    inside = inside_frame(page)
    assert min(inside.grey.shape) > 0


def test_chequered_page_has_no_frame():
    page = (np.indices((192, 192)).sum(0) % 2 * 255).astype(np.uint8)
    assert inside_frame(page).grey is page
