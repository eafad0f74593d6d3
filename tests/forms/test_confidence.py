import numpy as np

from digitd.forms.confidence import CHANCE, THRESHOLDS, calibrated, eleven_of


def _answers(*best):
    """Return answers to as many glyphs, each sure of digit 4 by so much and of no digit by the rest."""
    rows = np.zeros((len(best), 10), np.float32)
    rows[:, 4] = best
    return rows


def test_order_of_confidences_is_kept():
    mapped = calibrated(_answers(0.2, 0.5, 0.9, 0.99, 1.0))[:, 4]
    assert (np.diff(mapped) > 0).all()


def test_nothing_is_certain_and_nothing_impossible():
    (row,) = calibrated(_answers(1.0))
    assert row[4] < 1
    assert (row > 0).all()
    assert row.sum() < 1
    assert 1 - row[4] <= CHANCE


def test_what_rows_lack_to_one_is_no_digit():
    assert eleven_of(_answers(0.25))[0, 10] == 0.75
    assert calibrated(_answers(0.0)).sum() < 0.01


def test_stricter_targets_take_higher_confidences():
    in_order = [THRESHOLDS[target] for target in sorted(THRESHOLDS, key=float)]
    assert in_order == sorted(in_order, reverse=True)
    assert min(in_order) >= 0.5
