"""Pages of dots: noise of black and white pixels, halftone, clumps of specks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.training.rubbish.sheet import lay

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

_SIDES = (28, 28, 40, 64, 100)
"""Pixels; most random pictures that anybody sends are of the size that the classifier takes."""


def random_dots(rng: Generator) -> NDArray[np.uint8]:
    """Draw a page of random dots, (H, W) uint8."""
    draw = rng.random()
    if draw < 0.5:
        return _noise(rng)
    return lay(_halftone(rng) if draw < 0.75 else _clump(rng), rng).page


def _noise(rng: Generator) -> NDArray[np.uint8]:
    """Fill a page from edge to edge with cells that are black or white, or of any grey."""
    side, cell = int(rng.choice(_SIDES)), int(rng.choice([1, 1, 2, 3]))
    cells = rng.random((-(-side // cell), -(-side // cell)))
    level = rng.uniform(0.05, 0.6)
    dark = np.asarray(cells < level, np.float64) if rng.random() < 0.75 else np.clip(1 - cells / (2 * level), 0, 1)
    dots = np.repeat(np.repeat(dark, cell, axis=0), cell, axis=1)[:side, :side]
    paper, depth = rng.uniform(180, 255), rng.uniform(0.4, 1)
    return np.asarray(np.rint(paper * (1 - depth * dots)), np.uint8)


def _halftone(rng: Generator) -> NDArray[np.uint8]:
    """Print a patch of dots on a turned grid, larger where it is darker: (H, W) uint8, 255 = ink."""
    side = int(rng.integers(36, 90))
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    angle, pitch = rng.uniform(0, np.pi / 2), rng.uniform(0.09, 0.2) * side
    across, down = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    screen = np.cos(2 * np.pi * across / pitch) * np.cos(2 * np.pi * down / pitch)
    tone = cv2.resize(rng.uniform(-0.1, 0.8, (2, 2)), (side, side), interpolation=cv2.INTER_LINEAR)
    return np.asarray(255 * np.clip((screen - tone) * pitch / 3, 0, 1), np.uint8)


def _clump(rng: Generator) -> NDArray[np.uint8]:
    """Sprinkle six to sixty specks, denser in the middle: (H, W) uint8, 255 = ink."""
    side = int(rng.integers(40, 96))
    canvas = np.zeros((side, side), np.uint8)
    places = np.clip(rng.normal(0.5, rng.uniform(0.12, 0.3), (int(rng.integers(6, 61)), 2)), 0.08, 0.92) * side
    radii = rng.uniform(0.012, 0.05, len(places)) * side
    for (x, y), radius in zip(places, radii, strict=True):
        cv2.circle(canvas, (int(16 * x), int(16 * y)), int(16 * radius), 255, -1, cv2.LINE_AA, 4)
    return canvas
