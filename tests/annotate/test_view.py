import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.annotate.view import fit
from digitd.values import Box

PAGE = np.full((600, 900), 244, np.uint8)


def test_close_view_of_a_digit_fills_the_window():
    view = fit(PAGE, Box(x=400, y=200, width=60, height=100), width=140, height=94, closely=True)
    assert view.is_detail
    assert 55 <= view.ink.height <= 75


def test_close_view_of_a_long_number_shows_all_of_it():
    view = fit(PAGE, Box(x=100, y=200, width=600, height=40), width=140, height=94, closely=True)
    assert 80 <= view.ink.width <= 140
    assert view.ink.x >= 0


@given(st.integers(0, 899), st.integers(0, 599), st.integers(1, 300), st.integers(1, 300))
def test_all_ink_on_the_page_is_in_the_close_view(x, y, width, height):
    view = fit(PAGE, Box(x=x, y=y, width=width, height=height), width=140, height=94, closely=True)
    rows, columns = view.pixels.shape[:2]
    assert max(columns - 140, rows - 94) <= 0
    assert 0 <= view.ink.x < view.ink.x + view.ink.width <= columns
    assert 0 <= view.ink.y < view.ink.y + view.ink.height <= rows


@pytest.mark.parametrize("size", [(500, 640), (720, 960), (2000, 1500)])
def test_reduced_page_keeps_its_mean(size):
    page = np.random.default_rng(3).integers(0, 256, (*size, 3), np.uint8)
    assert abs(fit(page, None, width=392, height=304).pixels.mean() - page.mean()) < 1
