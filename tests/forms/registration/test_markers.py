"""What printed markers say, and what they contradict."""

import numpy as np

from digitd.forms.registration.candidates import Candidate
from digitd.forms.registration.geometry import mapped
from digitd.forms.registration.markers import contradicted, from_markers, markers_on
from tests.forms.registration.drawn import MARKED, blank, scanned

PICTURE, TRUTH = scanned(blank(MARKED), degrees=1.5, turns=1)
CORNERS = np.array([[0, 0], [120, 0], [120, 160], [0, 160.0]])


def off_mm(found, wanted=MARKED.pages):
    proposed, _ = from_markers(found, wanted)
    return [np.abs(mapped(np.linalg.inv(TRUTH) @ one.transform, CORNERS) - CORNERS).max() for one in proposed]


def test_all_are_found_and_say_where_the_page_is():
    found = markers_on(PICTURE, MARKED.pages)
    assert set(found) == {0, 1, 2, 3}
    assert max(off_mm(found)) < 0.3


def test_two_are_enough_and_one_is_not():
    found = dict(markers_on(PICTURE, MARKED.pages))
    assert min(off_mm({number: found[number] for number in (0, 2)})) < 1
    assert off_mm({0: found[0]}) == []


def test_marker_that_is_there_twice_says_nothing():
    twice = np.hstack([PICTURE, PICTURE])
    assert markers_on(twice, MARKED.pages) == {}


def test_form_without_markers_looks_for_none():
    assert markers_on(PICTURE, ()) == {}
    assert from_markers({}, ()) == ([], "markers: the form has none")


def test_place_that_most_markers_speak_against_is_contradicted():
    found = markers_on(PICTURE, MARKED.pages)
    right = Candidate(page=1, transform=TRUTH, method="features")
    aside = Candidate(page=1, transform=TRUTH @ np.array([[1, 0, 12], [0, 1, 0], [0, 0, 1.0]]), method="features")
    assert not contradicted(right, found, MARKED.pages)
    assert contradicted(aside, found, MARKED.pages)
    assert not contradicted(aside, {}, MARKED.pages)
