"""Quantiles by counts are those of the pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.imaging.levels import counted, is_one_level, level_at, middle, pixels_up_to, quartile

PAGES = hnp.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60)))


@given(PAGES, st.sampled_from((0.1, 0.25, 0.35, 0.5, 0.75, 0.85)))
def test_a_share_of_the_pixels_lies_up_to_its_level(page, share):
    up_to = counted(page, 256)
    level = level_at(up_to, share, 0, page.size)
    assert np.count_nonzero(page <= level) >= share * page.size
    assert level == 0 or np.count_nonzero(page < level) < share * page.size


@given(PAGES, st.integers(0, 255))
def test_the_levels_above_another_are_searched_alone(page, bound):
    up_to, above = counted(page, 256), page[page > bound]
    if above.size:
        ranks = int(up_to[bound]), page.size
        assert level_at(up_to, 0.5, *ranks) == np.sort(above)[(above.size + 1) // 2 - 1]
        assert is_one_level(up_to, *ranks) == (above.min() == above.max())


@pytest.mark.parametrize("side", [20, 60])  # counted by NumPy, and by OpenCV
@pytest.mark.parametrize("levels", [256, 512])
def test_pages_of_either_size_are_counted(side, levels):
    rng = np.random.default_rng(side)
    page = rng.integers(0, levels, (side, side), np.uint8 if levels == 256 else np.uint16)
    part = (rng.random((side, side)) < 0.3).view(np.uint8)
    for chosen, among in ((page.ravel(), None), (page[part > 0], part)):
        expected = [np.count_nonzero(chosen <= level) for level in range(levels)]
        assert counted(page, levels, among).tolist() == expected


@given(PAGES, st.integers(-300, 600))
def test_pixels_up_to_a_level_are_counted_also_beyond_all_levels(page, level):
    assert pixels_up_to(counted(page, 256), level) == np.count_nonzero(page.astype(int) <= level)


@given(PAGES)
def test_quartiles_are_those_of_numpy(page):
    up_to = counted(page, 256)
    for number in (1, 2, 3):
        assert quartile(up_to, number) == np.quantile(page, number / 4)


@given(hnp.arrays(np.float32, st.integers(1, 50), elements=st.integers(0, 255)))
def test_the_middle_is_the_median_in_the_same_type(values):
    assert middle(values) == np.median(values)
    assert type(middle(values)) is type(np.median(values))
