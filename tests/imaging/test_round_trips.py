"""Genuine digits come back from pages as scans and photographs have them.

The pages are those of `benchmarks.round_trips`, whose table has more digits; here are as many as show a fault.
"""

import numpy as np
import pytest

from benchmarks.round_trips import CONDITIONS, draw
from digitd.imaging.normalise import normalise
from tests.imaging.drawn import distance

DIGITS = 40
COARSE = ("scale_0.7", "blur")
"""Less is left than was drawn: 14 px of 20, or edges blurred over 2 px of 20."""
PRINTED = ("ruled_through", "squared", "box_clear", "box_touched", "box_crossed", "box_cropped")
"""Ink on ink: where a stroke runs along a line, nobody can tell how much of it is the line's."""
EASY = sorted(set(CONDITIONS) - set(COARSE) - set(PRINTED))
ANOTHER = 25
"""Grey levels: one in twenty of all other digits is as near as this."""


def distances_under(name, mnist):
    digits = mnist[:DIGITS]
    return [distance(normalise(page), digit) for digit, page in zip(digits, draw(name, digits, seed=7), strict=True)]


@pytest.mark.parametrize("name", EASY)
def test_digits_come_back(mnist, name):
    distances = distances_under(name, mnist)
    assert np.mean(distances) < 10  # a little over the 8 of half a pixel, at which they were sampled
    assert max(distances) < 20


@pytest.mark.parametrize("name", COARSE)
def test_coarse_digits_come_back_as_coarse(mnist, name):
    distances = distances_under(name, mnist)
    assert np.mean(distances) < 16.5  # the distance of a whole pixel
    assert max(distances) < 30


@pytest.mark.parametrize("name", PRINTED)
def test_digits_come_back_from_printed_lines(mnist, name):
    distances = distances_under(name, mnist)
    assert np.mean(distances) < 13  # as if a quarter of a stroke's length were lost or left over, on average
    assert np.mean(np.array(distances) > ANOTHER) <= 0.1


def test_a_digit_as_large_as_mnists_comes_back_exactly(mnist):
    assert np.mean(distances_under("scale_1", mnist)) < 0.5
