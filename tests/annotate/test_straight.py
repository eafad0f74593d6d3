import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digitd.annotate.straight import BEYOND, Page, Region, cut, recognised
from tests.annotate.filled import Filled

PERSPECTIVE = np.array([[5.6, -0.5, 260], [0.6, 5.4, 120], [2e-4, 1e-4, 1]])


def flat(dpi, width=40.0, height=30.0):
    scale = dpi / 25.4
    pixels = np.full((round(height * scale), round(width * scale)), 255, np.uint8)
    return Page(pixels=pixels, transform=np.diag([scale, scale, 1]), width=width, height=height)


def test_page_at_its_own_scale_is_left_as_it_is():
    page = flat(254)
    page.pixels[:] = np.random.default_rng(1).integers(0, 256, page.pixels.shape)
    assert np.array_equal(cut(page, page.whole, 10.0)[..., 0], page.pixels)


@pytest.mark.parametrize("colour", [False, True])
def test_points_of_a_photograph_come_to_their_places_in_mm(colour):
    points = np.array([[30.0, 40.0], [150.0, 60.0], [90.0, 250.0]])
    photo = np.full((2000, 1700, 3) if colour else (2000, 1700), 255, np.uint8)
    for x, y, w in (PERSPECTIVE @ [*point, 1] for point in points):
        cv2.circle(photo, (round(16 * (x / w - 0.5)), round(16 * (y / w - 0.5))), 16 * 9, 0, cv2.FILLED, cv2.LINE_AA, 4)
    page = Page(pixels=photo, transform=PERSPECTIVE, width=210, height=297)
    for point in points:
        shown = 255 - cut(page, Region(point[0] - 5, point[1] - 5, 10, 10), 8.0)[..., 0].astype(float)
        rows, columns = np.mgrid[: shown.shape[0], : shown.shape[1]] + 0.5
        middle = np.array([(columns * shown).sum(), (rows * shown).sum()]) / shown.sum()
        assert np.abs(middle - 40).max() < 0.5  # pixels, of 8 a mm


def test_hairlines_of_a_fine_scan_do_not_get_lost():
    page = flat(1200)
    page.pixels[:, ::40] = 0
    shown = cut(page, page.whole, 4.7)
    assert shown.mean() == pytest.approx(page.pixels.mean(), abs=1)
    assert shown.std(axis=0).max() < 10  # no beats of pixels that were left out


def test_what_the_picture_does_not_reach_is_grey():
    page = flat(100)
    assert (cut(page, Region(100, 100, 5, 5), 10.0) == BEYOND).all()


@given(
    arrays(np.float64, (3, 3), elements=st.floats(-1e300, 1e300)),
    st.sampled_from([(1, 1), (40, 30), (200, 300, 3), (2, 70_000)]),
    st.tuples(*[st.floats(-1e4, 1e4)] * 2, *[st.floats(0, 50)] * 2),
)
def test_any_homography_shows_something(transform, shape, region):
    page = Page(pixels=np.full(shape, 7, np.uint8), transform=transform, width=210, height=297)
    rows, columns, _ = cut(page, Region(*region), 4.0).shape
    assert (rows, columns) == (max(1, round(region[3] * 4.0)), max(1, round(region[2] * 4.0)))


@pytest.mark.parametrize(
    "changes",
    [
        {"transform": ()},
        {"transform": (1.0,) * 8},
        {"transform": (float("inf"),) * 9},
        {"size_mm": (0.0, 0.0)},
        {"size_mm": (-210.0, 297.0)},
        {"size_mm": (1e300, 1e300)},
    ],
)
def test_numbers_that_no_page_has_are_not_recognised(changes):
    filled = Filled()
    assert recognised(filled.page, filled.sheet(**changes)) is None


@pytest.mark.parametrize("size", [(210, 297), (297, 210), (420, 594), (54, 86), (212, 47), (1, 10_000), (1, 1)])
def test_pages_of_any_size_are_shown_readably(size):
    page = recognised(None, Filled().sheet(size_mm=size))
    rows, columns, _ = cut(page, page.whole, page.px_per_mm).shape
    assert max(rows, columns) <= 1640
    if size == (210, 297):
        assert (rows, columns) == (1403, 992)
