"""What the classifier's confidence is worth in the boxes of forms, and from where on a whole field is accepted."""

import numpy as np
from numpy.typing import NDArray

TEMPERATURE = 1.0
CHANCE = 0.0005
"""How often what is in a box is something else, however sure the classifier is."""

THRESHOLDS: dict[str, float | None] = {"0.001": 0.95}


def calibrated(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return what the probabilities of digits are worth where they were written in boxes.

    Parameters
    ----------
    probabilities : (N, 10) float
        As the classifier says, digit 0 first; rows sum to 1, less the probability of no digit.

    Returns
    -------
    (N, 10) float64
    """
    eleven = np.concatenate([probabilities, 1 - probabilities.sum(axis=1, keepdims=True)], axis=1, dtype=np.float64)
    powers = np.clip(eleven, 1e-12, 1) ** (1 / TEMPERATURE)
    rows = powers / powers.sum(axis=1, keepdims=True)
    return np.asarray((1 - CHANCE) * rows[:, :10] + CHANCE / 11)
