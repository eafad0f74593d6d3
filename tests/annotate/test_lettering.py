from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.annotate.lettering import Lettering

FONT = str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


@pytest.fixture(scope="module")
def lettering():
    return Lettering(FONT, 16)


@pytest.mark.parametrize("words", ["scan-0123.png", "1000 x 528 px", "99.87% sure"])
def test_ascii_set_by_letters_looks_as_if_set_as_a_whole(lettering, words):
    by_letters, whole = lettering.set(words), lettering._laid_out(words)
    assert abs(by_letters.advance - whole.advance) <= 1
    assert by_letters.rise == whole.rise
    assert abs(int(by_letters.bitmap.sum()) - int(whole.bitmap.sum())) < 0.02 * whole.bitmap.sum()


@given(st.text("abcXYZ 0123456789.-_äßéñřŁΩжя\N{HORIZONTAL ELLIPSIS}\N{WHITE SQUARE}", max_size=30))
def test_any_words_have_a_bitmap_and_a_width(words):
    lettering = Lettering(FONT, 12)
    coverage = lettering.set(words)
    assert coverage.bitmap.dtype == np.uint8
    assert coverage.bitmap.ndim == 2
    assert lettering.width_of(words) == coverage.advance >= 0


def test_longer_words_are_wider(lettering):
    widths = [lettering.width_of("scan-0001.png"[:length]) for length in range(14)]
    assert widths == sorted(set(widths))


def test_words_that_were_set_are_kept_within_bounds(lettering):
    for number in range(2000):
        lettering.set(f"{number}.png")
    assert lettering.set.cache_info().currsize <= 512
