import numpy as np
import pytest

from digitd.training.lessons import NO_DIGIT, TO_LEARN, broad_lessons, digits_only


@pytest.fixture(scope="module")
def part(digits):
    return digits.train.rows(np.arange(400))


@pytest.fixture(scope="module")
def lessons(part):
    return broad_lessons(part, TO_LEARN, seed=1)


def test_the_digits_themselves_come_first_and_unchanged(part, lessons):
    np.testing.assert_array_equal(lessons.images[:400], part.images)
    np.testing.assert_array_equal(lessons.labels[:400], part.labels)


def test_every_label_occurs_among_what_is_drawn(lessons):
    drawn = np.bincount(lessons.labels[400:], minlength=11)
    assert len(drawn) == 11
    assert drawn.min() > 0
    assert 50 < drawn[NO_DIGIT] < 0.3 * len(lessons)


def test_everything_is_a_glyph_with_ink(lessons):
    assert lessons.images.shape == (len(lessons), 28, 28)
    assert lessons.images.dtype == np.uint8
    assert lessons.images.max(axis=(1, 2)).min() > 0


def test_same_seed_draws_the_same_and_another_does_not(part):
    few = part.rows(np.arange(60))
    np.testing.assert_array_equal(
        broad_lessons(few, TO_LEARN, seed=1).images, broad_lessons(few, TO_LEARN, seed=1).images
    )
    assert not np.array_equal(
        broad_lessons(few, TO_LEARN, seed=1).images[60:], broad_lessons(few, TO_LEARN, seed=2).images[60:]
    )


def test_nothing_drawn_with_one_seed_is_drawn_with_the_next(part):
    few = part.rows(np.arange(100))
    taught, held_out = (broad_lessons(few, TO_LEARN, seed=seed).images[100:] for seed in (1, 2))
    assert not {image.tobytes() for image in taught} & {image.tobytes() for image in held_out}


def test_digits_only_are_just_that(part):
    assert digits_only(part).labels is part.labels
