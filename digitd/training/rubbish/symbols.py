"""Characters kept out of training, to measure rejection: question marks, symbols, Greek letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.training.rubbish import hand, printed

if TYPE_CHECKING:
    from numpy.random import Generator

SYMBOLS = "#%@&*★☆♣♠☂♫✂"
"""Left out for likeness: the section sign (8, 5), $ (8, 5), the euro (6), the pilcrow (9)."""
GREEK = "ΩΨψλπω"
"""Left out for likeness: Σ (2), ξ ζ (3), δ (8), Θ θ φ (0, 8), Γ (7), Δ (0); and Ξ, which is three parallel lines."""


def question_mark(rng: Generator) -> hand.Ink:
    """Draw a question mark with a dot that cannot be missed."""
    if rng.random() < 0.5:
        return hand.bend(printed.character("?", rng, printed.LIGHT), rng)
    hook = np.array([[0, 25], [8, 6], [30, 0], [52, 10], [52, 32], [34, 48], [28, 58], [28, 68]]) / 100
    hook += rng.normal(0, 0.02, hook.shape)
    at, low = 0.28 + rng.normal(0, 0.02), rng.uniform(0.94, 1.04)
    dot = hand.arc((at, low), (0.05, 0.05), 0, 2 * np.pi)
    return hand.write([hand.curve(hook), dot], rng, broadest=0.09, shake=0.7)


def symbol(rng: Generator) -> hand.Ink:
    """Draw one of the symbols of a keyboard or a card."""
    return hand.bend(printed.character(SYMBOLS[rng.integers(len(SYMBOLS))], rng, printed.SANS), rng)


def greek(rng: Generator) -> hand.Ink:
    """Draw a Greek letter that looks like no digit."""
    return hand.bend(printed.character(GREEK[rng.integers(len(GREEK))], rng), rng)
