"""Homographies, and which of them a scanner or a camera can make."""

import numpy as np
import pytest

from digitd.forms.registration.geometry import between_centres, implausible, mapped, per_mm, scaled, stretch_at

TILTED = np.array([[6, 0.3, 10], [-0.2, 5.5, 20], [2e-4, 5e-4, 1]])


def test_first_pixel_covers_0_to_1_and_opencv_counts_from_its_middle():
    assert mapped(between_centres(scaled(2, 2)), np.array([[0.0, 0.0]])).tolist() == [[0.5, 0.5]]


def test_derivative_is_what_a_small_step_makes():
    at = np.array([[30.0, 70.0], [100.0, 5.0]])
    local = stretch_at(TILTED, at)
    for axis in range(2):
        step = 1e-5 * np.eye(2)[axis]
        assert np.allclose((mapped(TILTED, at + step) - mapped(TILTED, at)) / 1e-5, local[:, :, axis], atol=1e-3)


def test_resolution_is_that_of_the_way_with_fewest_pixels():
    assert per_mm(scaled(6, 5), 210, 297) == pytest.approx(5)


@pytest.mark.parametrize(
    ("transform", "why"),
    [
        (TILTED, ""),
        (scaled(6, 5.8), ""),
        (scaled(-6, 6), "behind"),
        (scaled(6, 2), "one way"),
        (np.array([[6, 0, 0], [0, 6, 0], [0, -0.01, 1.0]]), "horizon"),
        (np.array([[6, 0, 0], [0, 6, 0], [0.01, 0.01, 1.0]]), "stretched"),
        (np.full((3, 3), np.nan), "finite"),
        (np.zeros((3, 3)), ""),
    ],
)
def test_what_no_camera_sees_is_implausible(transform, why):
    with np.errstate(all="ignore"):
        said = implausible(np.asarray(transform, float), 210, 297)
    assert why in said
    assert bool(said) == (not np.array_equal(transform, TILTED) and not np.array_equal(transform, scaled(6, 5.8)))
