"""Bend a form as a hand does: in its own proportions, slant and carelessness, every time a little otherwise.

Where strokes meet, they meet again, nearly: a slow wave moves all points together, each point moves a little on its
own, each stroke lands a little off, and ends run short or long. Corners are sharp or round.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training.written.allographs import Form

Points = NDArray[np.float64]
"""(P, 2) float64, x and y in heights of the digit, y down."""

_MAX_SLANT = np.tan(np.deg2rad(25))
_ASPECTS = 0.4, 1.2
"""Width by height, narrowest and widest; a 1 may be narrower."""
_CORNER = 0.05
"""Points nearer than this are two sides of one corner; no form has other points as near."""
_STEPS = np.linspace(0, 1, 8, endpoint=False)[:, None]
_START, _END = 2 * _STEPS**3 - 3 * _STEPS**2 + 1, 3 * _STEPS**2 - 2 * _STEPS**3
_LEAVE, _ARRIVE = _STEPS**3 - 2 * _STEPS**2 + _STEPS, _STEPS**3 - _STEPS**2
"""Hermite's polynomials at the steps between two points."""


def bend(form: Form, rng: Generator) -> list[Points]:
    """Move the control points of a form.

    Parameters
    ----------
    form : Form
    rng : Generator

    Returns
    -------
    list of (P, 2) float64
        Strokes with as many points as the form's, in heights of the form; a corner is two points, near or equal.
    """
    points = np.array([point for stroke in form for point in stroke])
    starts = np.cumsum([len(stroke) for stroke in form])[:-1]
    doubled = np.flatnonzero((points[1:] == points[:-1]).all(axis=1))
    care = rng.uniform(0.3, 1.0)
    jitter = rng.normal(0, 0.1 * care, points.shape) * _room(points)
    jitter[doubled + 1] = jitter[doubled]
    moved = (points + _wave(points, 0.035 * care, rng) + jitter) @ _affine(points, rng).T
    strokes = np.split(_rounded(moved, doubled, rng), starts)
    return [_landed(stroke, rng) + rng.normal(0, 0.012 * care, 2) for stroke in strokes]


def curve(points: Points) -> Points:
    """Join the control points of a stroke by a smooth line.

    Between two points runs Hermite's cubic; its direction at a point is that of the parabola through the point and its
    neighbours by chord length (Overhauser 1968), at ends and on both sides of a corner that of the chord.

    Parameters
    ----------
    points : (P, 2) float64

    Returns
    -------
    (8 (P - 1) + 1, 2) float64
    """
    chords = np.diff(points, axis=0)
    lengths = np.maximum(np.hypot(chords[:, 0], chords[:, 1]), 1e-6)[:, None]
    ways = chords / lengths
    directions = np.concatenate([ways[:1], (lengths[1:] * ways[:-1] + lengths[:-1] * ways[1:]), ways[-1:]])
    directions[1:-1] /= lengths[1:] + lengths[:-1]
    at = np.flatnonzero(lengths[:, 0] < _CORNER)
    at = at[(at > 0) & (at < len(ways) - 1)]
    directions[at], directions[at + 1] = ways[at - 1], ways[at + 1]
    here, there = points[:-1, None], points[1:, None]
    leave, arrive = (lengths * directions[:-1])[:, None], (lengths * directions[1:])[:, None]
    pieces = _START * here + _END * there + _LEAVE * leave + _ARRIVE * arrive  # (P - 1, 8, 2)
    return np.concatenate([pieces.reshape(-1, 2), points[-1:]])


def _room(points: Points) -> Points:
    """Measure the way to the nearest other point, up to a quarter of the height: (P, 1)."""
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    nearest = np.where(apart < _CORNER, 0.25, apart).min(axis=1, keepdims=True)
    return np.asarray(np.minimum(nearest, 0.25), np.float64)


def _wave(points: Points, size: float, rng: Generator) -> Points:
    """Displace points by three slow waves across the digit: (P, 2)."""
    waves, phases = rng.normal(0, 3.5, (3, 2)), rng.uniform(0, 2 * np.pi, 3)
    return np.asarray(np.sin(points @ waves.T + phases) @ rng.normal(0, size / 1.2, (3, 2)), np.float64)


def _affine(points: Points, rng: Generator) -> NDArray[np.float64]:
    """Choose width, slant (most lean a little to the right) and turn: (2, 2)."""
    aspect = float(np.ptp(points[:, 0]) / np.ptp(points[:, 1]))
    width = np.exp(rng.uniform(np.log(0.68), np.log(1.45)))
    if aspect > _ASPECTS[0]:
        width = np.clip(aspect * width, *_ASPECTS) / aspect
    slant = np.clip(rng.normal(0.08, 0.17), -_MAX_SLANT, _MAX_SLANT)
    turn = np.deg2rad(rng.normal(0, 4))
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(turned @ np.array([[width, -slant], [0, 1]]), np.float64)


def _rounded(points: Points, doubled: NDArray[np.int64], rng: Generator) -> Points:
    """Part the two points of each corner by up to 4 % of the height: the line between them turns in an arc."""
    if len(doubled) == 0:
        return points
    reach = rng.uniform(0, 0.03) * rng.uniform(0.4, 1, (len(doubled), 1)) * (rng.random() < 0.7)
    before, after = points[np.maximum(doubled - 1, 0)], points[np.minimum(doubled + 2, len(points) - 1)]
    corner = points[doubled]
    parted = points.copy()
    parted[doubled] += reach * _unit(before - corner)
    parted[doubled + 1] += reach * _unit(after - corner)
    return parted


def _landed(stroke: Points, rng: Generator) -> Points:
    """Let both ends run short or long along their way."""
    landed = stroke.copy()
    short = 0.25 * np.hypot(*(stroke[1] - stroke[0])), 0.25 * np.hypot(*(stroke[-1] - stroke[-2]))
    long = np.clip(rng.normal(0.005, 0.025, 2), [-short[0], -short[1]], 0.07)
    landed[0] -= long[0] * _unit(stroke[1] - stroke[0])
    landed[-1] += long[1] * _unit(stroke[-1] - stroke[-2])
    return landed


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6), np.float64)
