"""Marks of a pen that mean "nothing", "no" or "ignore this": dashes, crosses and scribbles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.training.rubbish import hand

if TYPE_CHECKING:
    from numpy.random import Generator


def dash(rng: Generator) -> hand.Ink:
    """Draw one level stroke, two above each other, or a tilde; never steep enough for a 1."""
    draw = rng.random()
    if draw < 0.25:
        rise = rng.uniform(0.06, 0.13) * rng.choice([-1, 1])
        tilde = np.array([[0, rise], [0.2, -rise], [0.5, 0], [0.8, rise], [1, -rise]]) + rng.normal(0, 0.02, (5, 2))
        return hand.write([hand.curve(tilde)], rng, broadest=0.11, lean=0.7)
    rows = [0.0] if draw < 0.7 else [0.0, rng.uniform(0.22, 0.5)]
    ends = rng.normal(0, 0.05, (len(rows), 2, 2))
    sag = rng.normal(0, 0.05)
    strokes = [
        hand.curve(np.array([[end[0, 0], row + end[0, 1]], [0.5, row + sag], [1 + end[1, 0], row + end[1, 1]]]))
        for row, end in zip(rows, ends, strict=True)
    ]
    return hand.write(strokes, rng, broadest=0.18 if len(rows) == 1 else 0.11)


def cross(rng: Generator) -> hand.Ink:
    """Draw an x or a +, with arms of similar length."""
    turn = rng.normal(0, 0.12) + (np.pi / 4 if rng.random() < 0.5 else 0)
    opening = np.pi / 2 + rng.normal(0, 0.12)
    strokes = []
    for angle in (turn, turn + opening):
        reach = rng.uniform(0.8, 1.1, 2)[:, None] * np.array([[-1.0], [1.0]])
        ends = reach * np.array([np.cos(angle), np.sin(angle)]) + rng.normal(0, 0.06, (2, 2))
        bow = rng.normal(0, 0.08, (1, 2))
        strokes.append(hand.curve(np.concatenate([ends[:1], bow, ends[1:]])))
    return hand.write(strokes, rng, broadest=0.16)


def scribble(rng: Generator) -> hand.Ink:
    """Draw a zigzag, a coil or a tangle, with too many turns for any digit."""
    return hand.write([(_zigzag, _coil, _tangle)[rng.integers(3)](rng)], rng, broadest=0.07, shake=2)


def _zigzag(rng: Generator) -> hand.Stroke:
    teeth = int(rng.integers(7, 14))
    across = np.linspace(0, rng.uniform(0.6, 1.6), teeth) + rng.normal(0, 0.04, teeth)
    up = np.where(np.arange(teeth) % 2, 0, 1) + rng.normal(0, 0.12, teeth)
    points = np.stack([across, up], axis=1)
    if rng.random() < 0.4:
        points = np.repeat(points, 2, axis=0)  # sharp corners
    return hand.turned(hand.curve(points), rng.uniform(0, np.pi))


def _coil(rng: Generator) -> hand.Stroke:
    turns = rng.uniform(3.5, 6)
    along = np.linspace(0, 1, round(turns * 22))
    angle = 2 * np.pi * turns * along + rng.uniform(0, 2 * np.pi)
    swell = 1 + 0.35 * np.sin(2 * np.pi * along * rng.uniform(0.5, 2) + rng.uniform(0, 6))
    advance = rng.uniform(1.0, 2.2)
    way = np.stack([0.5 * swell * np.cos(angle) + advance * along, 0.6 * swell * np.sin(angle)], axis=1)
    return hand.turned(way, rng.normal(0, 0.4))


def _tangle(rng: Generator) -> hand.Stroke:
    points = rng.uniform(0, 1, (int(rng.integers(14, 22)), 2))
    points[:, 0] *= rng.uniform(0.8, 1.5)
    return hand.curve(points)
