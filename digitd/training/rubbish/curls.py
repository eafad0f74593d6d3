"""Curved strokes that are no digit: hooks with dots or dashes beside, rows of loops and arches, knots, short coils.

Left out for likeness: a loop with a tail (2, 6, 9), a curl of one turn and a half or less (6, 9, 0), two hooks one
above the other (3, 5), two that face each other (0), a crook at the top that is open to the left (2, 7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.training.rubbish import hand

if TYPE_CHECKING:
    from numpy.random import Generator

_APART = 0.2  # of the hook's height, at least between it and what stands beside it


def curl(rng: Generator) -> hand.Ink:
    """Draw hooks, curls, loops or knots."""
    plan = (_beset_hook, _beset_hook, _beset_curl, _row_of_hooks, _row_of_loops, _arches, _knot)[rng.integers(7)]
    return hand.write(plan(rng), rng, broadest=0.075)


def _beset_hook(rng: Generator) -> list[hand.Stroke]:
    """Plan a hook with its crook below or to a side, and beside it one to three dots or dashes."""
    radius = rng.uniform(0.25, 0.45)
    crook = hand.arc((0, 0), (radius, radius * rng.uniform(0.7, 1.2)), 0, rng.uniform(0.8, 1.35) * np.pi)
    tail = hand.straight((radius, -rng.uniform(0.1, 1)), (radius, 0))
    # as planned it is a J, the crook below
    stroke = np.concatenate([tail[:-1], crook]) * np.array([rng.choice([-1, 1]), 1])
    stroke = hand.turned(stroke, rng.choice([0, np.pi / 2, -np.pi / 2]) + rng.normal(0, 0.2))
    return [stroke, *_beside(stroke, int(rng.integers(1, 4)), rng)]


def _beset_curl(rng: Generator) -> list[hand.Stroke]:
    """Plan a curl of nearly two turns, and beside it up to three dots or dashes."""
    along = np.linspace(rng.uniform(0, 0.15), 1, 60)
    angle = rng.choice([-1, 1]) * 2 * np.pi * rng.uniform(1.75, 2.1) * along + rng.uniform(0, 2 * np.pi)
    stroke = along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.array([rng.uniform(0.8, 1.2), 1])
    return [stroke / 2, *_beside(stroke / 2, int(rng.integers(0, 4)), rng)]


def _beside(stroke: hand.Stroke, count: int, rng: Generator) -> list[hand.Stroke]:
    """Plan dots or dashes clear of a stroke, and not below it: a hook above a dot is a question mark."""
    low, high = stroke.min(axis=0), stroke.max(axis=0)
    marks: list[hand.Stroke] = []
    for _ in range(count):
        for _ in range(30):
            place = rng.uniform(low - 0.4, high + np.array([0.4, 0]))
            if min(np.hypot(*(other - place).T).min() for other in (stroke, *marks)) > _APART * (high - low).max():
                marks.append(_touch(rng) + place)
                break
    return marks


def _touch(rng: Generator) -> hand.Stroke:
    """Plan a dot or a short dash about (0, 0)."""
    if rng.random() < 0.6:
        return hand.arc((0, 0), (0.045, 0.045), 0, 2 * np.pi) * rng.uniform(0.7, 1.6)
    return hand.turned(hand.straight((-0.1, 0), (0.1, 0)), rng.uniform(0, np.pi)) * rng.uniform(0.7, 1.6)


def _row_of_hooks(rng: Generator) -> list[hand.Stroke]:
    """Plan three or four hooks side by side, open to any side."""
    strokes = []
    for k in range(int(rng.integers(3, 5))):
        sweep = rng.uniform(0.9, 1.5) * np.pi
        radii = (rng.uniform(0.18, 0.26), rng.uniform(0.35, 0.55))
        strokes.append(hand.arc((0.62 * k, rng.normal(0, 0.08)), radii, rng.uniform(0, 2 * np.pi), sweep))
    return strokes


def _row_of_loops(rng: Generator) -> list[hand.Stroke]:
    """Plan an eee: three to five loops in one stroke."""
    turns = rng.uniform(2.7, 5.2)
    along = np.linspace(0, 1, round(turns * 24))
    angle = rng.choice([-1, 1]) * 2 * np.pi * turns * along + rng.uniform(0, 2 * np.pi)
    height = 0.5 * (1 + rng.uniform(0, 0.4) * np.sin(2 * np.pi * rng.uniform(0.5, 2) * along))
    x = turns * rng.uniform(0.4, 0.7) * along + rng.uniform(0.2, 0.35) * np.cos(angle)
    return [hand.turned(np.stack([x, height * np.sin(angle)], axis=1), rng.normal(0, 0.25))]


def _arches(rng: Generator) -> list[hand.Stroke]:
    """Plan an mmm or a www: four to seven arches that meet in corners."""
    arches = int(rng.integers(4, 8))
    along = np.linspace(0, arches, 20 * arches)
    up = np.abs(np.sin(np.pi * along)) ** rng.uniform(0.5, 1.2) * rng.uniform(0.7, 1.2, arches + 1)[along.astype(int)]
    way = np.stack([along * rng.uniform(0.25, 0.5), rng.choice([-1, 1]) * up], axis=1)
    return [hand.turned(way, rng.normal(0, 0.25))]


def _knot(rng: Generator) -> list[hand.Stroke]:
    """Plan a closed stroke that crosses itself: a figure of Lissajous, or a clover of three to five leaves."""
    along = np.linspace(0, 2 * np.pi, 160)
    if rng.random() < 0.5:
        leaves = int(rng.integers(3, 6))
        radius = rng.uniform(0, 0.45) + np.sin(leaves * along + rng.uniform(0, 2 * np.pi))
        return [np.stack([radius * np.cos(along), radius * np.sin(along)], axis=1)]
    across, down = ((2, 3), (3, 2), (3, 4), (4, 3), (3, 5), (4, 1), (5, 2))[rng.integers(7)]
    phase = rng.uniform(0.5, 1.1)
    return [np.stack([np.sin(across * along + phase) * rng.uniform(0.8, 1.3), np.sin(down * along)], axis=1)]
