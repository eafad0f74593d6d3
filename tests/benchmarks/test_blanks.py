import cv2
import numpy as np
import pytest

from benchmarks.blanks import KINDS, SIDES_PX, draw_blank


def pages(kind, count=30):
    return [draw_blank(kind, np.random.default_rng(seed)) for seed in range(count)]


def grey(page):
    return page if page.ndim == 2 else cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_of_many_sizes_within_the_bounds(kind):
    sides = np.array([page.shape[:2] for page in pages(kind)])
    assert sides.min() >= SIDES_PX[0]
    assert sides.max() <= SIDES_PX[1]
    assert len(np.unique(sides, axis=0)) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_comes_from_its_generator_alone(kind):
    first, again, other = (draw_blank(kind, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


@pytest.mark.parametrize("kind", ["plain", "texture", "uneven_light", "noise", "jpeg"])
def test_bare_paper_changes_slowly(kind):
    for page in pages(kind):
        near, around = (cv2.GaussianBlur(grey(page), (0, 0), s).astype(int) for s in (2, 0.08 * max(page.shape[:2])))
        assert np.abs(near - around).max() < 30  # a stroke of faint ink makes more


def test_shadow_has_one_straight_edge():
    for page in pages("shadow"):
        seen = cv2.GaussianBlur(grey(page), (0, 0), 1)
        _, dark = cv2.threshold(seen, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        assert [cv2.connectedComponents(part)[0] for part in (dark, 1 - dark)] == [2, 2]


def test_specks_of_dust_are_small():
    sizes = []
    for page in pages("dust"):
        marks = (grey(page) < np.median(grey(page)) - 20).view(np.uint8)
        stats = cv2.connectedComponentsWithStats(marks)[2]
        sizes += list(stats[1:, 2:4].max(axis=1, initial=0) / max(page.shape[:2]))
    assert len(sizes) > 50
    assert np.quantile(sizes, 0.95) < 0.04
    assert max(sizes) < 0.1  # two that touch


@pytest.mark.parametrize("kind", ["ruled", "squared", "box"])
def test_printed_lines_run_along_the_page_or_out_of_it(kind):
    for page in pages(kind):
        marks = (grey(page) < np.median(grey(page)) - 8).view(np.uint8)
        marks = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        height, width = marks.shape
        for x, y, w, h, _ in cv2.connectedComponentsWithStats(marks)[2][1:]:
            reaches_edge = x <= 4 or y <= 4 or x + w >= width - 4 or y + h >= height - 4
            assert reaches_edge or max(w / width, h / height) > 0.5 or max(w, h) < 0.08 * max(height, width)


@pytest.mark.parametrize("kind", ["ruled", "squared", "box"])
def test_prints_are_there_on_pages_that_have_them(kind):
    for page in pages(kind):
        seen = cv2.blur(grey(page), (3, 3)).astype(int)
        assert seen.max() - seen.min() > 10


def test_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        draw_blank("love letter", np.random.default_rng(0))
