from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.forms.rules.roster import likeliest_allowed

CHANCES = hnp.arrays(np.float64, (3, 10), elements=st.floats(0.001, 0.1))


@given(st.frozensets(st.text("0123456789", min_size=2, max_size=4), max_size=60), CHANCES, st.integers(1, 20))
def test_they_are_the_likeliest_of_the_list(allowed, chances, most):
    def chance(value):
        return prod(float(of_box[int(digit)]) for of_box, digit in zip(chances, value, strict=True))

    found = likeliest_allowed(allowed, chances, most)
    expected = sorted((chance(value) for value in allowed if len(value) == 3), reverse=True)[:most]
    assert [weight for _, weight in found] == pytest.approx(expected)
    assert [chance(value) for value, _ in found] == pytest.approx(expected)
    assert {value for value, _ in found} <= allowed


def test_what_cannot_be_written_in_boxes_is_no_value():
    assert likeliest_allowed(frozenset({"12x", "", "1²3", "123"}), np.full((3, 10), 0.1), 9) == [
        ("123", pytest.approx(0.001))
    ]


def test_impossible_values_are_left_out():
    chances = np.zeros((2, 10))
    chances[:, 1] = 1
    assert likeliest_allowed(frozenset({"11", "12"}), chances, 9) == [("11", 1.0)]


def test_first_of_equals_are_found():
    allowed = frozenset(f"{value:02d}" for value in range(100))
    assert [value for value, _ in likeliest_allowed(allowed, np.full((2, 10), 0.1), 3)] == ["00", "01", "02"]
