"""What is made out of genuine digits and is none any more: struck out, run together, or only a piece left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.training.rubbish import hand

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Digits = NDArray[np.uint8]  # (N, 28, 28) uint8, 255 = ink

_NARROW = 0.45  # of the height: such digits would vanish in an overlap
_HOLLOW = 0.1  # of the box: a digit around so much paper may be a 0, and a 0 with one slash across is still a 0
_VISIBLE = 1.3  # times the ink of the digit: a strike along its own strokes is not seen
_BROADEST = 0.11  # of the height: the pen that strikes
_TRIES = 10
_CONTRAST = 2.2  # sharpens the edges of an enlarged digit


def strike_out(rng: Generator, digits: Digits) -> hand.Ink:
    """Strike out or scribble over a digit, with strokes that reach well beyond it."""
    digit = _enlarged(_one(rng, digits), rng.uniform(32, 64))
    height, width = digit.shape
    reach = int(0.55 * max(height, width)) + 8
    canvas = np.asarray(cv2.copyMakeBorder(digit, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0), np.uint8)
    centre = np.array([canvas.shape[1], canvas.shape[0]]) / 2
    size = np.array([width, height], float)
    for _ in range(_TRIES):
        pen = float(np.clip(_stroke_width(digit) * rng.uniform(0.4, 1.1), 1.5, _BROADEST * height))
        strokes = [hand.unsteady(stroke, rng, 0.015 * height) + centre for stroke in _strikes(rng, size, digit)]
        struck = np.maximum(canvas, hand.trace((canvas.shape[0], canvas.shape[1]), strokes, pen, rng))
        if struck.sum(dtype=np.int64) > _VISIBLE * canvas.sum(dtype=np.int64):
            break
    return struck


def two_digits(rng: Generator, digits: Digits) -> hand.Ink:
    """Write two digits side by side that touch, overlap a little, or nearly touch; both stay visible."""
    height = rng.uniform(34, 70)
    pair = [_enlarged(_one(rng, digits), height * rng.uniform(0.85, 1.1)) for _ in range(2)]
    narrowest = min(digit.shape[1] for digit in pair)
    overlap = rng.uniform(-0.05, 0.2) * narrowest
    if narrowest < _NARROW * height:
        overlap = -rng.uniform(0.0, 0.06) * height
    drop = rng.normal(0, 0.05, 2) * height
    first, second = pair
    tallest = max(first.shape[0], second.shape[0])
    left = int(first.shape[1] - overlap)
    canvas = np.zeros((tallest + 24, left + second.shape[1] + 2), np.uint8)
    for digit, x, shift in zip(pair, (0, left), drop, strict=True):
        y = int(np.clip(12 + (tallest - digit.shape[0]) / 2 + shift, 0, canvas.shape[0] - digit.shape[0]))
        place = canvas[y : y + digit.shape[0], x : x + digit.shape[1]]
        np.maximum(place, digit, out=place)
    return canvas


def _strikes(rng: Generator, size: NDArray[np.float64], digit: hand.Ink) -> list[hand.Stroke]:
    """Plan strokes about (0, 0) across a digit of a size (width, height) in pixels."""
    plans = [_level, _crossed, _hatched, _scrawled, _coiled]
    if _hollow(digit) < _HOLLOW:
        plans.append(_slash)
    return plans[rng.integers(len(plans))](rng, size)


def _level(rng: Generator, size: NDArray[np.float64]) -> list[hand.Stroke]:
    """Draw one to three long level strokes: much longer than the bar of a crossed 7."""
    count = int(rng.choice([1, 2, 2, 3]))
    half = max(0.5 * size[0] + 0.22 * size[1], (0.75 if count == 1 else 0.55) * size[1])
    middle = rng.normal(0, 0.07) * size[1]
    tilt = rng.normal(0, 0.12)
    gap = rng.uniform(0.14, 0.22) * size[1]
    rows = [middle + gap * (k - (count - 1) / 2) for k in range(count)]
    ends = rng.uniform(0.92, 1.12, (count, 2)) * half
    return [
        hand.turned(hand.straight((-end[0], row), (end[1], row)), tilt) for row, end in zip(rows, ends, strict=True)
    ]


def _slash(rng: Generator, size: NDArray[np.float64]) -> list[hand.Stroke]:
    """Draw one or two strokes from corner to corner and beyond."""
    reach = np.maximum(size, 0.7 * size.max()) / 2 * rng.uniform(1.15, 1.4)
    side = rng.choice([-1, 1])
    shifts = [0.0] if rng.random() < 0.5 else [-0.12 * size[1], 0.12 * size[1]]
    return [hand.straight((-reach[0], side * reach[1] + s), (reach[0], -side * reach[1] + s)) for s in shifts]


def _crossed(rng: Generator, size: NDArray[np.float64]) -> list[hand.Stroke]:
    """Draw an X over it."""
    x, y = np.maximum(size, 0.75 * size.max()) / 2 * rng.uniform(1.0, 1.2, 2)
    return [hand.straight((-x, -y), (x, y)), hand.straight((-x, y), (x, -y))]


def _hatched(rng: Generator, size: NDArray[np.float64]) -> list[hand.Stroke]:
    """Draw three to six parallel strokes over it."""
    angle = rng.uniform(-1.0, 1.0)
    half = 0.6 * size.max()
    rows = np.linspace(-0.4, 0.4, int(rng.integers(3, 7))) * size.max()
    return [
        hand.turned(hand.straight((-half * rng.uniform(0.7, 1.1), row), (half * rng.uniform(0.7, 1.1), row)), angle)
        for row in rows
    ]


def _scrawled(rng: Generator, size: NDArray[np.float64]) -> list[hand.Stroke]:
    """Draw a zigzag over it."""
    teeth = int(rng.integers(5, 10))
    half = max(0.65 * size[0], 0.4 * size[1])
    across = np.where(np.arange(teeth) % 2, half, -half) * rng.uniform(0.75, 1.1, teeth)
    down = np.linspace(-0.48, 0.48, teeth) * size[1] + rng.normal(0, 0.03, teeth) * size[1]
    zigzag = hand.curve(np.stack([across, down], axis=1))
    return [hand.turned(zigzag, rng.normal(0, 0.3))]


def _coiled(rng: Generator, size: NDArray[np.float64]) -> list[hand.Stroke]:
    """Draw loops over it."""
    along = np.linspace(0, 1, 110)
    angle = 2 * np.pi * rng.uniform(2.5, 4.5) * along
    half = max(0.55 * size[0], 0.35 * size[1])
    x = half * (2 * along - 1) * 0.7 + 0.4 * half * np.cos(angle)
    y = 0.42 * size[1] * np.sin(angle) * (1 + 0.2 * np.sin(9 * along))
    return [hand.turned(np.stack([x, y], axis=1), rng.normal(0, 0.2))]


def _one(rng: Generator, digits: Digits) -> hand.Ink:
    """Cut one digit out of its field."""
    glyph = digits[rng.integers(len(digits))]
    x, y, width, height = cv2.boundingRect(glyph)
    return np.ascontiguousarray(glyph[y : y + height, x : x + width])


def _enlarged(digit: hand.Ink, height: float) -> hand.Ink:
    """Bring a digit to a height in pixels, with the sharp edges that a finer picture of it would have."""
    width = max(3, round(digit.shape[1] * height / digit.shape[0]))
    large = cv2.resize(digit, (width, round(height)), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.convertScaleAbs(np.maximum(large, 40) - np.uint8(40), alpha=_CONTRAST * 255 / 400), np.uint8)


def _stroke_width(digit: hand.Ink) -> float:
    """Measure the broadest stroke in pixels."""
    padded = cv2.copyMakeBorder((digit > 127).view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return 2 * float(cv2.distanceTransform(padded, cv2.DIST_L2, 3).max())


def _hollow(digit: hand.Ink) -> float:
    """Measure the paper inside the outline, as a share of the box."""
    ink = (digit > 90).view(np.uint8)
    outlines, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(ink), outlines, -1, 1, cv2.FILLED)
    return float(filled.sum() - ink.sum()) / digit.size
