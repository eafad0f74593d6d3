import numpy as np
import pytest

from digitd.training.corrupt import CORRUPTIONS
from digitd.training.digits import Part
from digitd.training.robustness import MOST_ROWS, measure_robustness


class AlwaysOne:
    """A classifier that reads a one, whatever it sees, and counts what it was shown."""

    def __init__(self):
        self.shown = 0

    def probabilities(self, glyphs):
        self.shown += len(glyphs)
        return np.tile(np.eye(10, dtype=np.float32)[1], (len(glyphs), 1))


def test_every_corruption_is_measured_against_the_truth(digits):
    part = digits.test.rows(np.arange(40))
    robustness = measure_robustness(AlwaysOne(), part)
    assert robustness.rows == 40
    assert tuple(robustness.corrupted) == CORRUPTIONS
    share = float((part.labels == 1).mean())
    assert robustness.clean == robustness.corrupted["rotate"] == pytest.approx(share)
    # less where no digit is found
    assert all(share - 0.1 <= accuracy <= share for accuracy in robustness.corrupted.values())


def test_rows_are_spread_over_the_whole_part(digits):
    rows = np.append(np.zeros(MOST_ROWS, np.int64), np.arange(100))  # a part that is the same digit, but for its end
    classifier = AlwaysOne()
    robustness = measure_robustness(classifier, digits.test.rows(rows))
    assert robustness.rows == MOST_ROWS
    assert classifier.shown <= MOST_ROWS * (len(CORRUPTIONS) + 1)
    share = float((digits.test.labels[rows] == 1).mean())
    assert abs(robustness.clean - share) < 0.01


def test_part_without_glyphs_has_no_accuracies():
    part = Part(images=np.zeros((0, 28, 28), np.uint8), labels=np.zeros(0, np.int64))
    assert measure_robustness(AlwaysOne(), part).corrupted == {}
