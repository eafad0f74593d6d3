"""Pages without writing on which light has left something: folds, gutters, streaks of a scanner, edges of shadow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

_SMALLEST, _LARGEST = 40, 200  # pixels


def light_bar(rng: Generator) -> NDArray[np.uint8]:
    """Draw a page with one to three bars, wedges or edges of shade that run across it, (H, W) uint8.

    Two that are not parallel cross in the middle: at the top they would make a 7, at the bottom an L.
    """
    height, width = rng.integers(_SMALLEST, _LARGEST, 2)
    y, x = np.linspace(-1, 1, int(height))[:, None], np.linspace(-1, 1, int(width))[None, :]
    page = np.full((int(height), int(width)), rng.uniform(170, 255))
    angle, count = rng.uniform(0, np.pi), int(rng.choice([1, 1, 1, 2, 2, 3]))
    crossed = count == 2 and rng.random() < 0.4
    for k in range(count):
        turn = angle + (k * rng.uniform(0.8, 2.3) if crossed else rng.normal(0, 0.08))
        at = rng.normal(0, 0.08) if crossed else rng.uniform(-0.7, 0.7)
        page *= 1 - rng.uniform(0.15, 0.85) * _shade(np.cos(turn) * x + np.sin(turn) * y - at, x, y, rng)
    page += rng.normal(0, rng.uniform(0, 5), page.shape)
    page = np.clip(page, 0, 255)
    return np.asarray(np.rint(255 - page if rng.random() < 0.2 else page), np.uint8)


def _shade(
    away: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64], rng: Generator
) -> NDArray[np.float64]:
    """Shade a page along a line, by the distance from it: (H, W) float64, 0-1."""
    half = np.exp(rng.uniform(np.log(0.05), np.log(0.6)))
    soft = np.exp(rng.uniform(np.log(0.01), np.log(0.25)))
    draw = rng.random()
    if draw < 0.25:  # a wedge, broader towards one side of the page
        half = half * (1 + rng.uniform(0.3, 1) * (x if rng.random() < 0.5 else y))
    shade = 1 / (1 + np.exp(np.clip((np.abs(away) - half) / soft, -60, 60)))
    if draw > 0.7:  # a gutter: dark on one side, ending at an edge
        shade = shade * (away > 0)
    if rng.random() < 0.3:  # faint towards an end
        shade = shade * np.clip(0.5 + rng.uniform(-0.8, 0.8) * x + rng.uniform(-0.8, 0.8) * y, 0, 1)
    return np.asarray(shade, np.float64)
