import numpy as np
import pytest

from digitd.annotate.canvas import Area
from digitd.annotate.room import Room


def paper(noise=0.0):
    grey = 240 + np.random.default_rng(3).normal(0, noise, (80, 120, 1))
    return np.repeat(grey.clip(0, 255).astype(np.uint8), 3, axis=2)


def test_first_place_that_is_free_is_taken():
    room = Room(paper())
    places = [Area(10, 10, 30, 12), Area(60, 10, 30, 12)]
    assert [room.find(places) for _ in range(3)] == [places[0], places[1], None]


def test_places_may_touch_and_not_overlap():
    room = Room(paper())
    room.take(Area(10, 10, 30, 12))
    assert room.is_free(Area(40, 10, 30, 12))
    assert not room.is_free(Area(39.5, 10, 30, 12))


def test_printed_words_are_left_alone():
    shown = paper()
    shown[12:18, 15:30:3] = 60
    assert Room(shown).find([Area(10, 10, 30, 12), Area(60, 10, 30, 12)]) == Area(60, 10, 30, 12)


def test_one_letter_at_the_edge_of_a_long_label_is_left_alone():
    shown = paper()
    shown[12:17, 12:14] = 130
    assert Room(shown).find([Area(10, 10, 100, 20), Area(10, 40, 100, 20)]) == Area(10, 40, 100, 20)


def test_noise_of_a_camera_is_bare_paper():
    assert Room(paper(noise=5)).is_bare(Area(10, 10, 30, 12))


@pytest.mark.parametrize(("left", "top"), [(-1, 0), (0, -1), (91, 0), (0, 69), (1e9, 0), (-1e9, 0)])
def test_place_that_leaves_the_page_is_none(left, top):
    room = Room(paper())
    assert room.find([Area(left, top, 30, 12)]) is None
    assert not room.is_bare(Area(left, top, 30, 12))
