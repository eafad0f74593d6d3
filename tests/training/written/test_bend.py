import numpy as np
import pytest

from digitd.training.written.allographs import FORMS
from digitd.training.written.bend import bend, curve

EVERY_FORM = [(digit, name) for digit, forms in FORMS.items() for name in forms]


@pytest.mark.parametrize(("digit", "name"), EVERY_FORM)
def test_strokes_keep_their_points(digit, name):
    form = FORMS[digit][name]
    strokes = bend(form, np.random.default_rng(3))
    assert [len(stroke) for stroke in strokes] == [len(stroke) for stroke in form]
    assert all(np.isfinite(stroke).all() for stroke in strokes)


def test_no_two_bendings_are_alike():
    rng = np.random.default_rng(3)
    first, second = (np.concatenate(bend(FORMS[8]["one go"], rng)) for _ in range(2))
    assert np.abs(first - second).max() > 0.02


def test_widths_range_from_narrow_to_wide():
    rng = np.random.default_rng(3)
    sizes = [np.ptp(np.concatenate(bend(FORMS[0]["oval"], rng)), axis=0) for _ in range(300)]
    aspects = [width / height for width, height in sizes]
    assert min(aspects) < 0.5
    assert max(aspects) > 0.95


def test_curve_passes_through_its_points():
    points = np.array(FORMS[3]["round"][0])
    way = curve(points)
    assert way.shape == (8 * (len(points) - 1) + 1, 2)
    np.testing.assert_allclose(way[::8], points)


def test_curve_through_a_circle_is_nearly_a_circle():
    angles = np.linspace(0, 2 * np.pi, 9)
    way = curve(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert np.abs(np.hypot(way[:, 0], way[:, 1]) - 1).max() < 0.05


def test_line_runs_straight_into_a_corner_and_out_of_it():
    way = curve(np.array([(0.0, 0.5), (0.5, 0.0), (0.5, 0.0), (0.5, 1.0)]))
    np.testing.assert_allclose(way[:9].sum(axis=1), 0.5, atol=1e-9)
    np.testing.assert_allclose(way[16:, 0], 0.5, atol=1e-9)
