import numpy as np
import pytest

from digitd.training.written import written_digits
from digitd.training.written.allographs import FORMS
from digitd.training.written.pen import write

EVERY_FORM = [(digit, name) for digit, forms in FORMS.items() for name in forms]


def test_there_are_forms_of_all_ten_digits():
    assert sorted(FORMS) == list(range(10))
    assert all(len(forms) >= 4 for forms in FORMS.values())


@pytest.mark.parametrize(("digit", "name"), EVERY_FORM)
def test_points_lie_in_the_unit_box_and_fill_its_height(digit, name):
    points = np.concatenate([np.array(stroke) for stroke in FORMS[digit][name]])
    assert points.min() >= 0
    assert points.max() <= 1
    assert np.ptp(points[:, 1]) >= 0.88


@pytest.mark.parametrize(("digit", "name"), EVERY_FORM)
def test_form_is_written_dark_on_white(digit, name):
    page = write(FORMS[digit][name], np.random.default_rng(1))
    assert page.dtype == np.uint8
    assert page[0].min() == 255
    assert page.min() < 100
    assert (page < 128).mean() < 0.5


def test_flag_of_a_one_falls_and_the_bar_of_a_seven_does_not():
    for name, strokes in FORMS[1].items():
        if "flag" in name:
            (x, y), apex = strokes[0][0], min(strokes[0], key=lambda point: point[1])
            assert (y - apex[1]) / abs(apex[0] - x) > 0.6
    for strokes in FORMS[7].values():
        right = next(k for k, point in enumerate(strokes[0]) if point[0] > 0.75)
        bar = np.array(strokes[0][: right + 1])
        level = bar[bar[:, 0] > 0.05]
        assert abs(level[-1, 1] - level[:, 1].min()) < 0.15


def test_digits_come_equally_often():
    glyphs, labels = written_digits(200, seed=1)
    assert glyphs.shape == (200, 28, 28)
    assert glyphs.dtype == np.uint8
    assert glyphs.max(axis=(1, 2)).min() == 255
    assert np.bincount(labels).tolist() == [20] * 10


def test_same_seed_writes_the_same():
    np.testing.assert_array_equal(written_digits(30, seed=1)[0], written_digits(30, seed=1)[0])
    assert not np.array_equal(written_digits(30, seed=1)[0], written_digits(30, seed=2)[0])
