"""Drawings kept out of training, to measure rejection: checks, arrows, faces, shapes, ringed letters, names."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.training.rubbish import hand, letters, printed

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

_STEEPEST = 1.0  # radians: an arrow that points up may be a 1


def check_mark(rng: Generator) -> hand.Ink:
    """Draw a tick whose long arm leans far to the right: upright ones may be a 1, shorter ones a V."""
    low = rng.uniform(0.3, 0.45)
    points = np.array([[0, rng.uniform(0.3, 0.6)], [low, 1], [low, 1], [0.65, 0.5], [rng.uniform(1.05, 1.4), 0]])
    points[3] += rng.normal(0, 0.04, 2)
    points[1:3] += rng.normal(0, 0.03, 2)
    return hand.write([hand.curve(points)], rng, broadest=0.14, lean=0.7)


def arrow(rng: Generator) -> hand.Ink:
    """Draw an arrow with one head or two, open or closed."""
    tips = [(1.0, -1)] if rng.random() < 0.75 else [(1.0, -1), (0.0, 1)]
    strokes = [hand.straight((0, 0), (1, 0))]
    opening, length = rng.uniform(0.5, 0.85), rng.uniform(0.32, 0.45)
    for x, way in tips:
        back, out = x + way * length * np.cos(opening), length * np.sin(opening)
        head = np.array([[back, -out], [x, 0], [x, 0], [back, out]])
        if rng.random() < 0.2:
            head = np.concatenate([head, head[-1:], head[:1]])
        strokes.append(hand.curve(head))
    angle = rng.uniform(-_STEEPEST, _STEEPEST) + (np.pi if rng.random() < 0.5 else 0)
    return hand.write([hand.turned(stroke, angle) for stroke in strokes], rng, broadest=0.1)


def smiley(rng: Generator) -> hand.Ink:
    """Draw a face: ring, eyes and mouth."""
    strokes = [_ring(rng, (1.0, rng.uniform(0.85, 1.1)))]
    apart, high = rng.uniform(0.28, 0.42), rng.uniform(0.2, 0.4)
    for side in (-1, 1):
        eye = (side * apart, -high)
        strokes.append(hand.straight(eye, (eye[0], eye[1] + rng.uniform(0.05, 0.25))))
    mouth = rng.choice([-1, 1, 1])
    wide = rng.uniform(0.4, 0.6)
    middle = 0.15 if mouth > 0 else 0.6
    strokes.append(hand.arc((0, middle), (wide, rng.uniform(0.2, 0.4)), mouth * 0.2, mouth * (np.pi - 0.4)))
    if rng.random() < 0.3:
        strokes.append(hand.straight((0, -0.05), (rng.normal(0, 0.05), 0.1)))
    return hand.write(strokes, rng, broadest=0.06, shake=0.6)


def filled_shape(rng: Generator) -> hand.Ink:
    """Fill a square, triangle, diamond, half disc, star or heart."""
    corners = (_regular(4), _regular(3), _regular(4) @ np.diag([1, 1.4]), _half_disc(), _star(), _heart())
    chosen = int(rng.integers(len(corners)))
    outline = corners[chosen]
    if chosen < 2:
        outline = hand.turned(outline, rng.uniform(0, 2 * np.pi) if chosen == 1 else np.pi / 4)
    size = int(rng.integers(40, 90))
    canvas = np.zeros((size, size), np.uint8)
    points = (outline / np.abs(outline).max() * 0.45 + 0.5) * size
    points = hand.unsteady(points, rng, 0.008 * size)
    cv2.fillPoly(canvas, [np.rint(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    if rng.random() < 0.3:  # filled in with strokes that leave some paper
        canvas = np.minimum(canvas, 255 - _gaps(size, rng))
    return hand.bend(canvas, rng, size=size)


def circled_letter(rng: Generator) -> hand.Ink:
    """Put a ring around a letter."""
    if rng.random() < 0.5:
        strokes = letters.written(rng)
        everything = np.concatenate(strokes)
        middle = (everything.max(axis=0) + everything.min(axis=0)) / 2
        strokes = [stroke - middle for stroke in strokes]
        reach = np.abs(everything - middle).max(axis=0) + rng.uniform(0.25, 0.4)
        radii = np.maximum(reach, 0.8 * reach.max())
        return hand.write([*strokes, _ring(rng, (radii[0], radii[1]))], rng, broadest=0.06)
    inside = hand.bend(printed.character(letters.LETTERS[rng.integers(len(letters.LETTERS))], rng), rng, size=40)
    half = 0.5 * max(inside.shape) * rng.uniform(1.15, 1.4)
    side = int(2 * half + 16)
    top, left = (side - inside.shape[0]) // 2, (side - inside.shape[1]) // 2
    canvas = np.zeros((side, side), np.uint8)
    canvas[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    ring = _ring(rng, (half, half * rng.uniform(0.9, 1.05))) + side / 2
    return np.maximum(canvas, hand.trace((side, side), [ring], rng.uniform(1.5, 5), rng))


def signature(rng: Generator) -> hand.Ink:
    """Write a long wavy line with loops, a large first letter, and perhaps a line below."""
    steps = int(rng.integers(9, 16))
    heights = rng.uniform(0.15, 0.45, steps) + (rng.random(steps) < 0.2) * rng.uniform(0.3, 0.6, steps)
    heights[0] = rng.uniform(0.8, 1.2)
    heights *= np.linspace(1, rng.uniform(0.3, 1), steps)
    along = np.arange(0, steps - 0.5, 0.05)
    near = along.astype(int)
    angle = 2 * np.pi * (along + rng.uniform(0, 1))
    # letters are loops where the pen swings far, arches where it does not
    swing = rng.uniform(0.1, 0.35, steps) * np.minimum(heights, 0.5)
    x = np.interp(along, np.arange(steps), np.cumsum(rng.uniform(0.15, 0.55, steps))) + swing[near] * np.cos(angle)
    y = heights[near] * (np.sin(angle) - 1) / 2
    way = np.stack([_rounded(x), _rounded(y)], axis=1)
    way[:, 0] -= rng.uniform(0, 0.5) * way[:, 1]
    strokes = [way]
    if rng.random() < 0.4:
        low, long = rng.uniform(0.15, 0.3), x.max()
        strokes.append(hand.straight((long * rng.uniform(0, 0.2), low + 0.1), (long * rng.uniform(0.8, 1.1), low)))
    return hand.write(strokes, rng, broadest=0.035, shake=1.2, lean=0.7)


def spiral(rng: Generator) -> hand.Ink:
    """Draw a spiral of more than two turns, in either sense."""
    turns = rng.uniform(2.3, 4)
    along = np.linspace(0.03, 1, round(30 * turns))
    angle = rng.choice([-1, 1]) * 2 * np.pi * turns * along + rng.uniform(0, 2 * np.pi)
    radius = along ** rng.uniform(0.8, 1.2)
    way = np.stack([radius * np.cos(angle), radius * np.sin(angle) * rng.uniform(0.8, 1.1)], axis=1)
    return hand.write([way], rng, broadest=0.055, shake=0.8)


def _ring(rng: Generator, radii: tuple[float, float]) -> hand.Stroke:
    """Plan a ring whose ends overlap or nearly meet."""
    return hand.arc((0, 0), radii, rng.uniform(0, 2 * np.pi), 2 * np.pi + rng.uniform(-0.1, 0.5))


def _regular(corners: int) -> hand.Stroke:
    angles = 2 * np.pi * np.arange(corners + 1) / corners
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.concatenate([np.linspace(a, b, 12) for a, b in pairwise(points)])


def _half_disc() -> hand.Stroke:
    return hand.arc((0, 0.4), (1, 1), np.pi, np.pi)


def _star() -> hand.Stroke:
    angles = np.pi * np.arange(10) / 5 - np.pi / 2
    radius = np.where(np.arange(10) % 2, 0.42, 1.0)
    return np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)


def _heart() -> hand.Stroke:
    t = np.linspace(0, 2 * np.pi, 60)
    up = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return np.stack([16 * np.sin(t) ** 3, -up], axis=1) / 17


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cv2.GaussianBlur(values, (1, 0), 2.0, borderType=cv2.BORDER_REPLICATE), np.float64).ravel()


def _gaps(size: int, rng: Generator) -> hand.Ink:
    angle = rng.uniform(0, np.pi)
    rows = np.arange(-0.6, 0.6, rng.uniform(0.1, 0.16)) * size
    strokes = [hand.turned(hand.straight((-size / 3, row), (size / 3, row)), angle) + size / 2 for row in rows]
    return hand.trace((size, size), strokes, 1.5, rng)
