import numpy as np
import pytest

from digitd.imaging.normalise import normalise
from digitd.training.rubbish import TAUGHT, UNSEEN, draw_rubbish, rubbish_glyphs
from digitd.training.rubbish.letters import LETTERS, WRITTEN
from digitd.training.rubbish.shape import is_busy, may_be_one

KINDS = TAUGHT + UNSEEN


@pytest.fixture(scope="module")
def genuine(mnist_rows):
    return mnist_rows[0][:500]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_grey_and_show_something(kind, genuine):
    rng = np.random.default_rng(1)
    for _ in range(10):
        page = draw_rubbish(kind, rng, genuine)
        assert page.dtype == np.uint8
        assert page.ndim == 2
        assert 24 <= min(page.shape) <= max(page.shape) <= 330
        assert np.ptp(page.astype(int)) > 40


@pytest.mark.parametrize("kind", UNSEEN)
def test_what_is_measured_with_is_dark_on_light(kind, genuine):
    rng = np.random.default_rng(1)
    for _ in range(10):
        page = draw_rubbish(kind, rng, genuine)
        assert int(np.median(page)) - int(page.min()) > 40


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"light_bar", "random_dots"}])
def test_the_normaliser_finds_nearly_every_drawing(kind, genuine):
    rng = np.random.default_rng(2)
    found = [normalise(draw_rubbish(kind, rng, genuine)) is not None for _ in range(50)]
    assert sum(found) >= 47


@pytest.mark.parametrize("kind", ["doodle", "ringed_mark", "random_dots"])
def test_what_chance_put_together_is_busier_than_a_digit(kind, genuine):
    assert all(is_busy(glyph) for glyph in rubbish_glyphs((kind,), 40, seed=9, digits=genuine))


def test_few_digits_are_busy(genuine):
    assert np.mean([is_busy(digit) for digit in genuine]) < 0.02


def test_rubbish_is_taught_on_forms_too(genuine):
    """Where it was never seen among print, print would tell that what stands there is a digit."""
    rng = np.random.default_rng(10)
    light = [int(np.median(draw_rubbish("cross", rng, genuine))) > 127 for _ in range(200)]
    assert 0.85 < np.mean(light) < 0.99  # only the camera that sees forms turns pictures about


def test_glyphs_are_as_the_classifier_gets_them(genuine):
    glyphs = rubbish_glyphs(KINDS, 2 * len(KINDS), seed=3, digits=genuine)
    assert glyphs.shape == (2 * len(KINDS), 28, 28)
    assert glyphs.dtype == np.uint8
    assert (glyphs.max(axis=(1, 2)) > 200).all()


def test_same_seed_gives_the_same_glyphs(genuine):
    first, again = (rubbish_glyphs(KINDS, 40, seed=4, digits=genuine) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_another_seed_gives_other_glyphs(genuine):
    first, other = (rubbish_glyphs(KINDS, 40, seed=seed, digits=genuine) for seed in (4, 5))
    assert not (first == other).all(axis=(1, 2)).any()


def test_kinds_take_turns(genuine):
    mixed = rubbish_glyphs(("dash", "spiral"), 40, seed=6, digits=genuine)
    inked = (mixed > 0).mean(axis=(1, 2))
    assert inked[0::2].max() < inked[1::2].min()


def test_what_is_measured_with_was_never_taught():
    assert set(TAUGHT).isdisjoint(UNSEEN)
    assert len(set(KINDS)) == len(KINDS)


def test_no_letter_is_one_that_passes_for_a_digit():
    assert set(LETTERS) | set(WRITTEN) <= set("EHKLMNPRVWXkmnpvwx")


def test_no_glyph_is_a_plain_upright_stroke(genuine):
    glyphs = rubbish_glyphs(("fragment", "lines", "texture", "scribble"), 200, seed=7, digits=genuine)
    assert not any(may_be_one(glyph) for glyph in glyphs)


def test_an_upright_stroke_may_be_a_one_and_a_level_one_may_not():
    upright = np.zeros((28, 28), np.uint8)
    upright[4:24, 13:15] = 255
    assert may_be_one(upright)
    assert not may_be_one(np.ascontiguousarray(upright.T))


def test_two_digits_are_both_there(genuine):
    glyphs = rubbish_glyphs(("two_digits",), 100, seed=8, digits=genuine)
    widths = [np.ptp(np.flatnonzero(glyph.max(axis=0) > 60)) for glyph in glyphs]
    single = [np.ptp(np.flatnonzero(glyph.max(axis=0) > 60)) for glyph in genuine]
    assert np.median(widths) > 18 > np.median(single)


def test_an_unknown_kind_is_refused_by_name(genuine):
    with pytest.raises(ValueError, match="'digit'"):
        rubbish_glyphs(("digit",), 1, seed=0, digits=genuine)
