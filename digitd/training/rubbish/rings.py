"""Rings, boxes, triangles and clouds with a mark inside that is no digit, letter or face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.training.rubbish import hand

if TYPE_CHECKING:
    from numpy.random import Generator


def ringed_mark(rng: Generator) -> hand.Ink:
    """Draw an outline and in it a cross, dashes, dots, a second ring, a grid: a dot or one dash would leave it a 0."""
    around = _OUTLINES[rng.integers(len(_OUTLINES))](rng) * np.array([rng.uniform(0.85, 1.3), 1])
    reach = rng.uniform(0.35, 0.6) if rng.random() < 0.75 else rng.uniform(0.8, 1.3)
    angle = rng.normal(0, 0.25) if rng.random() < 0.6 else rng.uniform(0, np.pi)
    middle = rng.normal(0, 0.06, 2)
    inside = [hand.turned(reach * stroke, angle) + middle for stroke in _MARKS[rng.integers(len(_MARKS))](rng)]
    return hand.write([around, *inside], rng, broadest=0.065, shake=0.8)


def _ring(rng: Generator) -> hand.Stroke:
    return hand.arc((0, 0), (1, 1), rng.uniform(0, 2 * np.pi), 2 * np.pi + rng.uniform(-0.4, 0.6))


def _square(rng: Generator) -> hand.Stroke:
    return hand.turned(_polygon(4), np.pi / 4 + rng.normal(0, 0.05)) * 1.3


def _tilted(rng: Generator) -> hand.Stroke:
    return _polygon(int(rng.integers(4, 7))) * 1.25


def _triangle(rng: Generator) -> hand.Stroke:
    return hand.turned(_polygon(3), rng.choice([-1, 1]) * np.pi / 2) * 1.6


def _cloud(rng: Generator) -> hand.Stroke:
    """Plan a ring of five to nine bulges."""
    angles = np.linspace(0, 2 * np.pi, 120)
    bulges = 1 + rng.uniform(0.15, 0.3) * (np.abs(np.sin(angles * int(rng.integers(5, 10)) / 2)) - 0.5)
    return np.stack([bulges * np.cos(angles), bulges * np.sin(angles)], axis=1)


def _polygon(corners: int) -> hand.Stroke:
    angles = 2 * np.pi * np.arange(corners + 1) / corners
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return hand.curve(np.repeat(points, 2, axis=0)[1:-1])


def _star(rng: Generator) -> list[hand.Stroke]:
    """Plan two to four lines through one point: the first two are a cross."""
    count = int(rng.integers(2, 5))
    return [hand.turned(hand.straight((-1, 0), (1, 0)), np.pi * k / count) for k in range(count)]


def _dashes(rng: Generator) -> list[hand.Stroke]:
    count = int(rng.integers(2, 5))
    return [hand.straight((-0.9, y), (0.9, y)) for y in np.linspace(-0.7, 0.7, count)]


def _dots(rng: Generator) -> list[hand.Stroke]:
    """Plan three to seven dots in a row, around, or anywhere."""
    count, draw = int(rng.integers(3, 8)), rng.random()
    angles = 2 * np.pi * np.arange(count) / count
    places = 0.8 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    if draw < 0.3:
        places = np.stack([np.linspace(-1, 1, count), np.zeros(count)], axis=1)
    elif draw < 0.6:
        places = rng.uniform(-1, 1, (count, 2))
    return [_ring(rng) * 0.08 + place for place in places]


def _second(rng: Generator) -> list[hand.Stroke]:
    """Plan an outline in the outline, and sometimes another beside it."""
    inner = _OUTLINES[rng.integers(len(_OUTLINES))](rng)
    if rng.random() < 0.6:
        return [inner]
    return [0.45 * inner + np.array([side * 0.7, 0]) for side in (-1, 1)]


def _grid(rng: Generator) -> list[hand.Stroke]:
    down, across = rng.integers(1, 4, 2)
    upright = [hand.straight((x, -1), (x, 1)) for x in np.linspace(-0.7, 0.7, int(down) + 1)]
    return upright + [hand.straight((-1, y), (1, y)) for y in np.linspace(-0.7, 0.7, int(across) + 1)]


def _hatch(rng: Generator) -> list[hand.Stroke]:
    angle = rng.uniform(0.3, 1.3)
    places = np.linspace(-0.9, 0.9, int(rng.integers(3, 7)))
    return [hand.turned(hand.straight((-0.9, y), (0.9, y)), angle) for y in places]


def _zigzag(rng: Generator) -> list[hand.Stroke]:
    corners = int(rng.integers(4, 8))
    points = np.stack([np.linspace(-1, 1, corners), np.where(np.arange(corners) % 2, -0.5, 0.5)], axis=1)
    return [hand.curve(points if rng.random() < 0.5 else np.repeat(points, 2, axis=0))]


_OUTLINES = (_ring, _ring, _ring, _square, _tilted, _triangle, _cloud)
_MARKS = (_star, _star, _dashes, _dots, _second, _grid, _hatch, _zigzag)
