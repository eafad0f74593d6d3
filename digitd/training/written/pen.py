"""Write a form with a pen: its points shaken, its strokes bent, slanted and inked, thin or thick."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training.written.allographs import Form, Stroke

_HEIGHT = 84
"""Pixels of the digit on its page."""
_STEPS = np.linspace(0, 1, 9)[1:]


def write(form: Form, rng: Generator) -> NDArray[np.uint8]:
    """Write a form once: (H, W) uint8, 0 = ink on 255, every time a little otherwise."""
    shake = rng.uniform(0.015, 0.045)
    width, slant, turn = rng.uniform(0.42, 1.0), rng.normal(0, 0.18), np.deg2rad(rng.normal(0, 5))
    rotated = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = rotated @ np.array([[width, -slant], [0, 1]])
    lines = []
    for stroke in form:
        points = np.array(stroke) + _shaken(stroke, shake, rng)
        lines.append(_curve(points) @ matrix.T * _HEIGHT + rng.normal(0, 0.012 * _HEIGHT, 2))
    everything = np.concatenate(lines)
    thickness = max(2, round(_HEIGHT * np.exp(rng.uniform(np.log(0.03), np.log(0.17)))))
    margin = thickness + 6
    low, high = everything.min(axis=0), everything.max(axis=0)
    size = np.ceil(high - low + 2 * margin).astype(int)
    page = np.full((size[1], size[0]), 255, np.uint8)
    ends = [np.rint((line - low + margin) * 16).astype(np.int32) for line in lines]
    cv2.polylines(page, ends, isClosed=False, color=0, thickness=thickness, lineType=cv2.LINE_AA, shift=4)
    if rng.random() < 0.5:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), rng.uniform(0.5, 2.0)), np.uint8)
    return page


def _shaken(stroke: Stroke, shake: float, rng: Generator) -> NDArray[np.float64]:
    """Move each point at random; the two of a corner together: (P, 2) float64."""
    moves = rng.normal(0, shake, (len(stroke), 2))
    for k in range(1, len(stroke)):
        if stroke[k] == stroke[k - 1]:
            moves[k] = moves[k - 1]
    return moves


def _curve(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Join (P, 2) points by a Catmull-Rom spline (1974): (8 (P - 1) + 1, 2); a doubled point is a corner."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    before, here, there, behind = padded[:-3, None], padded[1:-2, None], padded[2:-1, None], padded[3:, None]
    t = _STEPS[:, None]
    pieces = 0.5 * (
        2 * here
        + (there - before) * t
        + (2 * before - 5 * here + 4 * there - behind) * t**2
        + (3 * here - before - 3 * there + behind) * t**3
    )  # (P - 1, 8, 2)
    return np.concatenate([points[:1], pieces.reshape(-1, 2)])
