"""Put a digit on paper: its ink at a size and place, printed lines around it, the light it is seen in.

Coverage is (H, W) float32, 0 = paper, 1 = ink. Grey is (H, W) float32, 0-255, not yet rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Digit = NDArray[np.uint8]
"""(28, 28) uint8, 255 = ink, some of it not 0."""
Field = NDArray[np.float32]
Page = NDArray[np.uint8]
"""(H, W) or (H, W, 3) uint8."""

_LONGEST = 20
"""Pixels: the longer side of the ink in MNIST."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A digit's ink on a page.

    Attributes
    ----------
    ink : ndarray
        Coverage.
    left, top, right, bottom : int
        The box of the ink in pixels; right and bottom are the first without ink.
    """

    ink: Field
    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> float:
        """The box's longer side, the measure of all distances around the digit."""
        return float(max(self.right - self.left, self.bottom - self.top))


def inked(digit: Digit, scale: float, *, steepness: float = 1.0) -> Field:
    """Enlarge or reduce a digit and cut it out tightly: (h, w) float32 coverage.

    Parameters
    ----------
    digit : (28, 28) uint8
    scale : float
        Pixels for each pixel of the digit.
    steepness : float
        At 1 edges are as soft as enlarging makes them, at 2 half as wide, as those of a pen in a sharp scan.
    """
    x, y, width, height = cv2.boundingRect(digit)
    tight = np.pad(digit[y : y + height, x : x + width], 1).astype(np.float32) / 255
    size = (max(1, round((width + 2) * scale)), max(1, round((height + 2) * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    ink = np.asarray(cv2.resize(tight, size, interpolation=way), np.float32)
    ink = np.clip(0.4 + steepness * (ink - 0.4), 0, 1) if steepness != 1 else np.clip(ink, 0, 1)
    x, y, width, height = cv2.boundingRect((ink > 0.1).view(np.uint8))
    return np.asarray(ink[y : y + height, x : x + width], np.float32)


def pen_written(digit: Digit, rng: Generator, size_px: tuple[float, float] = (40, 120)) -> Field:
    """Write a digit of a random size, the longer side within `size_px`: (h, w) float32 coverage."""
    return inked(digit, rng.uniform(*size_px) / _LONGEST, steepness=rng.uniform(1, 2))


def placed(ink: Field, margins: Sequence[float] | NDArray[np.float64]) -> Placed:
    """Lay ink on a page with so many pixels on its left, top, right and bottom."""
    left, top, right, bottom = (round(margin) for margin in margins)
    height, width = ink.shape
    page = np.zeros((top + height + bottom, left + width + right), np.float32)
    page[top : top + height, left : left + width] = ink
    return Placed(ink=page, left=left, top=top, right=left + width, bottom=top + height)


def somewhere(ink: Field, rng: Generator, *, least: float = 0.15, page: tuple[float, float] = (1.5, 3.0)) -> Placed:
    """Lay ink anywhere on a page of `page` times its longer side, `least` of that from every edge."""
    size = max(ink.shape)
    margins = []
    for side in (ink.shape[1], ink.shape[0]):
        spare = max(rng.uniform(*page) * size - side, 2 * least * size)
        before = rng.uniform(least * size, spare - least * size)
        margins.append((before, spare - before))
    (left, right), (top, bottom) = margins
    return placed(ink, (left, top, right, bottom))


def margins_around(ink: Field, rng: Generator, least: float, most: float) -> NDArray[np.float64]:
    """Draw margins in pixels for the left, top, right and bottom, within shares of the ink's longer side."""
    return np.asarray(rng.uniform(least, most, 4) * max(ink.shape))


def stroked(shape: tuple[int, ...], lines: Sequence[NDArray[np.floating]], thickness_px: float) -> Field:
    """Draw lines through points, each (P, 2) float (x, y) in pixels: (H, W) float32 coverage.

    OpenCV's lines have whole thicknesses; a fraction is made of the two next to it.
    """
    thinner, share = int(thickness_px), thickness_px - int(thickness_px)
    points = [np.rint(line * 16).astype(np.int32) for line in lines]
    drawn = []
    for thickness in (thinner, thinner + 1):
        canvas = np.zeros(shape, np.uint8)
        if thickness:
            cv2.polylines(canvas, points, isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA, shift=4)
        drawn.append(canvas)
    return np.asarray(cv2.addWeighted(drawn[0], 1 - share, drawn[1], share, 0), np.float32) / 255


def on_paper(ink: Field, rng: Generator, *, paper: tuple[float, float] = (225, 255), noise: float = 2.0) -> Field:
    """Write ink of 0-90 on even paper, as a scan shows it, with noise of up to `noise`: grey."""
    bright = rng.uniform(*paper)
    grey = bright - ink * (bright - rng.uniform(0, 90))
    return grain(grey, rng, rng.uniform(0, noise))


def printed(grey: Field, coverage: Field, level: float) -> Field:
    """Print lines of a grey level over grey, darkening only."""
    return np.minimum(grey, grey + coverage * (np.float32(level) - grey))


def grain(grey: Field, rng: Generator, sigma: float) -> Field:
    """Add Gaussian noise to grey."""
    return grey + rng.standard_normal(grey.shape, np.float32) * np.float32(sigma)


def slope_of_light(shape: tuple[int, ...], rng: Generator, *, darkest: tuple[float, float]) -> Field:
    """Let light fall off along a random direction, and towards the corners: (H, W) float32, 1 where brightest."""
    across, turn = _across(shape, rng.uniform(0, 2 * np.pi))
    radius = across**2 + turn**2
    light = 1 - rng.uniform(0.2, 1) * (0.5 + 0.5 * across) - rng.uniform(0, 0.8) * radius / 2
    light -= light.min()
    least = rng.uniform(*darkest)
    return np.asarray(least + (1 - least) * light / light.max(), np.float32)


def edge_of_shadow(shape: tuple[int, ...], rng: Generator) -> Field:
    """Lay a shadow with a straight edge across the page: (H, W) float32, 1 where light, 0.45-0.75 in the shadow."""
    across, _ = _across(shape, rng.uniform(0, 2 * np.pi))
    penumbra, dark = np.exp(rng.uniform(np.log(0.01), np.log(0.12))), rng.uniform(0.45, 0.75)
    covered = 1 / (1 + np.exp(np.clip(-(across - rng.uniform(-0.35, 0.35)) / penumbra, -60, 60)))
    return np.asarray(1 - (1 - dark) * covered, np.float32)


def as_page(grey: Field) -> Page:
    """Round grey to (H, W) uint8."""
    return np.asarray(np.rint(np.clip(grey, 0, 255)), np.uint8)


def _across(shape: tuple[int, ...], angle: float) -> tuple[Field, Field]:
    """Give coordinates along a direction and across it, -1 to 1 within the page's inner circle."""
    height, width = shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return cos * x + sin * y, cos * y - sin * x
