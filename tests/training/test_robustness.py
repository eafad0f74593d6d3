import numpy as np
import pytest

from digitd.training.corrupt import CORRUPTIONS
from digitd.training.digits import Part
from digitd.training.robustness import accuracy_under_corruption


class AlwaysOne:
    """A classifier that reads a one, whatever it sees, and counts what it was shown."""

    def __init__(self):
        self.shown = 0

    def probabilities(self, glyphs):
        self.shown += len(glyphs)
        return np.tile(np.eye(10, dtype=np.float32)[1], (len(glyphs), 1))


def test_every_corruption_is_measured_against_the_truth(digits):
    part = digits.test.rows(np.arange(40))
    accuracies = accuracy_under_corruption(AlwaysOne(), part)
    assert tuple(accuracies) == CORRUPTIONS
    share = float((part.labels == 1).mean())
    assert all(share - 0.1 <= accuracy <= share for accuracy in accuracies.values())  # less where no digit is found
    assert accuracies["rotate"] == pytest.approx(share)


def test_no_more_rows_are_read_than_asked_for(digits):
    classifier = AlwaysOne()
    accuracy_under_corruption(classifier, digits.test, rows=7)
    assert 0 < classifier.shown <= 7 * len(CORRUPTIONS)


def test_part_without_glyphs_has_no_accuracies():
    part = Part(images=np.zeros((0, 28, 28), np.uint8), labels=np.zeros(0, np.int64))
    assert accuracy_under_corruption(AlwaysOne(), part) == {}
