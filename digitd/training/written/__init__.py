"""Digits as hands around the world write them, drawn for training.

A form is bent, judged legible and inked on a page, which passes through the normaliser that serves. What reads the
glyphs has to find its own measure of how common a form is: here all forms of a digit come equally often.
"""

from functools import partial

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.imaging.normalise import normalise
from digitd.training.written.allographs import FORMS
from digitd.training.written.legible import legible
from digitd.training.written.pen import write

_INK_SIDE = 20
"""Pixels of a glyph that its digit fills."""
_WHOLE = 0.89
"""Of the ink; 99 of 100 digits keep 0.9 or more, those that lost a stroke less."""

__all__ = ["FORMS", "write_digit", "written_digits"]


def write_digit(digit: int, form: str, rng: Generator) -> NDArray[np.uint8]:
    """Write a digit once, every time a little otherwise.

    Parameters
    ----------
    digit : int
    form : str
        A name in ``FORMS[digit]``.
    rng : Generator

    Returns
    -------
    (H, W) uint8, 0 = ink on 255
        The digit is 80-110 px high, less where it is wider than high.

    Raises
    ------
    KeyError
        When the digit has no such form.
    """
    return write(FORMS[digit][form], rng, partial(legible, digit))


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
        In shuffled order.
    """
    rng = np.random.default_rng([seed, 3])
    first = int(rng.integers(1000))
    turns = rng.permutation(count)
    labels = (turns % 10).astype(np.int64)
    glyphs = np.zeros((count, 28, 28), np.uint8)
    for row, (turn, label) in enumerate(zip(turns.tolist(), labels.tolist(), strict=True)):
        names = list(FORMS[label])
        glyphs[row] = _glyph(label, names[(first + turn // 10) % len(names)], rng)
    return glyphs, labels


def _glyph(digit: int, form: str, rng: Generator) -> NDArray[np.uint8]:
    """Write until the normaliser keeps the whole digit: in a few of 1,000 it takes a thin stroke for ruling."""
    while True:
        page = write_digit(digit, form, rng)
        glyph = normalise(page)
        if glyph is not None and _kept(page, glyph.pixels) > _WHOLE:
            return glyph.pixels


def _kept(page: NDArray[np.uint8], glyph: NDArray[np.uint8]) -> float:
    """Measure the share of a page's ink that is on its glyph."""
    _, _, width, height = cv2.boundingRect((page < 128).view(np.uint8))
    ink = 255.0 * page.size - float(page.sum())
    return float(glyph.sum()) * (max(width, height) / _INK_SIDE) ** 2 / ink
