"""What the classifier's confidence is worth in the boxes of forms, and from where on a whole field is accepted.

The constants are fitted on simulated pages, filled with digits that the model was not trained on, the way
``python -m benchmarks.form_confidence`` does it; that also says how well they hold.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

TEMPERATURE = 0.95
"""Softens (above 1) or sharpens what the classifier says of glyphs from boxes; it has its own temperature already."""
CHANCE = 0.00009
"""How often what is in a box is anything else, however sure the classifier is."""
THRESHOLDS: Mapping[str, float | None] = {
    "0.0005": 0.99,
    "0.001": 0.975,
    "0.002": 0.9,
    "0.005": 0.5,
    "0.01": 0.5,
}
"""Target error of digits as text -> least confidence of one digit, for `digitd.model.calibrate.threshold_for`.

Fitted on values as the rules of their forms leave them, of 599 simulated pages (8,753 values). For one in a thousand
all of them ask for 0.967, the halves for 0.955 and 0.982; hence 0.975, a little on the safe side. With it 4 of 13,365
accepted digits of 295 other pages were wrong, and 4.9 % of the fields were left to a person. Without any rule about
twice as many are wrong. ECE of whole values 0.004.
"""

_EVEN = 0.5
"""Below it a value is less likely right than wrong, and never accepted."""


def least_for(threshold: float, digits: int) -> float:
    """Return the least confidence of a whole value of so many digits, where that of a single one is `threshold`.

    A value may be wrong as often as its digits together. So what is left to a person is spent where it helps most: of
    all ways to accept the same number of digits, this one has the fewest expected errors a digit.
    """
    if threshold > 1:  # nothing is to be accepted
        return threshold
    return max(_EVEN, 1 - max(1, digits) * (1 - threshold))


def calibrated(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return what the probabilities of digits are worth where they were written in boxes.

    Parameters
    ----------
    probabilities : (N, 10) float
        As the classifier says, digit 0 first; rows sum to 1, less the probability of no digit.

    Returns
    -------
    (N, 10) float64
        Rows sum to less than 1.
    """
    return eleven_calibrated(eleven_of(probabilities), TEMPERATURE, CHANCE)[:, :10]


def eleven_of(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Add to probabilities of digits, (N, 10), that of no digit: (N, 11) float64, rows sum to 1."""
    digits = np.asarray(probabilities, np.float64)
    return np.concatenate([digits, np.maximum(1 - digits.sum(axis=1, keepdims=True), 0)], axis=1)


def eleven_calibrated(eleven: NDArray[np.float64], temperature: float, chance: float) -> NDArray[np.float64]:
    """Raise (N, 11) probabilities to 1 / temperature, and leave a chance to each of the eleven alike."""
    powers = np.clip(eleven, 1e-12, 1) ** (1 / temperature)
    return np.asarray((1 - chance) * powers / powers.sum(axis=1, keepdims=True) + chance / 11)
