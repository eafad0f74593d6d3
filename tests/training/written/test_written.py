from collections import Counter

import numpy as np
import pytest

import digitd.training.written as written
from digitd.imaging.normalise import normalise
from digitd.training.written import FORMS, write_digit, written_digits

EVERY_FORM = [(digit, name) for digit, forms in FORMS.items() for name in forms]


@pytest.fixture(scope="module")
def some():
    return written_digits(300, seed=1)


def test_glyphs_and_labels_have_the_shapes_that_training_takes(some):
    glyphs, labels = some
    assert glyphs.shape == (300, 28, 28)
    assert glyphs.dtype == np.uint8
    assert glyphs.max(axis=(1, 2)).min() == 255
    assert labels.shape == (300,)
    assert labels.dtype == np.int64


def test_digits_come_equally_often_in_no_order(some):
    labels = some[1]
    assert np.bincount(labels).tolist() == [30] * 10
    assert labels[:20].tolist() != (np.arange(20) % 10).tolist()


def test_same_seed_writes_the_same(some):
    for first, second in zip(some, written_digits(300, seed=1), strict=True):
        np.testing.assert_array_equal(first, second)


def test_another_seed_writes_otherwise(some):
    assert not np.array_equal(some[0], written_digits(300, seed=2)[0])


def test_forms_of_a_digit_come_equally_often(monkeypatch):
    counts = Counter()

    def counted(digit, form, rng):
        counts[digit, form] += 1
        return write_digit(digit, form, rng)

    monkeypatch.setattr(written, "write_digit", counted)
    monkeypatch.setattr(written, "_WHOLE", 0.0)  # nothing is written twice
    written_digits(10 * len(FORMS[4]) * 2, seed=1)
    assert [counts[4, name] for name in FORMS[4]] == [2] * len(FORMS[4])


def test_no_digits_are_none():
    glyphs, labels = written_digits(0, seed=1)
    assert glyphs.shape == (0, 28, 28)
    assert labels.shape == (0,)


@pytest.mark.parametrize(("digit", "name"), EVERY_FORM)
def test_every_form_gives_a_glyph(digit, name):
    rng = np.random.default_rng(1)
    for _ in range(3):
        glyph = normalise(write_digit(digit, name, rng))
        assert glyph is not None
        assert glyph.pixels.max() == 255


def test_unknown_form_is_refused():
    with pytest.raises(KeyError):
        write_digit(1, "crossed", np.random.default_rng(1))


def test_glyph_that_lost_a_stroke_is_not_whole():
    page = np.full((100, 80), 255, np.uint8)
    page[10:90, 10:20] = page[10:20, 10:70] = 0
    glyph = normalise(page)
    assert glyph is not None
    lost = glyph.pixels.copy()
    lost[:, 16:] = 0
    assert written._kept(page, glyph.pixels) > written._WHOLE > written._kept(page, lost)
