"""Draw with a hand: strokes that wobble, lean and press, and pictures bent as a hand would have drawn them.

A drawing is planned in units of its own size, y down, and written at 36-90 px with a pen of 1.5-9 px. It says nothing
about paper; `sheet` lays it on a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

Ink = NDArray[np.uint8]
"""(H, W) uint8, 255 = full ink, 0 = paper."""
Stroke = NDArray[np.float64]
"""(points, 2), x and y, y down: where the pen goes without leaving the paper."""

_FINE = 2  # strokes are drawn so many times larger and averaged down, for widths between whole pixels
_SHIFT = 4  # fractional bits of OpenCV's drawing
_STEPS = 8  # points from one given point of a curve to the next
_SMALLEST, _LARGEST = 36, 90  # pixels, the longest side of a drawing
_FINEST, _BROADEST = 1.5, 9.0  # pixels, the pen


def straight(start: tuple[float, float], end: tuple[float, float]) -> Stroke:
    """Plan a straight stroke."""
    return np.linspace(start, end, 12)


def curve(points: Stroke) -> Stroke:
    """Join (n, 2) points by a Catmull-Rom curve; a point given twice is a corner."""
    corners = [k for k in range(1, len(points)) if (points[k] == points[k - 1]).all()]
    return np.concatenate([_smooth(part) for part in np.split(points, corners)])


def arc(centre: tuple[float, float], radii: tuple[float, float], start: float, sweep: float) -> Stroke:
    """Plan a part of an ellipse, from an angle over a range of angles, both in radians, clockwise on the page."""
    angles = start + np.linspace(0, sweep, max(8, round(abs(sweep) * 7)))
    return np.stack([centre[0] + radii[0] * np.cos(angles), centre[1] + radii[1] * np.sin(angles)], axis=1)


def turned(stroke: Stroke, angle: float) -> Stroke:
    """Turn a stroke about (0, 0) by an angle in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(stroke @ np.array([[cos, sin], [-sin, cos]]), np.float64)


def write(
    strokes: Sequence[Stroke],
    rng: Generator,
    *,
    broadest: float = 0.15,
    shake: float = 1.0,
    lean: float = 1.0,
) -> Ink:
    """Write strokes of any unit at a random size, slant, aspect, pen and unsteadiness.

    Parameters
    ----------
    strokes : sequence of Stroke
    rng : Generator
    broadest : float
        Pen in longest sides of the drawing, so that its shape stays visible.
    shake : float
        Times the usual unsteadiness.
    lean : float
        Times the usual slant, rotation and stretch.
    """
    everything = np.concatenate(strokes)
    unit = float((everything.max(axis=0) - everything.min(axis=0)).max())
    tilt, slant = rng.normal(0, 0.07) * lean, rng.normal(0, 0.13) * lean
    width, height = np.exp(rng.normal(0, 0.1, 2) * lean)
    matrix = np.array([[width, 0], [slant, height]])
    amount = shake * rng.uniform(0.004, 0.02)
    drawn = [turned((unsteady(stroke / unit, rng, amount)) @ matrix, tilt) for stroke in strokes]
    everything = np.concatenate(drawn)
    low, high = everything.min(axis=0), everything.max(axis=0)
    size = rng.uniform(_SMALLEST, _LARGEST)
    factor = size / float((high - low).max())
    pen = min(float(np.exp(rng.uniform(np.log(_FINEST), np.log(_BROADEST)))), broadest * size)
    margin = pen + 1
    shape = [int(np.ceil(side * factor + 2 * margin)) for side in (high - low)]
    return trace((shape[1], shape[0]), [(stroke - low) * factor + margin for stroke in drawn], pen, rng)


def trace(shape: tuple[int, int], strokes: Sequence[Stroke], pen: float, rng: Generator) -> Ink:
    """Move a pen along strokes, all in pixels; its width follows waves of pressure.

    Returns
    -------
    Ink
        (H, W) of the given shape.
    """
    fine = np.zeros((shape[0] * _FINE, shape[1] * _FINE), np.uint8)
    pressure = rng.uniform(0, 0.3)
    for stroke in strokes:
        points = np.rint(stroke * _FINE * 2**_SHIFT).astype(np.int32)
        pieces = max(1, min(len(points) // 4, 24))
        bounds = np.linspace(0, len(points) - 1, pieces + 1).astype(int)
        waves = np.sin(rng.uniform(0, 2 * np.pi) + rng.uniform(0.3, 0.9) * np.arange(pieces))
        widths = np.maximum(np.rint(pen * _FINE * (1 + pressure * waves)), 1).astype(int).tolist()
        for start, end, wide in zip(bounds, bounds[1:], widths, strict=False):
            cv2.polylines(fine, [points[start : end + 1]], False, 255, wide, cv2.LINE_AA, _SHIFT)
    return np.asarray(cv2.resize(fine, shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def unsteady(stroke: Stroke, rng: Generator, amount: float) -> Stroke:
    """Move the points of a stroke by smooth waves of about the given amount, in the stroke's own unit."""
    along = np.linspace(0, 1, len(stroke))[:, None]
    moved = stroke.copy()
    for rate in (0.6, 1.4, 3.1):
        phases, sizes = rng.uniform(0, 2 * np.pi, 2), rng.normal(0, amount / np.sqrt(rate), 2)
        moved += sizes * np.sin(2 * np.pi * rate * along + phases)
    return moved


def bend(picture: Ink, rng: Generator, *, size: float | None = None) -> Ink:
    """Bring a picture to a random size, and rotate, shear, stretch and wave it as if a hand had drawn it.

    Parameters
    ----------
    picture : Ink
    rng : Generator
    size : float
        Pixels of the picture's longest side before it is bent; random by default.
    """
    size = size or rng.uniform(_SMALLEST, _LARGEST)
    height, width = picture.shape
    factor = size / max(height, width)
    x_factor, y_factor = factor * np.exp(rng.normal(0, 0.12, 2))
    angle, shear = rng.normal(0, 0.08), rng.normal(0, 0.18)
    cos, sin = np.cos(angle), np.sin(angle)
    forward = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, shear], [0, 1]]) @ np.diag([x_factor, y_factor])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([width, height]) / 2 @ forward.T
    half = np.ceil(np.abs(corners).max(axis=0) + 0.08 * size + 2).astype(int)
    backward = np.linalg.inv(forward)
    columns, rows = np.arange(2 * half[0]) - half[0], (np.arange(2 * half[1]) - half[1])[:, None]
    waves = rng.normal(0, 0.03 * max(height, width), (4, 4, 2)).astype(np.float32)
    waves = np.asarray(cv2.resize(waves, (columns.size, rows.size), interpolation=cv2.INTER_CUBIC), np.float32)
    x = backward[0, 0] * columns + backward[0, 1] * rows + width / 2 + waves[..., 0]
    y = backward[1, 0] * columns + backward[1, 1] * rows + height / 2 + waves[..., 1]
    return np.asarray(cv2.remap(picture, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR), np.uint8)


def _smooth(points: Stroke) -> Stroke:
    """Run through (n, 2) points (Catmull and Rom, 1974; uniform)."""
    if len(points) < 2:
        return points
    before, after = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    padded = np.concatenate([before[None], points, after[None]])
    a, b, c, d = (padded[k : k + len(points) - 1, None] for k in range(4))
    t = np.linspace(0, 1, _STEPS, endpoint=False)[:, None]
    # way is (n - 1) parts of _STEPS points
    way = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([way.reshape(-1, 2), points[-1:]])
