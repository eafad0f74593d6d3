"""Print is found again though it is moved and sheared, and other print is not."""

import cv2
import numpy as np
import pytest

from digitd.forms.registration.samples import COMPARED_PX, PLACED_PX, likeness, page_of

PER_MM = 4.5
FLAT = np.array([[[1.0, 0, 0], [0, 1, 0]]])


def printed(words):
    dark = np.zeros((150, 300), np.uint8)
    for row, text in enumerate(words):
        cv2.putText(dark, text, (60, 60 + 30 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 200, 1, cv2.LINE_AA)
    return dark


DARK = printed(("received", "returned"))


def sampled(dark):
    near = np.argwhere(cv2.dilate(dark, np.ones((3, 3))) > 0)
    far = np.argwhere(cv2.dilate(dark, np.ones((9, 9))) > 0)
    rng = np.random.default_rng(0)
    at = np.concatenate([rng.permutation(near)[:COMPARED_PX], rng.permutation(far)[:PLACED_PX]])
    return page_of(dark, PER_MM).sampled(at[None, :, 0], at[None, :, 1])


def alike(dark, maps=FLAT):
    return likeness(sampled(DARK), page_of(dark, PER_MM), maps, 11)[0]


@pytest.mark.parametrize("move", [(0, 0), (7, -4), (-9, 10)], ids=str)
def test_print_that_is_moved_and_sheared_is_the_same(move):
    bent = np.float32([[1.01, 0.02, move[0] - 4], [0.03, 0.99, move[1] - 3]])
    assert alike(cv2.warpAffine(DARK, bent, DARK.shape[::-1], flags=cv2.INTER_LINEAR)) > 0.93


def test_shadow_over_print_changes_nothing():
    shadow = np.tile(np.linspace(0, 50, DARK.shape[1]), (DARK.shape[0], 1))
    assert alike((DARK * 0.4 + shadow).astype(np.uint8)) > 0.95


def test_other_words_and_no_words_are_not_alike():
    assert alike(printed(("question", "thirteen"))) < 0.7
    assert alike(np.zeros_like(DARK)) == 0


def test_print_farther_away_than_it_is_looked_for_is_not_found():
    assert alike(np.roll(DARK, 40, axis=1)) < 0.7


def test_map_says_where_to_look():
    assert alike(np.roll(DARK, 40, axis=1), FLAT + np.array([[0, 0, 40 / PER_MM], [0, 0, 0]])) > 0.98
