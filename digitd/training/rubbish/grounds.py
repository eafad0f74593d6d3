"""Show surfaces on which nothing is written: blotches, noise, hatching, smudges, the edge of a shadow."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training.rubbish.pen import Page, put


def texture(rng: Generator) -> Page:
    """Show one of the surfaces on 60 to 110 pixels."""
    side = int(rng.integers(60, 111))
    draw = rng.integers(5)
    grey = (_blotches, _noise, _hatching, _smudges, _shadow)[draw](side, rng)
    grey = grey * rng.uniform(200, 255) + rng.normal(0, rng.uniform(0.2, 5), grey.shape)
    return np.rint(np.clip(grey, 0, 255)).astype(np.uint8)


def _blotches(side: int, rng: Generator) -> NDArray[np.float64]:
    cells = int(rng.integers(5, 14))
    field = cv2.resize(rng.normal(0, 1, (cells, cells)), (side, side), interpolation=cv2.INTER_CUBIC)
    dark = 1 / (1 + np.exp(-(field - rng.uniform(0.3, 1)) * rng.uniform(4, 20)))
    return np.asarray(1 - rng.uniform(0.3, 1) * dark, np.float64)


def _noise(side: int, rng: Generator) -> NDArray[np.float64]:
    cells = int(rng.integers(side // 4, side + 1))
    field = rng.normal(0, 1, (cells, cells))
    return np.asarray(
        np.clip(0.7 + rng.uniform(0.1, 0.4) * cv2.resize(field, (side, side), interpolation=cv2.INTER_LINEAR), 0, 1),
        np.float64,
    )


def _hatching(side: int, rng: Generator) -> NDArray[np.float64]:
    """Hatch a part of the surface, in one direction or two."""
    ink = np.zeros((side, side), np.uint8)
    size = rng.uniform(0.25, 0.4) * side
    for angle in rng.uniform(0, np.pi) + np.array([0, np.pi / 2])[: rng.integers(1, 3)]:
        along = np.array([np.cos(angle), np.sin(angle)])
        for off in np.linspace(-size, size, int(rng.integers(6, 12))):
            ends = side / 2 + off * along[::-1] * [-1, 1] + np.outer([-size, size], along)
            put(ink, ends + rng.normal(0, 0.02 * side, (2, 2)), int(rng.integers(1, 4)))
    return 1 - ink / 255 * rng.uniform(0.4, 1)


def _smudges(side: int, rng: Generator) -> NDArray[np.float64]:
    ink = np.zeros((side, side), np.uint8)
    for _ in range(int(rng.integers(2, 6))):
        centre, axes = rng.uniform(0.3, 0.7, 2) * side, rng.uniform(0.05, 0.25, 2) * side
        cv2.ellipse(ink, (tuple(centre), tuple(2 * axes), rng.uniform(0, 180)), int(rng.integers(60, 256)), -1)
    soft = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.02, 0.08) * side)
    return np.asarray(1 - soft / 255 * rng.uniform(0.5, 1), np.float64)


def _shadow(side: int, rng: Generator) -> NDArray[np.float64]:
    """Let a shadow begin somewhere on the surface; where two cross, they leave a 7."""
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * x + np.sin(angle) * y - rng.uniform(-0.5, 0.5)
    dark = 1 / (1 + np.exp(np.clip(-along / np.exp(rng.uniform(-4, -1.5)), -60, 60)))
    return np.asarray(1 - rng.uniform(0.3, 0.8) * dark, np.float64)
