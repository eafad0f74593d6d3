import numpy as np
import pytest

from digitd.reader import Reader
from digitd.values import Status


class Certain:
    """A classifier that gives one digit this probability, whatever it sees."""

    def __init__(self, digit, probability):
        self._probabilities = np.full((1, 10), (1 - probability) / 9, np.float32)
        self._probabilities[0, digit] = probability

    def probabilities(self, glyphs):
        assert glyphs.shape == (1, 28, 28)
        assert glyphs.dtype == np.uint8
        return self._probabilities


@pytest.fixture
def page():
    """Return white paper with a black bar."""
    paper = np.full((100, 80), 255, np.uint8)
    paper[20:80, 38:44] = 0
    return paper


@pytest.mark.parametrize(
    ("threshold", "status", "reason"), [(0.97, Status.ACCEPTED, ""), (0.98, Status.REVIEW, "low_confidence")]
)
def test_value_is_accepted_from_the_threshold_on(page, threshold, status, reason):
    reading = Reader(classifier=Certain(1, 0.975), threshold=threshold).read(page, 3)
    assert (reading.value, reading.status, reading.reason, reading.page) == ("1", status, reason, 3)
    assert reading.confidence == pytest.approx(0.975)
    assert len(reading.probabilities) == 10


def test_box_of_the_reading_holds_the_ink(page):
    box = Reader(classifier=Certain(1, 0.9), threshold=0.5).read(page, 1).box
    assert abs(box.x - 38) <= 2
    assert abs(box.y - 20) <= 2
    assert abs(box.x + box.width - 44) <= 2
    assert abs(box.y + box.height - 80) <= 2


def test_blank_page_has_no_value():
    reading = Reader(classifier=Certain(1, 0.9), threshold=0.5).read(np.full((100, 80), 255, np.uint8), 1)
    assert (reading.value, reading.confidence, reading.status, reading.reason) == ("", None, Status.BLANK, "blank")


def test_page_full_of_noise_is_left_to_a_person():
    noise = np.random.default_rng(1).integers(0, 256, (300, 300), np.uint8)
    reading = Reader(classifier=Certain(1, 0.9), threshold=0.5).read(noise, 1)
    assert (reading.value, reading.confidence) == ("", None)
    assert (reading.status, reading.reason) == (Status.REVIEW, "not_a_digit")
