"""Boxes seen on a picture, and the pattern of a page among them."""

import numpy as np

from digitd.forms.registration.cells import cells_on
from digitd.forms.registration.geometry import mapped
from digitd.forms.registration.pattern import places
from digitd.forms.registration.spread import spread
from tests.forms.registration.drawn import EXAM, blank, form, scanned

MIDDLES = np.array([(b.x + b.width / 2, b.y + b.height / 2) for field in EXAM.fields for b in field.boxes])


def test_boxes_of_a_page_are_seen_with_their_sizes():
    picture, truth = scanned(blank(EXAM), degrees=3)
    cells = cells_on(picture)
    turn = np.array([[np.cos(cells.angle), np.sin(cells.angle)], [-np.sin(cells.angle), np.cos(cells.angle)]])
    expected = mapped(truth, MIDDLES) @ turn.T
    off = np.linalg.norm(expected[:, None] - cells.middles[None], axis=2)
    assert off.min(axis=1).max() < 2
    assert np.abs(cells.sizes[off.argmin(axis=1)] - (36, 48)).max() < 5


def test_pattern_is_found_whatever_way_round():
    for turns in range(4):
        picture, truth = scanned(blank(EXAM), degrees=-2, shift=(5, 8), turns=turns, scale=1.5)
        transform, share = places(EXAM.fields, cells_on(picture))[0]
        assert share > 0.9
        assert np.abs(mapped(np.linalg.inv(truth) @ transform, MIDDLES) - MIDDLES).max() < 0.5


def test_place_that_is_right_about_one_box_is_spread_over_all():
    picture, truth = scanned(blank(EXAM), degrees=2, tilt=0.08, stretch=(0.9, 0.9))
    boxes = np.array([(*b.middle, b.width, b.height) for field in EXAM.fields for b in field.boxes])
    near, far = mapped(truth, MIDDLES[[0, 1]])
    step = far - near
    turn = np.array([[step[0], -step[1]], [step[1], step[0]]]) / 6  # a box is 6 mm wide
    start = np.vstack([np.column_stack([turn, near - turn @ MIDDLES[0]]), [0, 0, 1]])
    assert np.abs(mapped(np.linalg.inv(truth) @ start, MIDDLES) - MIDDLES).max() > 3
    transform, share = spread(boxes, cells_on(picture).on_picture, start)
    assert share > 0.9
    assert np.abs(mapped(np.linalg.inv(truth) @ transform, MIDDLES) - MIDDLES).max() < 0.5


def test_nothing_is_found_where_there_are_no_boxes():
    assert places(EXAM.fields, cells_on(blank(form()))) == []
    assert places((), cells_on(blank(EXAM))) == []
    assert places(EXAM.fields, cells_on(np.full((1, 1), 255, np.uint8))) == []
