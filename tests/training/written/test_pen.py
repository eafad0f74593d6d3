import cv2
import numpy as np
import pytest

from digitd.training.written.allographs import FORMS
from digitd.training.written.pen import ink, write

LEVEL = np.stack([np.linspace(0, 1, 30), np.zeros(30)], axis=1)


@pytest.mark.parametrize("digit", range(10))
def test_page_is_dark_on_white_with_a_margin(digit):
    rng = np.random.default_rng(1)
    for form in FORMS[digit].values():
        page = write(form, rng)
        assert page.dtype == np.uint8
        assert page.min() < 100
        assert min(page[0].min(), page[-1].min(), page[:, 0].min(), page[:, -1].min()) == 255
        assert (page < 128).mean() < 0.5


def test_digit_is_80_to_110_pixels_high():
    rng = np.random.default_rng(1)
    for _ in range(50):
        rows = (write(FORMS[1]["stem"], rng) < 128).any(axis=1)
        assert 75 <= rows.sum() <= 135  # and the width of the pen


def test_pens_range_from_ball_to_felt():
    rng = np.random.default_rng(1)
    stem = np.stack([np.zeros(30), np.linspace(0, 1, 30)], axis=1)
    widths = [np.median((255.0 - ink([stem], rng)).sum(axis=1)) / 255 / 95 for _ in range(200)]
    assert min(widths) < 0.05
    assert 0.14 < max(widths) < 0.25


def test_line_without_height_is_drawn():
    assert ink([LEVEL], np.random.default_rng(1)).min() < 100


def test_strokes_are_bent_until_they_are_legible():
    verdicts = iter([False, False, True])
    judged = []

    def third_is_legible(strokes):
        judged.append(np.concatenate(strokes))
        return next(verdicts)

    write(FORMS[1]["flag"], np.random.default_rng(1), third_is_legible)
    assert len(judged) == 3
    assert not np.allclose(judged[0], judged[2])


def test_form_that_is_never_legible_is_an_error():
    with pytest.raises(RuntimeError, match="illegible"):
        write(FORMS[1]["flag"], np.random.default_rng(1), lambda _: False)


def test_eight_keeps_its_loops_nearly_always():
    rng = np.random.default_rng(2)
    loops = []
    for _ in range(100):
        paper = (write(FORMS[8]["from the middle"], rng) > 128).view(np.uint8)
        loops.append(cv2.connectedComponents(paper, connectivity=4)[0] - 2)
    assert np.mean(np.array(loops) >= 2) > 0.85
