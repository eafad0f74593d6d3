"""Draw digits in printed boxes: clear of the border, down to it, over it, and cut out along it."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks import drawing
from benchmarks.drawing import Digit, Field, Page


def box_clear(digit: Digit, rng: Generator) -> Page:
    """Write in the middle of a printed box."""
    return _boxed(digit, rng, over=None)


def box_touched(digit: Digit, rng: Generator) -> Page:
    """Write down to the border of a printed box."""
    return _boxed(digit, rng, over=(0.0, 0.02))


def box_crossed(digit: Digit, rng: Generator) -> Page:
    """Write over one side of a printed box, by up to 15 % of the digit."""
    return _boxed(digit, rng, over=(0.04, 0.15))


def _boxed(digit: Digit, rng: Generator, *, over: tuple[float, float] | None) -> Page:
    """Draw a box around a digit, slightly turned; over one side the ink reaches by a share of its size, if any."""
    ink = drawing.pen_written(digit, rng)
    size = max(ink.shape)
    thickness = rng.uniform(0.02, 0.05) * size
    gaps = np.asarray(rng.uniform(0.12, 0.4, 4) * size + thickness)
    beyond = rng.uniform(0.08, 0.4, 4) * size
    if over is None:
        pivot = np.array([ink.shape[1], ink.shape[0]], np.float64) / 2
    else:
        depth = rng.uniform(*over) * size
        # a narrow digit crosses its long sides nowhere: the border would run along its stroke
        side = int(rng.choice([side for side in range(4) if depth < 0.3 * ink.shape[1 - side % 2]]))
        pivot = _extreme(ink, side)
        soft = pivot[side % 2] if side < 2 else ink.shape[1 - side % 2] - 1 - pivot[side % 2]  # rim beyond solid ink
        gaps[side] = thickness / 2 - depth - soft - 0.5
        beyond[side] += rng.uniform(0.1, 0.3) * size
    spot = drawing.placed(ink, np.maximum(gaps + beyond, 0.08 * size))
    left, top, right, bottom = np.array((spot.left, spot.top, spot.right, spot.bottom)) + gaps * (-1, -1, 1, 1)
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    turned = _turned(corners, pivot + np.array((spot.left, spot.top)), rng.uniform(-1.5, 1.5))
    box = drawing.stroked(spot.ink.shape, [turned], thickness)
    grey = drawing.printed(drawing.on_paper(spot.ink, rng), box, rng.uniform(0, 140))
    return drawing.as_page(grey)


def box_cropped(digit: Digit, rng: Generator) -> Page:
    """Cut a box out along its border, so that two or three sides of it are left at the edges, not quite parallel."""
    ink = drawing.pen_written(digit, rng)
    thickness = float(rng.uniform(1.5, 4))
    spot = drawing.placed(ink, drawing.margins_around(ink, rng, 0.15, 0.4) + 6)
    height, width = spot.ink.shape
    sides = [((0, 0), (0, height)), ((0, 0), (width, 0)), ((width, 0), (width, height)), ((0, height), (width, height))]
    lines = []
    for side in rng.permutation(4)[: rng.integers(2, 4)]:
        line = np.array(sides[side], float) - 0.5
        line[:, side % 2] += rng.uniform(0, 3, 2) * (1 if side < 2 else -1)
        lines.append(line)
    box = drawing.stroked(spot.ink.shape, lines, thickness)
    grey = drawing.printed(drawing.on_paper(spot.ink, rng), box, rng.uniform(0, 140))
    return drawing.as_page(grey)


def _extreme(ink: Field, side: int) -> NDArray[np.float64]:
    """Find (x, y) of ink at the left, top, right or bottom end, in the middle of what is there."""
    solid = ink > 0.5
    turned = solid if side % 2 == 0 else solid.T
    columns = np.flatnonzero(turned.any(axis=0))
    at = columns[0] if side < 2 else columns[-1]
    along = np.flatnonzero(turned[:, at])
    point = (at, along[len(along) // 2])
    return np.array(point if side % 2 == 0 else point[::-1], np.float64)


def _turned(points: NDArray[np.floating], pivot: NDArray[np.floating], degrees: float) -> NDArray[np.floating]:
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.asarray((points - pivot) @ np.array([(cos, sin), (-sin, cos)]) + pivot)
