from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from digitd.annotate.lettering import Lettering

FONT = str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")
LEFT, BASELINE = 20, 40  # in a picture of 400x60
SET = "abcXYZ 0123456789.-_äßéñřŁΩжя\N{HORIZONTAL ELLIPSIS}\N{WHITE SQUARE}"


@pytest.fixture(scope="module")
def lettering():
    return Lettering(FONT, 16)


def drawn_by_matplotlib(words, size):
    figure = Figure(figsize=(400 / 72, 60 / 72), dpi=72)
    canvas = FigureCanvasAgg(figure)
    font = FontProperties(fname=FONT, size=size)
    figure.text(LEFT / 400, 1 - BASELINE / 60, words, fontproperties=font, parse_math=False)
    canvas.draw()
    return 255 - np.asarray(canvas.buffer_rgba())[..., 0]


def drawn_by_digitd(words, size):
    bitmap, left, rise, _ = Lettering(FONT, size).set(words)
    picture = np.zeros((60, 400), np.uint8)
    top = BASELINE + 1 - rise
    picture[top : top + bitmap.shape[0], LEFT + left : LEFT + left + bitmap.shape[1]] = bitmap
    return picture


@pytest.mark.parametrize("size", [11, 12.5, 14, 16, 20])
@pytest.mark.parametrize("words", ["scan0123", "1000 × 528 px", "99% Maß", "This file is", "äéñ Ωжя"])  # noqa: RUF001
def test_words_without_kerning_look_as_matplotlib_draws_them(words, size):
    difference = np.abs(drawn_by_digitd(words, size).astype(int) - drawn_by_matplotlib(words, size))
    assert difference.max() <= 1


@pytest.mark.parametrize("words", ["AVATAR To Way.jpg", "L.T.V. 7.4,1"])
def test_kerned_words_are_as_wide_as_matplotlib_draws_them(words):
    ours, theirs = (np.nonzero(draw(words, 16))[1] for draw in (drawn_by_digitd, drawn_by_matplotlib))
    assert abs(ours.max() - theirs.max()) <= 1


@given(st.text(SET, max_size=30))
def test_any_words_have_a_bitmap_and_a_width(words):
    lettering = Lettering(FONT, 12)
    coverage = lettering.set(words)
    assert coverage.bitmap.dtype == np.uint8
    assert coverage.bitmap.ndim == 2
    assert lettering.width_of(words) == coverage.advance >= 0


@pytest.mark.parametrize("words", ["שבע", "سبعة", "e\u0301\u0302"])
def test_other_scripts_are_laid_out_as_a_whole(lettering, words):
    assert np.array_equal(lettering.set(words).bitmap, lettering._laid_out(words).bitmap)


def test_longer_words_are_wider(lettering):
    widths = [lettering.width_of("scan-0001.png"[:length]) for length in range(14)]
    assert widths == sorted(set(widths))
