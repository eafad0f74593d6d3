"""Letters that look like no digit, written by hand or printed and bent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.training.rubbish import hand, printed

if TYPE_CHECKING:
    from numpy.random import Generator

LETTERS = "EHKLMNPRVWXkmnpvwx"
"""Left out for likeness: O o D Q C c U u e a d (0, 6, 9), I l i j J f (1), Z z (2), S s (5), b G (6), q g y (9), B (8),
A h Y (4), T F t r (7)."""


def _stroke(points: str) -> hand.Stroke:
    return np.array([point.split(",") for point in points.split()], dtype=np.float64) / 100


WRITTEN: dict[str, tuple[hand.Stroke, ...]] = {
    "E": (_stroke("60,2 5,0 5,0 3,50 2,100 2,100 60,98"), _stroke("4,48 50,46")),
    "H": (_stroke("8,0 6,50 5,100"), _stroke("60,2 61,50 62,100"), _stroke("6,50 61,48")),
    "K": (_stroke("6,0 7,50 5,100"), _stroke("58,2 8,55 8,55 62,100")),
    "L": (_stroke("8,0 7,50 5,98 5,98 30,98 60,96"),),
    "M": (_stroke("2,100 10,2 10,2 40,70 40,70 70,2 70,2 80,100"),),
    "N": (_stroke("4,100 8,0 8,0 60,98 60,98 66,0"),),
    "P": (_stroke("8,2 6,50 5,100"), _stroke("2,8 40,0 58,24 40,48 7,52")),
    "R": (_stroke("8,2 6,50 5,100"), _stroke("2,8 40,0 58,24 40,46 7,52 7,52 34,70 64,100")),
    "V": (_stroke("2,0 34,100 34,100 68,0"),),
    "W": (_stroke("0,0 20,100 20,100 46,15 46,15 70,100 70,100 94,0"),),
    "k": (_stroke("8,0 6,50 6,100"), _stroke("46,40 8,70 8,70 50,100")),
    "m": (_stroke("4,40 4,100 4,100 8,55 22,40 34,50 36,100 36,100 40,54 54,40 68,52 70,100"),),
    "n": (_stroke("4,40 5,100 5,100 8,58 26,40 44,52 46,100 54,98"),),
    "p": (_stroke("6,28 5,70 4,110"), _stroke("4,42 26,28 46,44 30,68 6,64")),
    "w": (_stroke("0,40 14,96 14,96 32,46 32,46 50,96 50,96 68,40"),),
    "v": (_stroke("2,40 24,100 24,100 48,38"),),
}
"""Points "x,y" in hundredths of a capital's height, y down; a point given twice is a corner."""


def letter(rng: Generator) -> hand.Ink:
    """Draw one letter, by hand half of the time."""
    if rng.random() < 0.5:
        return hand.write(written(rng), rng, broadest=0.13, lean=1.3)
    return hand.bend(printed.character(LETTERS[rng.integers(len(LETTERS))], rng), rng)


def written(rng: Generator) -> list[hand.Stroke]:
    """Plan the strokes of a handwritten letter."""
    names = tuple(WRITTEN)
    return [_jittered(stroke, rng) for stroke in WRITTEN[names[rng.integers(len(names))]]]


def _jittered(points: hand.Stroke, rng: Generator) -> hand.Stroke:
    """Move the points of a stroke a little, a corner as one point, and join them."""
    moved = points + rng.normal(0, 0.025, points.shape)
    for k in range(1, len(points)):
        if (points[k] == points[k - 1]).all():
            moved[k] = moved[k - 1]
    return hand.curve(moved)
