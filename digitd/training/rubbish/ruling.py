"""Lines that people draw with or without a ruler: grids, corners, pieces of boxes, Ts on their side, parallels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.training.rubbish import hand

if TYPE_CHECKING:
    from numpy.random import Generator

_CORNER_TURNS = (0, 1, 3)  # with its corner at the top right, it is a 7


def lines(rng: Generator) -> hand.Ink:
    """Draw some straight lines that no digit is made of."""
    plan = (_grid, _corner, _three_sides, _divided_box, _tee, _parallels)[rng.integers(6)]
    return hand.write(plan(rng), rng, broadest=0.09, shake=0.8, lean=0.5)


def _grid(rng: Generator) -> list[hand.Stroke]:
    """Cross two to four lines with two to four others, with ends that stick out."""
    counts, aspect = rng.integers(2, 5, 2), rng.uniform(0.6, 1.5)
    level = [hand.straight((_end(rng), y), (aspect - _end(rng), y)) for y in _spread(int(counts[0]), 0.2, 0.8, rng)]
    upright = [
        hand.straight((aspect * x, _end(rng)), (aspect * x, 1 - _end(rng)))
        for x in _spread(int(counts[1]), 0.2, 0.8, rng)
    ]
    return level + upright


def _corner(rng: Generator) -> list[hand.Stroke]:
    arm = rng.uniform(0.65, 1.3)
    corner = np.array([[0, 0], [0, 1], [0, 1], [arm, 1]], float)
    return [_quarter_turns(hand.curve(corner), int(rng.choice(_CORNER_TURNS)))]


def _three_sides(rng: Generator) -> list[hand.Stroke]:
    wide, first, last = rng.uniform(0.8, 1.5), *rng.uniform(0.6, 1.0, 2)
    sides = np.array([[0, 1 - first], [0, 1], [0, 1], [wide, 1], [wide, 1], [wide, 1 - last]], float)
    return [_quarter_turns(hand.curve(sides), int(rng.integers(4)))]


def _divided_box(rng: Generator) -> list[hand.Stroke]:
    """Draw a box with a line through it: an empty one may be a square 0."""
    wide = rng.uniform(0.7, 1.8)
    sides = [hand.straight((_end(rng), y), (wide - _end(rng), y)) for y in (0.0, 1.0)] + [
        hand.straight((x, _end(rng)), (x, 1 - _end(rng))) for x in (0.0, wide)
    ]
    middle = rng.uniform(0.35, 0.65)
    dividers = (
        hand.straight((wide * middle, 0), (wide * middle, 1)),
        hand.straight((0, middle), (wide, middle)),
        hand.straight((0, 0), (wide, 1)),
    )
    chosen = rng.permutation(3)[: rng.integers(1, 3)]
    # a single line from side to side would make of the box an 8
    return sides + [dividers[k] for k in (chosen if 0 in chosen or 2 in chosen else (0, 1))]


def _tee(rng: Generator) -> list[hand.Stroke]:
    """Draw a T on its left side, or upside down with a short stem: others may be a 7, a 4 or a 1 with a foot."""
    at, is_on_its_side = rng.uniform(-0.15, 0.15), rng.random() < 0.6
    stem = rng.uniform(0.6, 1.2) if is_on_its_side else rng.uniform(0.3, 0.55)
    strokes = [hand.straight((-0.5, 0), (0.5, 0)), hand.straight((at, 0), (at, stem))]
    return [_quarter_turns(stroke, 3 if is_on_its_side else 2) for stroke in strokes]


def _parallels(rng: Generator) -> list[hand.Stroke]:
    """Draw three to six level or upright lines, or a tally with its stroke across."""
    count, aspect = int(rng.integers(3, 7)), rng.uniform(0.7, 1.5)
    strokes = [
        hand.straight((_end(rng), y), (aspect - _end(rng), y + rng.normal(0, 0.03))) for y in _spread(count, 0, 1, rng)
    ]
    if rng.random() < 0.5:
        return strokes
    strokes = [stroke[:, ::-1] for stroke in strokes]
    if rng.random() < 0.4:
        strokes.append(hand.straight((-0.1, 0.75 * aspect), (1.1, 0.25 * aspect)))
    return strokes


def _spread(count: int, start: float, end: float, rng: Generator) -> list[float]:
    gap = (end - start) / max(1, count - 1)
    return [float(place) for place in np.linspace(start, end, count) + rng.normal(0, 0.08 * gap, count)]


def _end(rng: Generator) -> float:
    return float(rng.normal(0, 0.05))


def _quarter_turns(stroke: hand.Stroke, turns: int) -> hand.Stroke:
    return hand.turned(stroke, turns * np.pi / 2)
