"""Corruptions by one more stroke from side to side, in dots or in a zigzag."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training.corruption.pixels import SIDE, Images, as_grey

_ROWS, _COLUMNS = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)


def dotted_line(images: Images, rng: Generator) -> Images:
    """Draw a straight line from side to side between two random rows, two columns off and two on."""
    left, right = rng.integers(0, 27, (len(images), 2)).T[..., None, None]
    line = left + (right - left) * _COLUMNS / (SIDE - 1)
    return _draw(images, line, on=(_COLUMNS % 4 >= 2) & (_COLUMNS < SIDE - 1))


def zigzag(images: Images, rng: Generator) -> Images:
    """Draw a zigzag through columns 2-24: 2 rows up and down, 8 columns a wave, at most 5 rows of slope.

    MNIST-C turns the zigzag by its slope, at most 12 degrees; here it is sheared, which keeps one row for each column.
    """
    first, last = 2, 25
    start, rise = rng.integers([0, -5], [27, 5], (len(images), 2)).T[..., None, None]
    along = _COLUMNS - first
    wave = 2 * np.arcsin(np.sin(2 * np.pi * along / 8)) / (np.pi / 2)
    return _draw(images, start + rise * along / (last - first) + wave, on=(along >= 0) & (along < last - first))


def _draw(images: Images, line: NDArray[np.floating], *, on: NDArray[np.bool_]) -> Images:
    """Add the ink of a line: 1 + log(1 - d / 2.3) at d rows from it, none from 1.45 rows on.

    The line is (N, 28, 28), its row at each column, the same for all rows; `on` is (28, 28), where the pen is down.
    """
    distance = np.minimum(np.abs(_ROWS - line), 2.29)
    ink = np.maximum(1 + np.log(1 - distance / 2.3), 0) * on
    return as_grey(images + 255 * ink)
