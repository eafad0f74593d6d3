"""What the classifier's confidence is worth in the boxes of forms, and from where on a whole field is accepted.

The constants are fitted on simulated pages, filled with digits that the model was not trained on:
``python -m benchmarks.form_confidence`` makes them again and says how well they hold.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

TEMPERATURE = 1.0
"""Softens (above 1) or sharpens what the classifier says of glyphs from boxes; it has its own temperature already."""
CHANCE = 0.0005
"""How often what is in a box is anything else, however sure the classifier is."""
THRESHOLDS: Mapping[str, float | None] = {"0.001": 0.95}
"""Target error of whole fields as text -> least confidence, as `digitd.model.calibrate.threshold_for` takes them."""


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
