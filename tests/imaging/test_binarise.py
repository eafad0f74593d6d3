"""From where on a mark is ink."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.imaging.binarise import halves, ink_map
from tests.imaging.drawn import drawn, overlap


def noisy(digit, *, contrast, sigma, seed=0):
    clean = 220 - contrast * (255.0 - drawn(digit, scale=2)) / 255
    return np.clip(clean + np.random.default_rng(seed).normal(0, sigma, clean.shape), 0, 255).astype(np.uint8)


def strong(found):
    return (found.ink >= found.strong).view(np.uint8)


@pytest.mark.parametrize("sigma", [3, 8, 20])
def test_bare_paper_has_no_ink(sigma):
    page = np.clip(np.random.default_rng(sigma).normal(180, sigma, (72, 60)), 0, 255).astype(np.uint8)
    assert ink_map(page) is None


def test_ink_of_10_grey_levels_is_ink_and_less_is_not():
    for contrast, is_ink in ((9, False), (12, True)):
        page = np.full((60, 60), 240, np.uint8)
        page[10:50, 28:33] -= contrast
        assert (ink_map(page) is not None) is is_ink


def test_a_clean_page_keeps_its_greys(mnist):
    for digit in mnist[::50]:
        found = ink_map(255 - digit)
        assert np.array_equal(found.ink, digit)
        assert found.floor == 0


def test_halves_finds_the_strokes_that_noise_hides(mnist):
    overlaps = []
    for digit in mnist[::50]:
        page = noisy(digit, contrast=190, sigma=40)
        assert ink_map(page) is None
        ink = (drawn(digit, scale=2) < 128).view(np.uint8)
        overlaps.append(overlap(strong(halves(page)), ink))
    # ink and paper are 4.75 deviations apart: a threshold between them errs on 1 % of the pixels, the soft edges of
    # strokes, which are a third of the digit, fall to either side
    assert np.mean(overlaps) > 0.6
    assert min(overlaps) > 0.4


def test_halves_do_not_care_which_of_the_two_is_darker(mnist):
    for digit in mnist[::50]:
        page = noisy(digit, contrast=150, sigma=30)
        dark, light = halves(page), halves(~page)
        # what lies on the threshold falls on the other side of it
        assert np.mean(strong(dark) != strong(light)) < 0.02


def test_what_covers_less_of_the_page_and_its_edge_is_ink():
    page = np.full((60, 60), 230, np.uint8)
    page[5:55, 5:55] = 40  # more than half is dark, but none of the edge
    assert strong(halves(page))[30, 30] == 1
    assert strong(halves(page))[0].sum() == 0


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))))
def test_halves_keep_the_order_of_their_levels(page):
    found = halves(page)
    assert found.ink.shape == page.shape
    assert found.ink.dtype == np.uint8
    assert 0 <= found.floor < found.weak
    assert found.weak <= found.strong or found.strong <= 1
