"""Strokes put together by chance: arcs, rings, hooks, waves and dots that touch, cross or lie inside each other.

Everything else that is taught has a name. This has none, so that what is learnt is not a list of names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.training.rubbish import hand

if TYPE_CHECKING:
    from numpy.random import Generator

_FEWEST, _MOST = 3, 6


def doodle(rng: Generator) -> hand.Ink:
    """Draw three to six strokes, each somewhere on, in or beside those before it."""
    strokes: list[hand.Stroke] = []
    sizes = np.exp(rng.uniform(np.log(0.2), 0, int(rng.integers(_FEWEST, _MOST + 1))))
    sizes[0] = 1
    for size in sizes:
        stroke = size * hand.turned(_PARTS[rng.integers(len(_PARTS))](rng), rng.uniform(0, 2 * np.pi))
        strokes.append(stroke + _place(strokes, rng) - _held(stroke, rng))
    return hand.write(strokes, rng, broadest=0.065, shake=1.2)


def _place(strokes: list[hand.Stroke], rng: Generator) -> hand.Stroke:
    """Choose a point to draw at: on a stroke, in the middle of one, or anywhere about them; (2,) float64."""
    if not strokes:
        return np.zeros(2)
    draw, stroke = rng.random(), strokes[rng.integers(len(strokes))]
    if draw < 0.35:
        return np.asarray(stroke[rng.integers(len(stroke))], np.float64)
    middle = (stroke.max(axis=0) + stroke.min(axis=0)) / 2
    if draw < 0.6:
        return np.asarray(middle + rng.normal(0, 0.06, 2), np.float64)
    return np.asarray(middle + rng.uniform(-0.75, 0.75, 2), np.float64)


def _held(stroke: hand.Stroke, rng: Generator) -> hand.Stroke:
    """Choose the point of a stroke that comes to lie there: its middle or an end; (2,) float64."""
    draw = rng.random()
    if draw < 0.6:
        return np.asarray((stroke.max(axis=0) + stroke.min(axis=0)) / 2, np.float64)
    return np.asarray(stroke[0 if draw < 0.8 else -1], np.float64)


def _line(rng: Generator) -> hand.Stroke:
    return hand.curve(np.array([[-0.5, 0], rng.normal(0, 0.04, 2), [0.5, 0]]))


def _arc(rng: Generator) -> hand.Stroke:
    return hand.arc((0, 0), (0.5, rng.uniform(0.25, 0.5)), 0, rng.uniform(1.2, 5))


def _ring(rng: Generator) -> hand.Stroke:
    return hand.arc((0, 0), (0.5, rng.uniform(0.25, 0.5)), 0, 2 * np.pi + rng.uniform(-0.2, 0.5))


def _ess(rng: Generator) -> hand.Stroke:
    swing = rng.uniform(0.15, 0.4)
    return hand.curve(np.array([[-0.5, swing], [-0.3, -swing], [0, 0], [0.3, swing], [0.5, -swing]]))


def _hook(rng: Generator) -> hand.Stroke:
    radius = rng.uniform(0.1, 0.3)
    crook = hand.arc((0.5 - radius, radius), (radius, radius), -np.pi / 2, rng.uniform(2, 4.2))
    return np.concatenate([hand.straight((-0.5, 0), (0.5 - radius, 0)), crook[1:]])


def _dot(rng: Generator) -> hand.Stroke:
    return hand.arc((0, 0), (0.06, 0.06), 0, 2 * np.pi) * rng.uniform(0.7, 1.5)


def _zigzag(rng: Generator) -> hand.Stroke:
    corners = int(rng.integers(4, 8))
    up = np.where(np.arange(corners) % 2, -1, 1) * rng.uniform(0.1, 0.35, corners)
    return hand.curve(np.repeat(np.stack([np.linspace(-0.5, 0.5, corners), up], axis=1), 2, axis=0))


def _wave(rng: Generator) -> hand.Stroke:
    along = np.linspace(-0.5, 0.5, 60)
    swing, waves = rng.uniform(0.06, 0.2), rng.uniform(1.5, 4)
    return np.stack([along, swing * np.sin(2 * np.pi * waves * along)], axis=1)


def _loop(rng: Generator) -> hand.Stroke:
    """Plan a line that runs around once on its way."""
    angle = np.linspace(-np.pi, np.pi, 40)
    radius = rng.uniform(0.2, 0.4)
    return np.stack([0.12 * angle - radius * np.sin(angle), radius * np.cos(angle)], axis=1)


def _corner(rng: Generator) -> hand.Stroke:
    arm = rng.uniform(0.4, 1)
    return hand.curve(np.array([[0, 0], [0, arm], [0, arm], [1, arm]]) - np.array([0.5, arm / 2]))


def _polygon(rng: Generator) -> hand.Stroke:
    corners = int(rng.integers(3, 6))
    angles = 2 * np.pi * np.arange(corners + 1) / corners
    points = 0.5 * np.stack([np.cos(angles), rng.uniform(0.5, 1) * np.sin(angles)], axis=1)
    return hand.curve(np.repeat(points, 2, axis=0)[1:-1])


_PARTS = (_line, _line, _arc, _arc, _ring, _ess, _hook, _dot, _dot, _zigzag, _wave, _loop, _corner, _polygon)
