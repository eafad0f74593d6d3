"""Make of genuine digits what is no digit any more: struck out, run into each other, in pieces."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training.rubbish.pen import Ink, put, smooth
from digitd.training.rubbish.scrawls import zigzag

_NARROW = 0.5
"""Of its height: a digit less wide is a 1, which beside an arch makes a 4, a 6 or a 9 of it."""
_TRIES = 50


def strike_out(rng: Generator, digits: NDArray[np.uint8]) -> Ink:
    """Cancel a digit by two or three bold strokes, a cross or a scribble; one stroke would leave a 0 a 0, a 7 a 7."""
    digit = _enlarged(_any(digits, rng), rng.uniform(1.8, 3))
    size = max(digit.shape)
    ink = np.pad(digit, round(0.35 * size))
    middle = np.array(ink.shape[::-1]) / 2
    reach = np.maximum(np.array(digit.shape[::-1]) / 2, 0.4 * size)
    draw = rng.integers(3)
    if draw == 0:
        count = int(rng.integers(2, 4))
        slope = rng.uniform(-0.6, 0.6)
        strikes = [np.array([[-1.3, y + slope], [1.3, y - slope]]) for y in np.linspace(-0.4, 0.4, count)]
    elif draw == 1:
        strikes = [np.array([[-1.05, -1.05], [1.05, 1.05]]), np.array([[-1.05, 1.05], [1.05, -1.05]])]
    else:
        line = zigzag(rng, int(rng.integers(9, 15))) * 2.3 - 1.15
        strikes = [smooth(line if rng.random() < 0.5 else line[:, ::-1])]
    thickness = max(2, round(rng.uniform(0.08, 0.13) * size))
    for strike in strikes:
        put(ink, middle + (strike + rng.normal(0, 0.06, strike.shape)) * reach, thickness)
    return ink


def two_digits(rng: Generator, digits: NDArray[np.uint8]) -> Ink:
    """Write two digits so close that they touch or overlap, both still to be seen."""
    scale = rng.uniform(1.6, 2.6)
    left, right = (_enlarged(_wide(digits, rng), scale * rng.uniform(0.85, 1.15)) for _ in range(2))
    height = max(left.shape[0], right.shape[0])
    tops = [int((height - part.shape[0]) * rng.uniform(0, 1)) for part in (left, right)]
    ink = np.zeros((height, left.shape[1] + right.shape[1]), np.uint8)
    ink[tops[0] : tops[0] + left.shape[0], : left.shape[1]] = left
    other = np.zeros((height, right.shape[1]), np.uint8)
    other[tops[1] : tops[1] + right.shape[0]] = right
    at = left.shape[1]
    least = at - round(0.4 * min(left.shape[1], right.shape[1]))
    while at > least and not np.any((ink[:, at : at + other.shape[1]] > 100) & (other > 100)):
        at -= 1
    at = max(least, at - round(rng.uniform(0.02, 0.12) * left.shape[1]))
    ink[:, at : at + other.shape[1]] = np.maximum(ink[:, at : at + other.shape[1]], other)
    return np.pad(ink[:, : at + other.shape[1]], round(0.25 * height))


def fragment(rng: Generator, digits: NDArray[np.uint8]) -> Ink:
    """Throw pieces of strokes into a heap, or keep one that is as thick as long."""
    if rng.random() < 0.25:
        for _ in range(_TRIES):
            piece = _piece(_any(digits, rng), rng, int(rng.integers(4, 8)))
            if 1 <= piece.shape[1] / piece.shape[0] < 2 and piece.mean() > 190:
                return np.pad(_enlarged(piece, 40 / max(piece.shape)), 18)
    ink = np.zeros((90, 90), np.uint8)
    for _ in range(int(rng.integers(5, 9))):
        piece = _enlarged(_piece(_any(digits, rng), rng, int(rng.integers(6, 12))), rng.uniform(2, 3.2))
        y, x = (int(rng.integers(16, max(74 - length, 17))) for length in piece.shape)
        below = ink[y : y + piece.shape[0], x : x + piece.shape[1]]
        np.maximum(below, piece[: below.shape[0], : below.shape[1]], out=below)
    return ink


def _any(digits: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    return _tight(digits[rng.integers(len(digits))])


def _wide(digits: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    for _ in range(_TRIES):
        digit = _any(digits, rng)
        if digit.shape[1] > _NARROW * digit.shape[0]:
            return digit
    return digit


def _piece(digit: NDArray[np.uint8], rng: Generator, side: int) -> NDArray[np.uint8]:
    """Cut a square about a point of the ink out of a digit, turned by quarters."""
    inside = np.argwhere(digit > 128)
    y, x = inside[rng.integers(len(inside))]
    top, left = max(int(y) - side // 2, 0), max(int(x) - side // 2, 0)
    return np.rot90(_tight(digit[top : top + side, left : left + side]), int(rng.integers(4)))


def _tight(digit: NDArray[np.uint8]) -> NDArray[np.uint8]:
    x, y, width, height = cv2.boundingRect(digit)
    return digit[y : y + height, x : x + width]


def _enlarged(digit: NDArray[np.uint8], scale: float) -> Ink:
    size = (max(1, round(digit.shape[1] * scale)), max(1, round(digit.shape[0] * scale)))
    ink = cv2.resize(np.ascontiguousarray(digit), size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(ink, np.uint8)
