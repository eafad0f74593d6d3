import numpy as np

from digitd.training.augment import augment


def test_same_seed_gives_the_same_glyphs(digits):
    images = digits.train.images[:50]
    np.testing.assert_array_equal(augment(images, np.random.default_rng(5)), augment(images, np.random.default_rng(5)))


def test_another_seed_gives_other_glyphs(digits):
    images = digits.train.images[:50]
    assert not np.array_equal(augment(images, np.random.default_rng(5)), augment(images, np.random.default_rng(6)))


def test_glyphs_keep_shape_and_type_and_the_originals_stay(digits):
    images = digits.train.images[:50]
    before = images.copy()
    varied = augment(images, np.random.default_rng(0))
    assert varied.shape == images.shape
    assert varied.dtype == np.uint8
    np.testing.assert_array_equal(images, before)


def test_every_glyph_keeps_its_ink(digits):
    varied = augment(digits.train.images, np.random.default_rng(0))
    assert varied.max(axis=(1, 2)).min() >= 100
    share = varied.mean(axis=(1, 2)) / digits.train.images.mean(axis=(1, 2))
    assert 0.7 < np.median(share) < 1.5


def test_ink_stays_near_the_middle(digits):
    varied = augment(digits.train.images, np.random.default_rng(0)).astype(float)
    rows, columns = np.mgrid[0:28, 0:28]
    ink = varied.sum(axis=(1, 2))
    centres = np.stack([(varied * rows).sum(axis=(1, 2)), (varied * columns).sum(axis=(1, 2))]) / ink
    assert np.abs(np.median(centres, axis=1) - 14).max() < 0.5
    assert np.abs(np.percentile(centres, [1, 99], axis=1) - 14).max() < 4


def test_augmented_digits_are_still_read(digits):
    from digitd.model.artefact import load_artefact, shipped_model
    from digitd.model.classify import load_classifier

    varied = augment(digits.train.images, np.random.default_rng(0))
    read = load_classifier(load_artefact(shipped_model())).probabilities(varied).argmax(axis=1)
    # scratches, felt pens and coarse scans are meant to be hard, and some glyphs are lost in them
    assert (read == digits.train.labels).mean() > 0.93
