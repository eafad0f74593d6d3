"""Move a pen along strokes: a smooth way with a hand's unsteadiness, and a width that follows pressure and speed."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from samples.strokes import Stroke

_FINE = 4  # a stroke is drawn so many times larger and averaged down: smooth edges
_STEPS = 40  # points between two given ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What a pen leaves.

    Attributes
    ----------
    width : float
        Of the line, in heights of the digit.
    pressure : float
        How much the width varies along the way, 0-1.
    taper : float
        Width at the very ends, 0-1 of the full width.
    grain : float
        How much the paper's roughness shows through, 0-1: 0 for felt pens, 0.6 for pencil, more for chalk.
    density : float
        Opacity of a full line, 0-1.
    """

    width: float
    pressure: float = 0.15
    taper: float = 0.7
    grain: float = 0.0
    density: float = 0.95


def write(
    strokes: tuple[Stroke, ...], pen: Pen, size: tuple[int, int], *, height: float, slant: float, rng: Generator
) -> NDArray[np.float32]:
    """Write one digit in the middle of an empty sheet.

    Parameters
    ----------
    strokes : tuple of Stroke
    pen : Pen
    size : tuple of int
        Width and height of the sheet in pixels.
    height : float
        Of the digit, in pixels.
    slant : float
        Shift to the right of the top, in heights of the digit.
    rng : Generator

    Returns
    -------
    ndarray
        (H, W) float32 coverage, 0 = paper, 1 = full ink.
    """
    ways = [_way(_unsteady(stroke, rng)) for stroke in strokes]
    ways = [np.stack([way[:, 0] + slant * (0.5 - way[:, 1]), way[:, 1]], axis=1) for way in ways]
    everything = np.concatenate(ways)
    middle = (everything.min(axis=0) + everything.max(axis=0)) / 2
    centre = np.array(size) / 2 + rng.uniform(-0.03, 0.03, 2) * min(size)
    fine = np.zeros((size[1] * _FINE, size[0] * _FINE), np.uint8)
    for way in ways:
        _ink(fine, ((way - middle) * height + centre) * _FINE, _widths(way, pen, rng) * height * _FINE)
    coverage = cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.asarray(coverage * pen.density * _grain(size, pen, rng), np.float32)


def _unsteady(points: Stroke, rng: Generator) -> Stroke:
    """Move the points of a stroke a little; a corner stays one point."""
    moved = points + rng.normal(0, 0.009, points.shape)
    for index in range(1, len(points)):
        if (points[index] == points[index - 1]).all():
            moved[index] = moved[index - 1]
    return moved


def _way(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Join points by Catmull-Rom curves, with a break in direction at points given twice."""
    corners = [index for index in range(1, len(points)) if (points[index] == points[index - 1]).all()]
    return np.concatenate([_smooth(part) for part in np.split(points, corners)])


def _smooth(points: NDArray[np.float64]) -> NDArray[np.float64]:
    before, after = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    padded = np.concatenate([before[None], points, after[None]])
    t = np.linspace(0, 1, _STEPS, endpoint=False)[:, None]
    parts = [_catmull_rom(padded[i : i + 4], t) for i in range(len(points) - 1)]
    return np.concatenate([*parts, points[-1:]])


def _catmull_rom(four: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Run from the second of four points to the third (Catmull and Rom, 1974; uniform)."""
    a, b, c, d = four
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.asarray(curve, np.float64)


def _widths(way: NDArray[np.float64], pen: Pen, rng: Generator) -> NDArray[np.float64]:
    """Give the width at each point: wider downward, in waves of pressure, thinner where the pen lands and lifts."""
    steps = np.diff(way, axis=0, append=way[-1:] * 2 - way[-2:-1])
    lengths = np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-6)
    along = np.cumsum(lengths) - lengths[0]
    down = cv2.GaussianBlur(steps[:, 1] / lengths, (1, 0), 12, borderType=cv2.BORDER_REPLICATE).ravel()
    phases = rng.uniform(0, 2 * np.pi, 2)
    waves = sum(np.sin(2 * np.pi * along * rate + phase) for rate, phase in zip((0.5, 1.3), phases, strict=True))
    to_end = np.minimum(along * 1.6, along[-1] - along)  # landing is shorter than lifting
    ends = pen.taper + (1 - pen.taper) * np.clip(to_end / 0.12, 0, 1)
    return np.asarray(pen.width * (1 + pen.pressure * (0.75 * down + 0.2 * waves)) * ends, np.float64)


def _ink(fine: NDArray[np.uint8], way: NDArray[np.float64], widths: NDArray[np.float64]) -> None:
    for (x, y), width in zip(way, widths, strict=True):
        cv2.circle(fine, (round(x * 16), round(y * 16)), round(width / 2 * 16), 255, -1, cv2.LINE_AA, shift=4)


def _grain(size: tuple[int, int], pen: Pen, rng: Generator) -> NDArray[np.float32]:
    """Let the paper's teeth take more and less of the ink."""
    columns, rows = size
    fine, coarse = (
        cv2.GaussianBlur(rng.normal(0, 1, (rows, columns)).astype(np.float32), (0, 0), sigma) for sigma in (0.9, 2.4)
    )
    rough = 0.35 * fine / fine.std() + 0.25 * coarse / coarse.std()
    taken = np.clip(1 - pen.grain * (0.45 + 1.4 * rough), 0, 1)
    return np.asarray(taken, np.float32)
