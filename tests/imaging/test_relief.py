import cv2
import numpy as np
import pytest

from digitd.imaging.relief import has_paper_on_both_sides


def page_with(mark, *, light):
    """Darken the mark on a page by 80 grey levels: the page, and the ink that a good estimate of its paper finds."""
    page = np.clip(light - 80.0 * mark, 0, 255).astype(np.uint8)
    return page, np.where(mark > 0, 100, 0).astype(np.uint8)


@pytest.fixture
def stroke():
    mark = np.zeros((72, 72), np.uint8)
    cv2.line(mark, (20, 60), (50, 10), 1, 5)
    return mark


@pytest.fixture
def slope():
    """Return light that falls from 230 to 120 in the middle of the page: the edge of a shadow."""
    columns = np.arange(72)
    return np.tile(230 - 110 / (1 + np.exp(-(columns - 36) / 2.0)), (72, 1))


def test_stroke_has_paper_on_both_sides(stroke):
    page, ink = page_with(stroke, light=np.full((72, 72), 220.0))
    assert has_paper_on_both_sides(page, stroke, ink)


def test_light_stroke_on_dark_has_too(stroke):
    page, ink = page_with(stroke, light=np.full((72, 72), 220.0))
    assert has_paper_on_both_sides(~page, stroke, ink)


def test_stroke_across_the_edge_of_a_shadow_has_too(stroke, slope):
    page, ink = page_with(stroke, light=slope)
    assert has_paper_on_both_sides(page, stroke, ink)


def test_edge_of_a_shadow_has_not(slope):
    page, _ = page_with(np.zeros((72, 72)), light=slope)
    mark = np.zeros((72, 72), np.uint8)
    mark[:, 33:39] = 1  # where the estimate of the paper lags behind
    assert not has_paper_on_both_sides(page, mark, mark * np.uint8(100))
