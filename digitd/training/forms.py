"""Print what stands on forms where people write: boxes, ruling, squares, the border of a neighbouring field."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training.camera import Ink

PRINTED = 0.48
"""Of all pages have some print on them."""


def printed(chance: float, shape: tuple[int, ...], corners: tuple[int, int, int, int], rng: Generator) -> Ink:
    """Print a box, rules, or edges of boxes around what is written.

    Parameters
    ----------
    chance : float
        Drawn from 0-1; it says which, and from `PRINTED` on, nothing.
    shape : (H, W)
    corners : (left, top, right, bottom)
        Pixels, where on the page it is written.
    rng : Generator

    Returns
    -------
    (H, W) float32 coverage
    """
    left, top, right, bottom = corners
    if chance < 0.25:
        return _box(shape, corners, rng)
    if chance < 0.40:
        return _rules(shape, max(right - left, bottom - top), rng)
    if chance < PRINTED:
        return _edges(shape, rng)
    return np.zeros(shape, np.float32)


def _box(shape: tuple[int, ...], corners: tuple[int, int, int, int], rng: Generator) -> Ink:
    """Print a box around what is written, near or far, or across its margin; sometimes one side is missing."""
    left, top, right, bottom = corners
    size = max(right - left, bottom - top)
    gaps = rng.uniform(0.02, 0.35, 4) * size
    if rng.random() < 0.5:
        gaps[rng.integers(4)] = rng.uniform(-0.15, 0.02) * size
    box = np.array([left - gaps[0], top - gaps[1], right + gaps[2], bottom + gaps[3]])
    points = box[[[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]]]
    middle = points[:4].mean(axis=0)
    angle = np.deg2rad(rng.normal(0, 1.2))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points = (points - middle) @ turn + middle
    return _stroked(shape, points if rng.random() < 0.9 else points[1:], max(1, round(rng.uniform(0.015, 0.06) * size)))


def _rules(shape: tuple[int, ...], size: int, rng: Generator) -> Ink:
    """Rule the page, or square it."""
    height, width = shape
    pitch = rng.uniform(0.4, 1.6) * size
    thickness = max(1, round(rng.uniform(0.01, 0.03) * size))
    rise = rng.normal(0, 0.012)
    lines = np.zeros(shape, np.float32)
    for at in np.arange(rng.uniform(-pitch, pitch), height + pitch, pitch):
        lines = np.maximum(lines, _stroked(shape, np.array([[-1, at], [width, at + rise * width]]), thickness))
    if rng.random() < 0.5:
        for at in np.arange(rng.uniform(-pitch, pitch), width + pitch, pitch):
            lines = np.maximum(lines, _stroked(shape, np.array([[at, -1], [at - rise * height, height]]), thickness))
    return lines * np.float32(rng.uniform(0.3, 0.9))


def _edges(shape: tuple[int, ...], rng: Generator) -> Ink:
    """Leave pieces of a box at one to three edges of the page."""
    height, width = shape
    deep = rng.uniform(0, 0.05, (4, 2)) * max(shape)
    sides = np.array(
        [
            [[deep[0, 0], 0], [deep[0, 1], height]],
            [[0, deep[1, 0]], [width, deep[1, 1]]],
            [[width - deep[2, 0], 0], [width - deep[2, 1], height]],
            [[0, height - deep[3, 0]], [width, height - deep[3, 1]]],
        ]
    )
    edges = np.zeros(shape, np.float32)
    for side in rng.permutation(4)[: rng.integers(1, 4)]:
        edges = np.maximum(edges, _stroked(shape, sides[side], max(1, round(rng.uniform(0.01, 0.05) * max(shape)))))
    return edges


def _stroked(shape: tuple[int, ...], points: NDArray[np.floating], thickness: int) -> Ink:
    canvas = np.zeros(shape, np.uint8)
    ends = np.rint(points * 16).astype(np.int32)
    cv2.polylines(canvas, [ends], isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA, shift=4)
    return canvas.astype(np.float32) / np.float32(255)
