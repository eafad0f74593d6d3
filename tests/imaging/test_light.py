"""Which of ink and paper is darker, and what the paper would look like without ink."""

import numpy as np
import pytest

from digitd.imaging.light import (
    _share,
    _shares_by_level,
    missing_light,
    reduced,
    ring_share,
    smoothed,
    to_grey,
)
from tests.imaging.drawn import drawn


def falling(height, width, least):
    """Return light that falls off from left to right to a share of itself: (height, width) float64."""
    return np.broadcast_to(np.linspace(1, least, width), (height, width))


def test_page_of_one_grey_has_no_light_to_judge():
    for level in (0, 128, 255):
        assert missing_light(np.full((40, 40), level, np.uint8)) is None


def test_evenly_lit_page_keeps_its_greys_in_either_polarity(mnist):
    for digit in mnist[::50]:
        for page in (255 - digit, digit):
            found = missing_light(page)
            assert found.dim is None
            assert found.step == 1.0
            assert np.array_equal(found.share, digit)


@pytest.mark.parametrize("least", [0.3, 0.6])
def test_light_that_falls_off_is_taken_out(mnist, least):
    off = []
    for digit in mnist[::50]:
        page = drawn(digit, scale=2, at=(20, 20), size=(96, 96))
        lit = np.rint(page * falling(*page.shape, least)).astype(np.uint8)
        found = missing_light(lit)
        assert found.dim is not None
        paper = page == 255
        off.append(np.abs(found.share[paper]).mean())
        assert found.share[page < 60].mean() > 150
    assert np.median(off) < 5


def test_edge_of_a_shadow_leaves_less_than_ink(mnist):
    page = drawn(mnist[0], scale=2, at=(20, 8), size=(96, 96)).astype(float)
    page[:, 70:] *= 0.5
    found = missing_light(page.astype(np.uint8))
    assert np.abs(found.share[:, 76:]).mean() < 12
    assert np.abs(found.share[:, 60:66]).mean() < 12


def test_dark_paper_is_amplified():
    page = np.full((60, 60), 100, np.uint8)
    page[20:40, 28:32] = 40
    found = missing_light(page)
    assert found.step == pytest.approx(2.55)
    assert found.share[30, 30] == 153


def test_share_stays_within_its_bounds_on_any_page():
    rng = np.random.default_rng(0)
    for _ in range(50):
        height, width = rng.integers(1, 60, 2)
        found = missing_light(rng.integers(0, 256, (height, width), np.uint8))
        if found is not None:
            assert found.share.shape == (height, width)
            assert -256 <= found.share.min() <= found.share.max() <= 255


def test_reduced_page_has_the_longest_side_asked_for_and_its_mean():
    page = np.random.default_rng(1).integers(0, 256, (300, 200), np.uint8)
    small = reduced(page, 60)
    assert small.shape == (60, 40)
    assert abs(small.mean() - page.mean()) < 1
    assert reduced(page, 300) is page


def test_smoothing_keeps_slow_changes_up_to_the_edge():
    page = np.rint(200 * falling(80, 80, 0.5)).astype(np.uint8)
    noisy = np.clip(page + np.random.default_rng(2).normal(0, 12, page.shape), 0, 255).astype(np.uint8)
    off = smoothed(noisy, 3.0).astype(int) - page
    assert np.abs(off[:, [0, -1]]).mean() < 6
    assert off.std() < 4


def test_colours_become_their_luminance():
    page = np.zeros((2, 3, 3), np.uint8)
    page[0, 0], page[0, 1] = (255, 0, 0), (0, 255, 0)
    assert to_grey(page)[0, :2].tolist() == [76, 150]
    assert to_grey(page[..., 0]).shape == (2, 3)


def test_ring_lies_as_deep_as_it_is_told():
    dark = np.zeros((10, 12), bool)
    dark[2, 2:10] = dark[7, 2:10] = dark[2:8, 2] = dark[2:8, 9] = True
    assert [ring_share(dark, depth) for depth in (0, 1, 2)] == [0, 0, 1]


@pytest.mark.parametrize("is_dark_ink", [True, False])
def test_the_table_for_one_level_of_paper_differs_by_rounding_from_the_pixels_of_such_a_page(is_dark_ink):
    grey = np.arange(256, dtype=np.uint8)[None]
    for level in range(256):
        of_pixels = _share(grey, np.full_like(grey, level), is_dark_ink)
        off = _shares_by_level(level, is_dark_ink) - of_pixels[0]
        assert np.abs(off).max() <= 1
        assert np.mean(off != 0) < 0.04  # halves
