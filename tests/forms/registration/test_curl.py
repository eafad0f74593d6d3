"""The bend of a sheet, from where some of its places are."""

import numpy as np
import pytest

from digitd.forms.registration.curl import curl_of

SIZE = (210.0, 297.0)
PLACES = np.random.default_rng(0).uniform((10, 10), (200, 290), (25, 2))


def arched(points):
    return np.stack([0 * points[:, 0], 3 * np.sin(np.pi * points[:, 0] / 210)], axis=1)


def moved(curl, points):
    return (curl.maps(points)[:, :, :2] @ points[:, :, None])[:, :, 0] + curl.maps(points)[:, :, 2] - points


def test_arched_sheet_is_known_everywhere_and_how_it_slopes():
    curl = curl_of(PLACES, arched(PLACES), SIZE)
    points = np.array([(20.0, 150), (105, 30), (190, 280)])
    assert moved(curl, points) == pytest.approx(arched(points), abs=0.25)
    assert curl.maps(points)[:, 1, 0] == pytest.approx(3 * np.pi / 210 * np.cos(np.pi * points[:, 0] / 210), abs=0.012)


def test_places_that_were_mistaken_do_not_bend_it():
    wrong = arched(PLACES)
    wrong[:5, 1] += 4
    curl = curl_of(PLACES, wrong, SIZE)
    assert moved(curl, PLACES) == pytest.approx(arched(PLACES), abs=0.4)


def test_one_place_moves_the_sheet_and_hardly_bends_it():
    curl = curl_of(np.array([[60.0, 80]]), np.array([[2.0, -1]]), SIZE)
    assert moved(curl, np.array([[60.0, 80]])) == pytest.approx(np.array([[2.0, -1]]), abs=0.05)
    assert np.abs(curl.maps(PLACES)[:, :, :2] - np.eye(2)).max() < 0.01
