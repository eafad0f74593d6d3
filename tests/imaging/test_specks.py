"""Salt and pepper goes; what stays is every page without it, to the pixel."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.imaging.normalise import normalise
from digitd.imaging.specks import without_salt_and_pepper
from tests.imaging.drawn import distance, drawn


def peppered(page, share, seed):
    """Make `share` of the pixels of (H, W) uint8 black or white."""
    draw = np.random.default_rng(seed).random(page.shape)
    return np.where(draw < share / 2, 0, np.where(draw > 1 - share / 2, 255, page)).astype(np.uint8)


@pytest.mark.parametrize("share", [0.03, 0.06, 0.12, 0.20])
@pytest.mark.parametrize("scale", [2, 3, 5])
def test_digits_under_salt_and_pepper_come_back(mnist, share, scale):
    side = 28 * scale + 20
    distances = [
        distance(normalise(peppered(drawn(digit, scale=scale, at=(10, 10), size=(side, side)), share, seed)), digit)
        for seed, digit in enumerate(mnist[::50])
    ]
    # without it they are 6 to 8 away, and a median of 3x3 moves edges by less than half a pixel, which is 8
    assert np.mean(distances) < 12
    assert max(distances) < 20


def test_hardly_a_speck_is_left_of_a_tenth(five):
    dirty = peppered(five, 0.10, 0)
    clean = without_salt_and_pepper(dirty)
    assert np.mean(dirty != five) > 0.04
    assert np.mean(np.abs(clean.astype(int) - five) > 100) < 0.01


def test_specks_are_found_on_grey_pages_too(five):
    faint = (five // 4 + 120).astype(np.uint8)
    clean = without_salt_and_pepper(peppered(faint, 0.10, 1))
    assert np.median(clean) == np.median(faint)
    assert np.mean(np.abs(clean.astype(int) - faint) > 50) < 0.01


def test_mnist_is_left_alone(mnist):
    for digit in mnist:
        for page in (digit, 255 - digit):
            assert without_salt_and_pepper(page) is page


@pytest.mark.parametrize("sigma", [4, 12, 25])
def test_the_noise_of_sensors_is_left_alone(five, sigma):
    noisy = np.clip(five * 0.7 + 40 + np.random.default_rng(sigma).normal(0, sigma, five.shape), 0, 255)
    page = noisy.astype(np.uint8)
    assert without_salt_and_pepper(page) is page


def test_tiny_pages_are_left_alone(mnist):
    for digit in mnist[::2]:
        for side in (6, 8, 10, 12, 14):  # strokes are a pixel wide, and a single one may be all that shows of an end
            page = 255 - cv2.resize(digit, (side, side), interpolation=cv2.INTER_AREA)
            assert without_salt_and_pepper(page) is page


def test_a_few_grains_of_dust_are_not_worth_a_blurred_page(five):
    dusty = five.copy()
    dusty[5::40, 5::40] = 0
    assert without_salt_and_pepper(dusty) is dusty


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))))
def test_any_page_keeps_its_size_and_range(page):
    clean = without_salt_and_pepper(page)
    assert clean.shape == page.shape
    assert clean.dtype == np.uint8
    assert page.min() <= clean.min() <= clean.max() <= page.max()


def test_a_page_is_not_written_on(five):
    for page in (five, peppered(five, 0.10, 2)):
        before = page.copy()
        without_salt_and_pepper(page)
        assert np.array_equal(page, before)
