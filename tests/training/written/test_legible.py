import numpy as np
import pytest

from digitd.training.written.allographs import FORMS
from digitd.training.written.bend import bend
from digitd.training.written.legible import bar, flag, legible

EVERY_FORM = [(digit, name) for digit, forms in FORMS.items() for name in forms]
FLAGS = [name for name in FORMS[1] if "flag" in name]


def as_drawn(digit, name):
    return [np.array(stroke) for stroke in FORMS[digit][name]]


def bent(digit, name, count=100):
    rng = np.random.default_rng(4)
    tries = (bend(FORMS[digit][name], rng) for _ in range(count))
    return [strokes for strokes in tries if legible(digit, strokes)]


@pytest.mark.parametrize(("digit", "name"), EVERY_FORM)
def test_form_as_drawn_is_legible(digit, name):
    assert legible(digit, as_drawn(digit, name))


@pytest.mark.parametrize(("digit", "name"), EVERY_FORM)
def test_at_least_two_bendings_in_five_are_legible(digit, name):
    assert len(bent(digit, name)) >= 40


@pytest.mark.parametrize("name", FLAGS)
def test_flag_of_a_one_falls_and_leaves_a_third_of_the_stem_below_it(name):
    for strokes in bent(1, name):
        tip, apex = strokes[0][0], min(np.concatenate(strokes), key=lambda point: point[1])
        if np.hypot(*(tip - apex)) > 0.15:
            angle, fall = flag(strokes)
            assert 30 < angle < 65
            assert fall < 0.65


@pytest.mark.parametrize("name", FORMS[7])
def test_bar_of_a_seven_is_nearly_level_and_long(name):
    for strokes in bent(7, name):
        angle, length = bar(strokes)
        assert abs(angle) < 25
        assert length > 0.35


def test_flag_and_bar_are_measured_in_degrees_and_heights():
    angle, fall = flag([np.array([(0.0, 0.5), (0.5, 0.0), (0.5, 1.0)])])
    assert (angle, fall) == pytest.approx((45, 0.5))
    angle, length = bar([np.array([(0.0, 0.1), (0.5, 0.1), (0.3, 1.1)])])
    assert (angle, length) == pytest.approx((0, 0.5))


@pytest.mark.parametrize(
    ("digit", "strokes"),
    [
        pytest.param(1, [[(0.0, 0.05), (0.5, 0.0), (0.5, 0.0), (0.5, 1.0)]], id="a 1 whose flag is a bar"),
        pytest.param(1, [[(0.0, 0.9), (0.5, 0.0), (0.5, 0.0), (0.5, 1.0)]], id="a 1 like a tent"),
        pytest.param(7, [[(0.0, 0.4), (0.5, 0.0), (0.5, 0.0), (0.3, 1.0)]], id="a 7 whose bar is a flag"),
        pytest.param(4, [[(0.4, 0.0), (0.0, 0.9), (0.7, 0.9)], [(0.5, 0.0), (0.5, 1.0)]], id="a 4 without a foot"),
        pytest.param(5, [[(0.5, 0.0), (0.1, 0.0), (0.0, 0.5), (0.5, 0.7), (0.3, 1.0), (0.0, 0.6)]], id="a closed 5"),
        pytest.param(6, [[(0.3, 0.0), (0.0, 0.5), (0.3, 1.0), (0.6, 0.5), (0.3, 0.1), (0.0, 0.4)]], id="a 6 like a 0"),
        pytest.param(0, [[(0.5, 0.0), (0.0, 0.5), (0.3, 1.0), (0.6, 0.8), (0.6, 0.7)]], id="a 0 like a c"),
        pytest.param(2, [[(0.0, 0.2), (0.3, 0.0), (0.6, 0.3), (0.2, 1.0), (0.3, 1.0)]], id="a 2 without a base"),
    ],
)
def test_digit_that_reads_as_another_is_not_legible(digit, strokes):
    assert not legible(digit, [np.array(stroke) for stroke in strokes])
