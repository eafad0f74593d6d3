"""How well a model reads corrupted digits, the way a page is read: corrupted, normalised, classified."""

from collections.abc import Mapping

import numpy as np

from digitd.imaging.normalise import normalise
from digitd.model.classify import Classifier
from digitd.training.corrupt import CORRUPTIONS, corrupt
from digitd.training.digits import Part

MOST_ROWS = 2000
"""Of a part, the first: an accuracy of 97 % is known to 0.4 points."""

_SEED = 1


def accuracy_under_corruption(classifier: Classifier, part: Part, *, rows: int = MOST_ROWS) -> Mapping[str, float]:
    """Measure each corruption of the suite on up to ``rows`` digits.

    Parameters
    ----------
    classifier : Classifier
    part : Part
    rows : int

    Returns
    -------
    mapping of str to float
        Name of the corruption -> share read right, 0-1; a digit that is not found on its page is not read right.
        Empty for a part without glyphs.
    """
    chosen = part.rows(np.arange(min(rows, len(part))))
    return {name: _accuracy(classifier, chosen, name) for name in CORRUPTIONS} if len(chosen) else {}


def _accuracy(classifier: Classifier, part: Part, name: str) -> float:
    glyphs = [normalise(page) for page in corrupt(part.images, name, seed=_SEED)]
    found = np.flatnonzero([glyph is not None for glyph in glyphs])
    pixels = np.array([glyph.pixels for glyph in glyphs if glyph is not None], np.uint8).reshape(-1, 28, 28)
    read = classifier.probabilities(pixels).argmax(axis=1)
    return float((read == part.labels[found]).sum() / len(part))
