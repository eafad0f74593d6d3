"""What is left of a digit when the rest is missing: stubs of strokes, shallow arcs, dots; nothing that has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.training.rubbish import hand, shape

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

_TRIES = 12
_LONG = 1.35  # times as long as wide, as `shape.spread` measures it
_BENT, _SOLID = 0.65, 0.8  # of the convex hull: less may be the corner of a 7, or the hook of a 2
_LEVEL = np.deg2rad(25)


def fragment(rng: Generator, digits: NDArray[np.uint8]) -> hand.Ink:
    """Draw a stub cut out of a digit, a shallow arc, or some dots.

    Parameters
    ----------
    rng : Generator
    digits : (N, 28, 28) uint8, 255 = ink
    """
    draw = rng.random()
    if draw < 0.25:
        return _dots(rng)
    if draw < 0.4:
        return _arc(rng)
    for _ in range(_TRIES):
        stub = _stub(rng, digits)
        if stub is not None and _is_nameless(stub):
            return hand.bend(stub, rng, size=rng.uniform(24, 56))
    return _arc(rng)


def _dots(rng: Generator) -> hand.Ink:
    """Draw two to five touches of a pen."""
    count = int(rng.integers(2, 6))
    size = int(rng.integers(30, 70))
    canvas = np.zeros((size, size), np.uint8)
    radius = rng.uniform(0.06, 0.13) * size
    low, high = 1.6 * radius, size - 1.6 * radius
    places = rng.uniform(low, high, (count, 2))
    if rng.random() < 0.5:  # in a row
        places[:, 0] = np.linspace(low, high, count)
        places[:, 1] = size / 2 + rng.normal(0, 0.03 * size, count)
    for x, y in places:
        axes = (radius * rng.uniform(0.7, 1.3, 2) * 16).astype(int).tolist()
        centre = (int(x * 16), int(y * 16))
        cv2.ellipse(canvas, centre, axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA, 4)
    return canvas


def _arc(rng: Generator) -> hand.Ink:
    """Draw a shallow arc that is open upward or downward."""
    sweep = rng.uniform(0.7, 2.0)
    middle = rng.normal(0, 0.25) + rng.choice([-1, 1]) * np.pi / 2
    return hand.write([hand.arc((0, 0), (1, 1), middle - sweep / 2, sweep)], rng, broadest=0.16)


def _stub(rng: Generator, digits: NDArray[np.uint8]) -> hand.Ink | None:
    """Cut a small window out of a digit and keep one piece of ink in it, enlarged five times."""
    digit = digits[rng.integers(len(digits))]
    rows, columns = np.nonzero(digit > 127)
    if len(rows) == 0:
        return None
    side = int(rng.integers(5, 11))
    pixel = rng.integers(len(rows))
    top, left = max(0, rows[pixel] - side // 2), max(0, columns[pixel] - side // 2)
    window = np.pad(digit[top : top + side, left : left + side], 2)
    large = np.asarray(cv2.resize(window, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC), np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((large > 60).view(np.uint8))
    if count < 2:
        return None
    chosen = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    sharper = np.clip((np.arange(256) - 60) * 2.2, 0, 255).astype(np.uint8)
    return np.where(labels == chosen, cv2.LUT(large, sharper), 0).astype(np.uint8)


def _is_nameless(stub: hand.Ink) -> bool:
    """Tell whether it is a level stroke or a blot, and not a 1, the corner of a 7 or a ring."""
    if shape.has_hole(stub):
        return False
    spread = shape.spread(stub)
    if spread.elongation > _LONG:
        return spread.steepness < _LEVEL and shape.solidity(stub) > _BENT
    return shape.solidity(stub) > _SOLID
