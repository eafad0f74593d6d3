"""Digits as hands around the world write them, drawn for training."""

import numpy as np
from numpy.typing import NDArray

from digitd.imaging.normalise import normalise
from digitd.training.written.allographs import FORMS
from digitd.training.written.pen import write


def written_digits(count: int, *, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Write digits, all ten and every form of each equally often, and pass them through the normaliser.

    Parameters
    ----------
    count : int
    seed : int
        The same seed writes the same.

    Returns
    -------
    (count, 28, 28) uint8, 255 = ink, and (count,) int64 labels
    """
    rng = np.random.default_rng([seed, 3])
    labels = np.arange(count, dtype=np.int64) % 10
    glyphs = np.zeros((count, 28, 28), np.uint8)
    for row, label in enumerate(labels):
        forms = list(FORMS[int(label)].values())
        glyph = None
        while glyph is None:
            glyph = normalise(write(forms[row // 10 % len(forms)], rng))
        glyphs[row] = glyph.pixels
    return glyphs, labels
