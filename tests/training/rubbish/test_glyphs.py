import numpy as np
import pytest

from digitd.imaging.normalise import normalise
from digitd.training.rubbish import TAUGHT, UNSEEN, draw_rubbish, from_digits, glyphs, rubbish_glyphs
from digitd.training.rubbish.lettering import GREEK, LETTERS, SYMBOLS

KINDS = TAUGHT + UNSEEN


@pytest.fixture(scope="module")
def digits(mnist_rows):
    return mnist_rows[0][:500]


def test_no_kind_is_both_taught_and_unseen():
    assert len(set(KINDS)) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_page_is_dark_ink_on_light_paper(kind, digits):
    for seed in range(5):
        page = draw_rubbish(kind, np.random.default_rng(seed), digits)
        assert page.dtype == np.uint8
        assert page.ndim == 2
        assert min(page.shape) >= 30
        assert np.ptp(page) > 40
        if kind != "texture":
            assert page[0, 0] >= 199


@pytest.mark.parametrize("kind", KINDS)
def test_normaliser_finds_ink_nearly_always(kind, digits):
    rng = np.random.default_rng(0)
    found = [normalise(draw_rubbish(kind, rng, digits)) is not None for _ in range(60)]
    assert np.mean(found) > 0.85


@pytest.mark.parametrize("kind", KINDS)
def test_glyphs_are_inked_and_differ(kind, digits):
    drawn = rubbish_glyphs([kind], 20, seed=1, digits=digits)
    assert drawn.shape == (20, 28, 28)
    assert drawn.dtype == np.uint8
    assert drawn.max(axis=(1, 2)).min() == 255
    assert len({glyph.tobytes() for glyph in drawn}) == 20


def test_same_seed_draws_the_same(digits):
    first = rubbish_glyphs(KINDS, 36, seed=7, digits=digits)
    assert np.array_equal(first, rubbish_glyphs(KINDS, 36, seed=7, digits=digits))
    assert not np.array_equal(first, rubbish_glyphs(KINDS, 36, seed=8, digits=digits))


def test_kinds_take_turns(digits, monkeypatch):
    asked = []
    monkeypatch.setattr(glyphs, "_glyph", lambda kind, *_: asked.append(kind) or np.zeros((28, 28), np.uint8))
    rubbish_glyphs(("dash", "cross", "letter"), 7, seed=0, digits=digits)
    assert asked == ["dash", "cross", "letter", "dash", "cross", "letter", "dash"]


def test_no_glyphs_are_an_empty_array(digits):
    assert rubbish_glyphs(TAUGHT, 0, seed=0, digits=digits).shape == (0, 28, 28)


def test_unknown_kind_is_refused_by_name(digits):
    with pytest.raises(ValueError, match="'cat'"):
        draw_rubbish("cat", np.random.default_rng(0), digits)


def test_page_on_which_nothing_is_ever_found_is_an_error(digits, monkeypatch):
    monkeypatch.setattr(glyphs, "draw_rubbish", lambda *_: np.full((60, 60), 255, np.uint8))
    with pytest.raises(ValueError, match="shows nothing of 'dash'"):
        rubbish_glyphs(["dash"], 1, seed=0, digits=digits)


@pytest.mark.parametrize("signs", [LETTERS, SYMBOLS, GREEK])
def test_signs_that_may_be_digits_are_absent(signs):
    assert not set(signs) & set("0123456789OoDQIlijJZzSsbGgqyBAhTFtrfadeUuCcPp|/$§ΣΘθΟοφδξζβσ")


@pytest.mark.parametrize("kind", KINDS)
def test_no_glyph_is_a_steep_slim_stroke(kind, digits):
    for glyph in rubbish_glyphs([kind], 20, seed=3, digits=digits):
        y, x = np.nonzero(glyph > 100)
        assert np.ptp(x) + 1 > 0.2 * (np.ptp(y) + 1)


def test_upright_stroke_is_seen_as_a_one_and_a_level_one_is_not():
    stroke = np.zeros((28, 28), np.uint8)
    stroke[4:24, 12:15] = 255
    assert glyphs._is_a_one(stroke)
    assert not glyphs._is_a_one(np.ascontiguousarray(stroke.T))


def test_two_digits_of_which_one_is_lost_are_not_whole(digits):
    page = np.full((80, 120), 255, np.uint8)
    page[20:48, 20:48] = 255 - digits[0]
    alone = normalise(page)
    page[20:48, 60:88] = 255 - digits[1]
    assert not glyphs._is_whole(alone.pixels, page)


def test_solid_square_is_whole():
    page = np.full((80, 80), 255, np.uint8)
    page[20:60, 20:60] = 0
    assert glyphs._is_whole(np.pad(np.full((20, 20), 255, np.uint8), 4), page)


def test_digit_that_lost_its_strikes_is_not_whole(digits, monkeypatch):
    def pages():
        rng = np.random.default_rng
        return [glyphs.on_paper(from_digits.strike_out(rng(seed), digits), rng(0)) for seed in range(60)]

    struck = pages()
    monkeypatch.setattr(from_digits, "put", lambda *_: None)
    kept = [glyphs._is_whole(normalise(plain).pixels, page) for plain, page in zip(pages(), struck, strict=True)]
    assert np.mean(kept) <= 0.02


def test_two_digits_are_wider_than_one(digits):
    drawn = rubbish_glyphs(["two_digits"], 40, seed=2, digits=digits)
    widths = [np.ptp(np.nonzero(glyph.max(axis=0) > 60)[0]) + 1 for glyph in drawn]
    assert np.median(widths) >= 19
    assert min(widths) >= 12
