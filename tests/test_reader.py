import numpy as np
import pytest

from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.classify import load_classifier
from digitd.reader import Reader
from digitd.values import Status


class Certain:
    """A classifier that gives one digit this probability, and none to no digit unless told, whatever it sees."""

    def __init__(self, digit, probability, no_digit=0.0):
        self._probabilities = np.full((1, 10), (1 - probability - no_digit) / 9, np.float32)
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


@pytest.mark.parametrize("threshold", [0.1, 0.9])
def test_what_looks_like_no_digit_is_left_to_a_person_with_a_guess(page, threshold):
    reading = Reader(classifier=Certain(1, 0.3, no_digit=0.6), threshold=threshold).read(page, 1)
    assert (reading.value, reading.status, reading.reason) == ("1", Status.REVIEW, "not_a_digit")
    assert reading.confidence == pytest.approx(0.3)


def test_digit_more_probable_than_none_is_merely_doubtful(page):
    reading = Reader(classifier=Certain(1, 0.5, no_digit=0.4), threshold=0.9).read(page, 1)
    assert (reading.status, reading.reason) == (Status.REVIEW, "low_confidence")


def test_shipped_model_takes_a_page_full_of_noise_for_no_digit():
    noise = np.random.default_rng(1).integers(0, 256, (300, 300), np.uint8)
    reader = Reader(classifier=load_classifier(load_artefact(shipped_model())), threshold=0.5)
    reading = reader.read(noise, 1)
    assert (reading.status, reading.reason) == (Status.REVIEW, "not_a_digit")
