"""What a confidence is worth: temperature scaling, calibration error, and the threshold for a target error.

Pure NumPy. Everything here is fitted on rows held out from training, never on the test set. Residual risk:
calibration holds for images like those held out; a photo of another kind can be read wrong with high confidence.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

TARGET_ERRORS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
REJECT_RATES = (0.0, 0.01, 0.02, 0.05, 0.10)
NOTHING_IS_ACCEPTED = 1.1  # above every probability

_STEEPEST, _FLATTEST = 0.05, 20.0  # temperatures beyond these mean that the rows say nothing


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float32]:
    """Turn logits into probabilities.

    Parameters
    ----------
    logits : (N, C) float
        Unbounded scores.

    Returns
    -------
    (N, C) float32
        Each row is positive and sums to 1.
    """
    shifted = np.asarray(logits, np.float64)
    shifted = shifted - shifted.max(axis=1, keepdims=True)  # the largest exponent is 0: no overflow
    powers = np.exp(shifted)
    probabilities: NDArray[np.float32] = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return probabilities


def digit_probabilities(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float32]:
    """Turn logits into the calibrated probability of each digit.

    Parameters
    ----------
    logits : (N, 10) or (N, 11) float
        An eleventh column stands for what is no digit.
    temperature : float
        Above 0.

    Returns
    -------
    (N, 10) float32
        Rows sum to 1, less the probability that there is no digit.
    """
    return softmax(logits / temperature)[:, :10]


def negative_log_likelihood(probabilities: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """Return the mean of -ln p(label), in nats; probabilities below 1e-12 count as 1e-12.

    Parameters
    ----------
    probabilities : (N, C) float, 0-1
    labels : (N,) int
        Column of the true class.
    """
    of_truth = np.asarray(probabilities, np.float64)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(of_truth, 1e-12)).mean())


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """Find the temperature T at which softmax(logits / T) is most likely to give the labels.

    The likelihood is convex in 1/T, so halving the interval on its slope finds the one minimum.
    Temperature scaling: Guo et al. 2017, arXiv 1706.04599, section 4.2.

    Parameters
    ----------
    logits : (N, C) float
        Of rows that the model was not trained on.
    labels : (N,) int

    Returns
    -------
    float
        Between 0.05 and 20; above 1 where the model was too sure of itself.
    """
    scores = np.asarray(logits, np.float64)
    of_truth = scores[np.arange(len(labels)), labels]

    def slope(inverse: float) -> float:
        expected = (softmax(scores * inverse).astype(np.float64) * scores).sum(axis=1)
        return float((expected - of_truth).mean())

    low, high = np.log(1 / _FLATTEST), np.log(1 / _STEEPEST)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if slope(float(np.exp(middle))) > 0 else (middle, high)
    return float(np.exp(-(low + high) / 2))


def expected_calibration_error(confidence: NDArray[np.floating], correct: NDArray[np.bool_], bins: int = 15) -> float:
    """Return the mean gap between confidence and accuracy, over equal-width bins weighted by their rows.

    ECE = sum over bins of (rows in bin / rows) * |accuracy - mean confidence|; bins are (a, b].
    Guo et al. 2017, arXiv 1706.04599, equation 3.

    Parameters
    ----------
    confidence : (N,) float, 0-1
    correct : (N,) bool
    bins : int

    Returns
    -------
    float
        0 is perfect, 1 the worst; 0 for no rows.
    """
    return sum(gap * share for _, _, gap, share in reliability(confidence, correct, bins))


def reliability(
    confidence: NDArray[np.floating], correct: NDArray[np.bool_], bins: int = 15
) -> list[tuple[float, float, float, float]]:
    """Return for each bin that holds rows (mean confidence, accuracy, gap, share of the rows)."""
    sure = np.asarray(confidence, np.float64)
    position = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    found = []
    for bin_ in np.unique(position):
        inside = position == bin_
        mean, accuracy = float(sure[inside].mean()), float(correct[inside].mean())
        found.append((mean, accuracy, abs(accuracy - mean), float(inside.mean())))
    return found


def accept_threshold(confidence: NDArray[np.floating], correct: NDArray[np.bool_], target_error: float) -> float | None:
    """Find the least confidence at which the error among accepted rows is at most the target.

    A row is accepted when its confidence is at least the threshold. This is the observed error: with n accepted
    rows it says little about targets near 1/n. A bound that holds with known probability: Geifman and El-Yaniv 2017,
    arXiv 1705.08500.

    Parameters
    ----------
    confidence : (N,) float, 0-1
    correct : (N,) bool
    target_error : float
        Wrong rows among the accepted ones, 0-1.

    Returns
    -------
    float or None
        None where even the most confident rows are wrong too often.
    """
    if not len(confidence):
        return None
    order = np.argsort(-confidence, kind="stable")
    sure, wrong = confidence[order], np.cumsum(~correct[order])
    last_of_equals = np.append(sure[1:] != sure[:-1], True)  # rows of equal confidence stand or fall together
    error = wrong / np.arange(1, len(sure) + 1)
    reached = np.flatnonzero(last_of_equals & (error <= target_error))
    return float(sure[reached[-1]]) if len(reached) else None


def fit_thresholds(
    confidence: NDArray[np.floating],
    correct: NDArray[np.bool_],
    targets: Sequence[float] = TARGET_ERRORS,
) -> dict[str, float | None]:
    """Find the threshold for each target error; the keys are the targets as text, as the manifest holds them."""
    return {repr(target): accept_threshold(confidence, correct, target) for target in targets}


def threshold_for(thresholds: Mapping[str, float | None], target_error: float) -> float:
    """Look up the confidence from which a reading may be accepted, never laxer than what was asked for.

    Parameters
    ----------
    thresholds : mapping of str to float or None
        Target error as text -> least confidence, as in the manifest.
    target_error : float
        0-1.

    Returns
    -------
    float
        That of the largest listed target not above the one asked for; 1.1, which nothing reaches, where there is none
        or it is out of the model's reach.
    """
    listed = sorted((float(target), least) for target, least in thresholds.items())
    within = [least for target, least in listed if target <= target_error]
    chosen = within[-1] if within else None
    return NOTHING_IS_ACCEPTED if chosen is None else chosen


def error_at_rejection(
    confidence: NDArray[np.floating], correct: NDArray[np.bool_], rates: Sequence[float] = REJECT_RATES
) -> dict[float, float]:
    """Return the error that remains when the given share of the rows, the least confident, is left to a person.

    Parameters
    ----------
    confidence : (N,) float, 0-1
    correct : (N,) bool
    rates : sequence of float
        Shares rejected, 0-1.

    Returns
    -------
    dict of float to float
        Rate -> wrong among the rows kept, 0-1; 0 where no row is kept.
    """
    order = np.argsort(confidence, kind="stable")
    wrong = ~correct[order]
    kept = {rate: wrong[round(rate * len(wrong)) :] for rate in rates}
    return {rate: float(rows.mean()) if len(rows) else 0.0 for rate, rows in kept.items()}
