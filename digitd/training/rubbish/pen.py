"""Draw strokes by an unsteady hand, and put ink on paper."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Ink = NDArray[np.uint8]
"""(H, W) uint8 coverage, 0 = paper, 255 = ink."""
Page = NDArray[np.uint8]
"""(H, W) uint8 grey, 0 = ink."""
Stroke = NDArray[np.float64]
"""(N, 2) float, x to the right and y down, in any unit."""

_STEPS = 40
_SUBPIXEL = 4
"""Bits that OpenCV reads as a fraction of a pixel."""


def drawn(
    strokes: list[Stroke],
    rng: Generator,
    *,
    turn_deg: float = 8,
    wobble: float = 0.02,
    widths: tuple[float, float] = (0.03, 0.12),
) -> Ink:
    """Draw strokes with one pen, turned, sheared and wobbling, on 60 to 110 pixels.

    Parameters
    ----------
    strokes : list of (N, 2) float
    rng : Generator
    turn_deg : float
        Standard deviation of the turn of the whole, in degrees.
    wobble : float
        How far the pen strays, of the drawing's size.
    widths : (float, float)
        Least and greatest width of the pen, of the drawing's size.
    """
    turn = np.deg2rad(rng.normal(0, turn_deg))
    shear, stretch = rng.normal(0, 0.12), np.exp(rng.normal(0, 0.1))
    form = np.array([[1, 0], [shear, 1]]) * [stretch, 1 / stretch]
    form = form @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    lines = [_wobbled(stroke @ form, rng, wobble) for stroke in _to_unit(strokes)]
    return inked(lines, rng, widths=widths)


def inked(lines: list[Stroke], rng: Generator, *, widths: tuple[float, float]) -> Ink:
    """Draw lines exactly as they are, brought to a page of 60 to 110 pixels with a margin."""
    side = int(rng.integers(60, 111))
    margin = rng.uniform(0.12, 0.25) * side
    size = side - 2 * margin
    lines = [line * size for line in _to_unit(lines)]
    width, height = np.concatenate(lines).max(axis=0)
    ink = np.zeros((max(60, round(height + 2 * margin)), max(60, round(width + 2 * margin))), np.uint8)
    start = np.array([ink.shape[1] - width, ink.shape[0] - height]) / 2
    thickness = max(1, round(rng.uniform(*widths) * size))
    for line in lines:
        put(ink, line + start, thickness)
    return ink


def put(ink: Ink, line: Stroke, thickness: int) -> None:
    """Draw a line of (N, 2) pixels onto ink."""
    ends = np.rint(line * (1 << _SUBPIXEL)).astype(np.int32)
    cv2.polylines(ink, [ends], isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA, shift=_SUBPIXEL)


def smooth(points: Stroke, *, between: int = 8) -> Stroke:
    """Lead a Catmull-Rom curve through (N, 2) points."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, between, endpoint=False)[:, None, None]
    curve = (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    ) / 2
    # (between, N - 1, 2) to one line, part after part
    return np.concatenate([curve.transpose(1, 0, 2).reshape(-1, 2), points[-1:]])


def arc(start_deg: float, end_deg: float, *, radius: float = 1, steps: int = 32) -> Stroke:
    """Return points on a circle about the origin."""
    angles = np.deg2rad(np.linspace(start_deg, end_deg, steps))
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def on_paper(ink: Ink, rng: Generator) -> Page:
    """Lay ink on even paper, with edges between sharp and soft."""
    if rng.random() < 0.4:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.2)), np.uint8)
    paper = rng.uniform(200, 255)
    return np.asarray(np.rint(paper - ink * (rng.uniform(0.5, 1) * paper / 255)), np.uint8)


def _to_unit(lines: list[Stroke]) -> list[Stroke]:
    """Bring lines to the corner of the unit square, the longer side filling it."""
    points = np.concatenate(lines)
    least = points.min(axis=0)
    size = max(float((points.max(axis=0) - least).max()), 1e-6)
    return [(line - least) / size for line in lines]


def _wobbled(line: Stroke, rng: Generator, wobble: float) -> Stroke:
    """Stray from a line in a few slow waves; its corners stay corners."""
    way = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.union1d(np.linspace(0, way[-1], _STEPS), way)
    dense = np.stack([np.interp(at, way, line[:, 0]), np.interp(at, way, line[:, 1])], axis=1)
    waves = rng.uniform(0.5, 9, (3, 1, 2)) * at[None, :, None] + rng.uniform(0, 2 * np.pi, (3, 1, 2))
    return np.asarray(dense + wobble * np.sin(waves).mean(axis=0) * 1.5, np.float64)
