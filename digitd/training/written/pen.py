"""Ink strokes with a pen from ball to felt: its width follows pressure and speed, its line shakes a little."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training.written.allographs import Form
from digitd.training.written.bend import Points, bend, curve

_HEIGHTS = 80, 110
"""Pixels of the digit on its page."""
_FINE = 2
"""A page is drawn so many times larger and averaged down: widths in steps of half a pixel, soft edges."""
_BITS = 4
"""Fractional bits of the coordinates that OpenCV draws at."""
_WIDTHS = 0.03, 0.18
"""Of the pen's line, in heights of the digit: ball pen and felt pen."""
_MANY_TURNS = 1.9
"""Heights that a pen travels to write a 0; a 1 or a 7 takes less."""
_FILL = 0.98
"""Of the hull's area, at most covered by lines that do not overlap; where they cross, paper is left."""
_TRIES = 50


def write(form: Form, rng: Generator, legible: Callable[[Sequence[Points]], bool] | None = None) -> NDArray[np.uint8]:
    """Write a form once, every time a little otherwise.

    Parameters
    ----------
    form : Form
    rng : Generator
    legible : callable, optional
        What the bent strokes must fulfil; they are bent anew, 50 times at most, until they do.

    Returns
    -------
    (H, W) uint8, 0 = ink on 255

    Raises
    ------
    RuntimeError
        When no try is legible: the form itself is not.
    """
    for _ in range(_TRIES):
        strokes = bend(form, rng)
        if legible is None or legible(strokes):
            return ink([curve(stroke) for stroke in strokes], rng)
    raise RuntimeError(f"a form of {len(form)} strokes was illegible {_TRIES} times")


def ink(lines: Sequence[Points], rng: Generator) -> NDArray[np.uint8]:
    """Draw lines with a pen of random width on a page with a margin.

    Parameters
    ----------
    lines : sequence of (N, 2) float64
        In any unit.
    rng : Generator

    Returns
    -------
    (H, W) uint8, 0 = ink on 255
    """
    everything = np.concatenate(lines)
    low, high = everything.min(axis=0), everything.max(axis=0)
    height = rng.uniform(*_HEIGHTS) * _FINE
    scale = height / max(high[1] - low[1], 0.6 * (high[0] - low[0]))
    width = np.exp(rng.uniform(*np.log(_WIDTHS)))
    width = min(width, _broadest(lines) / max(high[1] - low[1], 1e-6))
    margin = 0.7 * width * height + 8 * _FINE
    size = np.ceil((high - low) * scale + 2 * margin).astype(int) // _FINE * _FINE + _FINE
    fine = np.full((size[1], size[0]), 255, np.uint8)
    tremor = rng.uniform(0, 0.006) * height
    for line in lines:
        way = (line - low) * scale + margin + _tremble(len(line), tremor, rng)
        _draw(fine, way, _pressed(way, height, rng) * width * height)
    page = np.asarray(cv2.resize(fine, (size[0] // _FINE, size[1] // _FINE), interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < 0.6:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), rng.uniform(0.4, 1.8)), np.uint8)
    return page


def _broadest(lines: Sequence[Points]) -> float:
    """Find the width at which lines of many turns nearly fill what they surround; few turns stay legible at any."""
    length = sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in lines)
    everything = np.concatenate(lines)
    if length < _MANY_TURNS * np.ptp(everything[:, 1]):
        return float("inf")
    return _FILL * cv2.contourArea(cv2.convexHull(everything.astype(np.float32))) / length


def _tremble(count: int, size: float, rng: Generator) -> Points:
    """Shake a line slowly: (count, 2)."""
    knots = rng.normal(0, size, (2 + count // 8, 1, 2))
    return np.asarray(cv2.resize(knots, (1, count), interpolation=cv2.INTER_CUBIC), np.float64).reshape(-1, 2)


def _pressed(way: Points, height: float, rng: Generator) -> NDArray[np.float64]:
    """Give the width along a line as a share of the pen's: broader downward, in slow waves, thinner at the ends."""
    steps = np.diff(way, axis=0, append=2 * way[-1:] - way[-2:-1]) / height
    along = np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))
    force, taper = rng.uniform(0, 0.22), rng.uniform(0.55, 1)
    waves = np.sin(along * rng.uniform(2, 7) + rng.uniform(0, 2 * np.pi))
    to_end = np.minimum(1.6 * along, along[-1] - along)
    ends = taper + (1 - taper) * np.minimum(to_end / 0.12, 1)
    down = np.clip(steps[:, 1] / np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-6), -1, 1)
    return np.asarray((1 + force * (0.6 * waves + 0.4 * down)) * ends, np.float64)


def _draw(fine: NDArray[np.uint8], way: Points, widths: NDArray[np.float64]) -> None:
    """Draw a line in runs of equal width, each joined to the next."""
    thickness = np.maximum(np.rint(widths), 2).astype(int)
    ends = np.rint(way * (1 << _BITS)).astype(np.int32)
    cuts = [0, *(np.flatnonzero(np.diff(thickness[:-1])) + 1), len(way) - 1]
    for first, last in pairwise(cuts):
        run = ends[first : last + 1]
        cv2.polylines(fine, [run], isClosed=False, color=0, thickness=int(thickness[first]), shift=_BITS)
