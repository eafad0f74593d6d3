"""What is no writing at all: blotches, specks, hatching, smudges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.training.rubbish import hand

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray


def texture(rng: Generator) -> hand.Ink:
    """Draw a patch of dirt, shadow or hatching."""
    return (_blotches, _specks, _hatching, _smudge)[rng.integers(4)](rng)


def _blotches(rng: Generator) -> hand.Ink:
    """Cut smooth noise at a level: stains with ragged borders."""
    size = int(rng.integers(40, 96))
    field = _noise(size, int(rng.integers(5, 10)), rng) + 0.4 * _noise(size, 20, rng)
    field -= np.float32(rng.uniform(0.1, 0.6))
    return _as_ink((field * rng.uniform(3, 12)) * _window(size, rng))


def _specks(rng: Generator) -> hand.Ink:
    """Scatter coarse grains."""
    size = int(rng.integers(40, 96))
    grains = _noise(size, int(rng.integers(14, 26)), rng) - np.float32(rng.uniform(0.4, 1.0))
    return _as_ink(grains * 4 * _window(size, rng))


def _hatching(rng: Generator) -> hand.Ink:
    """Fill a patch with strokes side by side, in one direction or two."""
    strokes = []
    for angle in rng.uniform(0, np.pi) + np.array([0.0, rng.uniform(0.9, 2.0)])[: rng.integers(1, 3)]:
        rows = np.linspace(-1, 1, int(rng.integers(6, 11)))
        halves = np.sqrt(np.maximum(1.15 - rows**2, 0.1))[:, None] * rng.uniform(0.7, 1.1, (len(rows), 2))
        strokes += [
            hand.turned(hand.straight((-half[0], row), (half[1], row)), angle)
            for row, half in zip(rows, halves, strict=True)
        ]
    return hand.write(strokes, rng, broadest=0.06)


def _smudge(rng: Generator) -> hand.Ink:
    """Wipe wet ink sideways: soft, streaky, darker at one end."""
    size = int(rng.integers(40, 96))
    streaks = _noise(size, 6, rng)
    streaks = np.asarray(cv2.blur(streaks, (size // 3, 3)), np.float32)
    streaks /= max(float(streaks.std()), 1e-3)
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    envelope = np.exp(-((x / 0.55) ** 2) - (y / rng.uniform(0.25, 0.5)) ** 2) * (1 - 0.4 * x)
    patch = _as_ink(envelope * (1 + 0.5 * streaks) * rng.uniform(0.7, 1.3))
    return hand.bend(patch, rng, size=size)


def _noise(size: int, cells: int, rng: Generator) -> NDArray[np.float32]:
    """Draw smooth noise of about unit variance with so many waves across: (size, size) float32."""
    coarse = rng.standard_normal((cells, cells), np.float32)
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def _window(size: int, rng: Generator) -> NDArray[np.float32]:
    """Fade a patch out towards its border: (size, size) float32, 0-1."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    wide, high = rng.uniform(0.6, 1.0, 2)
    return np.asarray(np.clip(3 * (1 - (x / wide) ** 2 - (y / high) ** 2), 0, 1), np.float32)


def _as_ink(share: NDArray[np.floating]) -> hand.Ink:
    return np.asarray(255 * np.clip(share, 0, 1), np.uint8)
