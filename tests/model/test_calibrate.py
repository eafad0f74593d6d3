import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.model import calibrate

CONFIDENCE = np.array([0.99, 0.9, 0.8, 0.7, 0.6])
CORRECT = np.array([True, True, False, True, False])


def test_softmax_of_logarithms_gives_their_shares_back():
    logits = np.log(np.array([[1.0, 2.0, 5.0], [4.0, 4.0, 8.0]]))
    np.testing.assert_allclose(calibrate.softmax(logits), [[0.125, 0.25, 0.625], [0.25, 0.25, 0.5]], rtol=1e-6)


def test_softmax_does_not_overflow_on_huge_logits():
    np.testing.assert_array_equal(calibrate.softmax(np.array([[1e6, 0.0]])), [[1.0, 0.0]])


def test_negative_log_likelihood_is_the_mean_of_minus_ln():
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75]])
    loss = calibrate.negative_log_likelihood(probabilities, np.array([0, 0]))
    assert loss == pytest.approx((math.log(2) + math.log(4)) / 2)


def test_temperature_undoes_an_overconfidence_of_known_size():
    # logits (ln 3, 0) say 75 %; tripled they say 96.4 %, while the first class is true in 3 rows of 4
    logits = np.tile([3 * math.log(3), 0.0], (400, 1))
    labels = np.tile([0, 0, 0, 1], 100)
    assert calibrate.fit_temperature(logits, labels) == pytest.approx(3.0, rel=1e-4)


def test_temperature_is_below_one_where_the_model_was_too_modest():
    logits = np.tile([0.5 * math.log(3), 0.0], (400, 1))
    labels = np.tile([0, 0, 0, 1], 100)
    assert calibrate.fit_temperature(logits, labels) == pytest.approx(0.5, rel=1e-4)


def test_temperature_stays_bounded_when_every_row_is_right():
    assert calibrate.fit_temperature(np.tile([5.0, 0.0], (10, 1)), np.zeros(10, int)) == pytest.approx(0.05, rel=1e-3)


def test_ece_is_the_gap_weighted_by_rows():
    # two bins: (0.5, 1] holds 0.8 and 0.6, half right: gap 0.2; (0, 0.5] holds 0.5 and 0.3, all right: gap 0.6
    confidence, correct = np.array([0.8, 0.6, 0.5, 0.3]), np.array([True, False, True, True])
    assert calibrate.expected_calibration_error(confidence, correct, bins=2) == pytest.approx(0.4)


def test_ece_of_sure_and_right_is_zero():
    assert calibrate.expected_calibration_error(np.ones(3), np.ones(3, bool)) == 0.0


@pytest.mark.parametrize(
    ("target", "threshold"), [(0.0, 0.9), (0.2, 0.9), (0.25, 0.7), (0.34, 0.7), (0.4, 0.6), (1.0, 0.6)]
)
def test_threshold_is_the_least_confidence_that_keeps_the_target(target, threshold):
    # errors when accepting from 0.99, 0.9, 0.8, 0.7, 0.6 on: 0, 0, 1/3, 1/4, 2/5
    assert calibrate.accept_threshold(CONFIDENCE, CORRECT, target) == threshold


def test_threshold_is_none_where_the_most_confident_row_is_wrong():
    assert calibrate.accept_threshold(np.array([0.9, 0.8]), np.array([False, True]), 0.1) is None


def test_rows_of_equal_confidence_are_accepted_together():
    confidence, correct = np.array([0.9, 0.9, 0.8]), np.array([True, False, True])
    assert calibrate.accept_threshold(confidence, correct, 0.0) is None


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60),
    st.floats(0, 1),
)
def test_error_above_a_threshold_never_exceeds_its_target(rows, target):
    confidence, correct = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    threshold = calibrate.accept_threshold(confidence, correct, target)
    if threshold is not None:
        assert (~correct[confidence >= threshold]).mean() <= target


@pytest.mark.parametrize(("asked", "given_"), [(0.001, 0.97), (0.004, 0.97), (0.01, 0.9), (0.5, 0.9)])
def test_lookup_never_returns_a_laxer_threshold_than_asked_for(asked, given_):
    assert calibrate.threshold_for({"0.01": 0.9, "0.001": 0.97}, asked) == given_


def test_target_below_all_that_were_fitted_accepts_nothing():
    assert calibrate.threshold_for({"0.01": 0.9, "0.001": 0.97}, 0.0001) == 1.1


def test_target_out_of_reach_accepts_nothing():
    assert calibrate.threshold_for({"0.01": 0.9, "0.001": None}, 0.002) == 1.1
    assert calibrate.threshold_for({}, 0.002) == 1.1


def test_rejecting_the_least_confident_leaves_their_errors_out():
    rates = calibrate.error_at_rejection(CONFIDENCE, CORRECT, (0.0, 0.2, 0.6, 1.0))
    assert rates == {0.0: 0.4, 0.2: 0.25, 0.6: 0.0, 1.0: 0.0}
