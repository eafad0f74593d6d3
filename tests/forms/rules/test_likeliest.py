from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.forms.rules.likeliest import likeliest

FACTORS = st.lists(hnp.arrays(np.float64, st.integers(1, 4), elements=st.floats(0.001, 1)), min_size=1, max_size=4)


@given(FACTORS, st.integers(1, 300))
def test_they_are_the_best_of_all_combinations(factors, most):
    choices, products = likeliest(factors, most)
    every = sorted((prod(combination) for combination in product(*factors)), reverse=True)
    worth_it = [p for p in every[:most] if p >= every[0] * 1.001e-6]
    assert products[: len(worth_it)] == pytest.approx(worth_it)
    assert len(products) <= most
    assert len({tuple(row) for row in choices.tolist()}) == len(choices)
    for row, value in zip(choices, products, strict=True):
        assert prod(factor[column] for factor, column in zip(factors, row, strict=True)) == pytest.approx(value)


def test_first_entries_come_first_of_equals():
    choices, _ = likeliest([np.full(3, 0.5), np.full(2, 0.5)], 4)
    assert choices.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_what_is_a_million_times_less_likely_is_left_out():
    assert likeliest([np.array([0.9, 0.9e-7]), np.array([1.0])], 9)[0].tolist() == [[0, 0]]


def test_sixty_boxes_of_any_digit_stay_bounded():
    choices, products = likeliest([np.full(10, 0.1)] * 60, 128)
    assert choices.shape == (128, 60)
    assert (products > 0).all()
