import numpy as np

from digitd.imaging.normalise import normalise
from digitd.training.pages import draw_page


def pages(digits, count=60, seed=1):
    rng = np.random.default_rng(seed)
    images = digits.train.images
    return [draw_page(images[k], images[k + 1], rng) for k in range(count)]


def test_pages_are_grey_and_larger_than_the_digit(digits):
    for page in pages(digits):
        assert page.dtype == np.uint8
        assert page.ndim == 2
        assert 8 <= min(page.shape) <= max(page.shape) <= 400


def test_same_seed_draws_the_same_pages(digits):
    for page, again in zip(pages(digits), pages(digits), strict=True):
        np.testing.assert_array_equal(page, again)


def test_both_polarities_occur(digits):
    medians = np.array([np.median(page) for page in pages(digits)])
    assert (medians < 110).any()
    assert (medians > 145).any()


def test_digits_are_found_on_nearly_all_pages(digits):
    found = [normalise(page) is not None for page in pages(digits)]
    assert np.mean(found) > 0.9


def test_on_most_pages_without_a_digit_nothing_is_found():
    rng = np.random.default_rng(1)
    found = [normalise(draw_page(None, None, rng)) is not None for _ in range(60)]
    assert np.mean(found) < 0.7
