"""What `normalise` promises: MNIST's construction, whatever page the digit is drawn on."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.imaging.normalise import Glyph, normalise
from digitd.values import Box


def drawn(digit, *, scale=1, at=(0, 0), size=None):
    """Draw (28, 28) ink black on white at `at` = (row, column) of a page of `size` = (height, width)."""
    large = cv2.resize(digit, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC) if scale > 1 else digit
    height, width = large.shape
    page = np.full(size or large.shape, 255, np.uint8)
    page[at[0] : at[0] + height, at[1] : at[1] + width] = 255 - large
    return page


def difference(glyph, digit):
    """Mean absolute difference in grey levels over the 784 pixels, for the best of nine positions.

    The shift to the centre of mass is an integer: half of all digits lie so that a trace of blur tips it over.
    """
    moved = [np.roll(glyph.pixels, (y, x), (0, 1)).astype(int) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return min(float(np.abs(pixels - digit).mean()) for pixels in moved)


def test_mnist_comes_back_as_it_is(mnist):
    changed = [np.abs(normalise(digit).pixels.astype(int) - digit).max() for digit in mnist]
    # a digit whose maximum is 250 is stretched to 255; in a few, the faintest pixels at the rim are not connected
    assert np.mean(np.array(changed) <= 5) >= 0.99


def test_polarity_does_not_matter(mnist):
    for digit in mnist[::5]:
        assert np.array_equal(normalise(digit).pixels, normalise(255 - digit).pixels)


@pytest.mark.parametrize("scale", [2, 3, 5, 8, 12])
def test_scale_and_position_hardly_matter(mnist, scale):
    side = 28 * scale
    differences = [
        difference(normalise(drawn(digit, scale=scale, at=(scale * 7, scale * 3), size=(side * 2, side * 3))), digit)
        for digit in mnist[::40]
    ]
    assert np.mean(differences) < 10  # of 255; a digit shifted by one pixel differs by 25 from itself
    assert max(differences) < 16


def test_moving_the_digit_moves_only_the_box(mnist):
    for digit in mnist[::50]:
        here = normalise(drawn(digit, scale=2, at=(10, 20), size=(150, 150)))
        there = normalise(drawn(digit, scale=2, at=(60, 45), size=(150, 150)))
        assert np.array_equal(here.pixels, there.pixels)
        assert (there.box.x - here.box.x, there.box.y - here.box.y) == (25, 50)


def test_glyphs_have_the_facts_of_mnist(mnist):
    for digit in mnist[::10]:
        pixels = normalise(drawn(digit, scale=4, size=(112, 112))).pixels
        ys, xs = np.nonzero(pixels)
        moments = cv2.moments(pixels)
        assert max(np.ptp(ys), np.ptp(xs)) + 1 == 20
        assert pixels.max() == 255
        # the integer shift leaves half a pixel; a lopsided digit is held back by the border
        assert abs(moments["m10"] / moments["m00"] - 14) <= 0.51 or xs.min() == 0 or xs.max() == 27
        assert abs(moments["m01"] / moments["m00"] - 14) <= 0.51 or ys.min() == 0 or ys.max() == 27


def test_box_is_the_ink_on_the_page():
    page = np.full((200, 300), 255, np.uint8)
    page[50:110, 120:140] = 0
    assert normalise(page).box == Box(x=120, y=50, width=20, height=60)


def test_a_small_digit_on_a_scanned_page_is_cut_at_full_resolution(mnist):
    for digit in mnist[::125]:
        glyph = normalise(drawn(digit, scale=5, at=(2000, 300), size=(3508, 2480)))
        ys, xs = np.nonzero(digit)
        assert difference(glyph, digit) < 12
        assert abs(glyph.box.x - (300 + 5 * xs.min())) <= 6
        assert abs(glyph.box.y - (2000 + 5 * ys.min())) <= 6
        assert abs(glyph.box.height - 5 * (np.ptp(ys) + 1)) <= 12


@pytest.mark.parametrize("side", [8, 16])
def test_tiny_images_are_read(mnist, side):
    for digit in mnist[::50]:
        glyph = normalise(255 - cv2.resize(digit, (side, side), interpolation=cv2.INTER_AREA))
        correlation = np.corrcoef(glyph.pixels.ravel(), digit.ravel())[0, 1]
        assert correlation > (0.5 if side == 8 else 0.6)


def test_uneven_light_is_taken_out(mnist):
    light = np.linspace(0.35, 1, 120)[None, :] * np.linspace(0.8, 1, 100)[:, None]
    for digit in mnist[::40]:
        clean = drawn(digit, scale=3, at=(8, 20), size=(100, 120))
        lit = np.rint(240 * light * (1 - 0.7 * (255 - clean) / 255.0)).astype(np.uint8)
        assert difference(normalise(lit), digit) < 14


def test_a_shadow_over_half_the_page_is_not_ink(mnist):
    shade = np.ones((100, 120))
    shade[:, 75:] = 0.6
    shade = cv2.GaussianBlur(shade, (0, 0), 2)
    for digit in mnist[::100]:
        clean = drawn(digit, scale=2, at=(22, 12), size=(100, 120))
        lit = np.rint(230 * shade * (1 - 0.8 * (255 - clean) / 255.0)).astype(np.uint8)
        assert difference(normalise(lit), digit) < 16


def test_faint_pencil_on_noisy_paper_is_read(mnist):
    random = np.random.default_rng(1)
    for digit in mnist[::40]:
        clean = drawn(digit, scale=3, at=(8, 20), size=(100, 120))
        faint = np.clip(225 - 40 * ((255 - clean) / 255.0) + random.normal(0, 2, clean.shape), 0, 255).astype(np.uint8)
        assert difference(normalise(faint), digit) < 16


def test_ruling_lines_at_the_edge_are_left_out(mnist):
    for digit in mnist[::50]:
        clean = drawn(digit, scale=3, at=(10, 20), size=(104, 130))
        ruled = clean.copy()
        ruled[98:100] = 0
        ruled[:, 2:4] = 40
        assert difference(normalise(ruled), normalise(clean).pixels) < 1


def test_the_printed_box_around_a_digit_is_left_out(mnist):
    for digit in mnist[::50]:
        clean = drawn(digit, scale=3, at=(10, 10), size=(104, 104))
        boxed = clean.copy()
        cv2.rectangle(boxed, (3, 3), (100, 100), 0, 2)
        assert difference(normalise(boxed), normalise(clean).pixels) < 1


def test_the_detached_bar_of_a_five_stays(five):
    box = normalise(five).box
    assert box.y <= 20
    assert box.x + box.width >= 66


def test_specks_of_dust_are_left_out(mnist):
    clean = drawn(mnist[0], scale=4, at=(20, 20), size=(160, 160))
    dusty = clean.copy()
    for row, column in [(3, 3), (150, 20), (12, 140), (155, 155)]:
        dusty[row : row + 2, column : column + 2] = 0
    assert np.array_equal(normalise(dusty).pixels, normalise(clean).pixels)


@pytest.mark.parametrize("grey", [0, 1, 128, 254, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (28, 28), (300, 200, 3)])
def test_even_pages_are_blank(grey, shape):
    assert normalise(np.full(shape, grey, np.uint8)) is None


@pytest.mark.parametrize("deviation", [1, 4, 8])
def test_noisy_paper_is_blank(deviation):
    random = np.random.default_rng(deviation)
    for shape in [(60, 80), (300, 200), (1200, 900)]:
        assert normalise(np.clip(random.normal(200, deviation, shape), 0, 255).astype(np.uint8)) is None


def test_paper_under_slanting_light_is_blank():
    random = np.random.default_rng(2)
    slope = np.linspace(120, 240, 400)[None, :] + np.linspace(-20, 20, 300)[:, None]
    assert normalise(np.clip(slope, 0, 255).astype(np.uint8)) is None
    assert normalise(np.clip(slope + random.normal(0, 2, slope.shape), 0, 255).astype(np.uint8)) is None


def test_a_colour_page_reads_like_its_grey(mnist):
    page = drawn(mnist[300], scale=3)
    assert np.array_equal(normalise(np.dstack([page] * 3)).pixels, normalise(page).pixels)


def test_the_page_is_left_as_it_was(mnist):
    page = 255 - mnist[0]
    before = page.copy()
    page.setflags(write=False)
    normalise(page)
    assert np.array_equal(page, before)


shapes = st.one_of(
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=48),
    st.tuples(st.integers(1, 24), st.integers(1, 24), st.just(3)),
)
pages = st.one_of(
    hnp.arrays(np.uint8, shapes),
    hnp.arrays(np.uint8, shapes, elements=st.sampled_from([0, 255])),
    hnp.arrays(np.uint8, shapes, elements=st.integers(120, 135)),
)


@settings(max_examples=300, deadline=None)
@given(pages)
def test_any_page_gives_a_glyph_of_mnist_or_none(page):
    glyph = normalise(page)
    if glyph is None:
        return
    assert isinstance(glyph, Glyph)
    assert glyph.pixels.shape == (28, 28)
    assert glyph.pixels.dtype == np.uint8
    assert glyph.pixels.max() == 255
    box = glyph.box
    assert 0 <= box.x < box.x + box.width <= page.shape[1]
    assert 0 <= box.y < box.y + box.height <= page.shape[0]
