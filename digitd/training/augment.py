"""What real pens and scanners do to a digit, done to training glyphs.

Each glyph is bent (rotation, shear, scale, shift, elastic waves) in one resampling, then may get another stroke width,
contrast, sharpness or resolution, noise, and what a normaliser leaves of a form's box. Elastic distortion: Simard,
Steinkraus and Platt 2003, doi 10.1109/ICDAR.2003.1227801; here its field is drawn on a coarse grid and interpolated,
which gives the same smoothness for a tenth of the time.
"""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

_SIDE = 28
_MIDDLE = (_SIDE - 1) / 2
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_ROWS, _COLUMNS = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32) - np.float32(_MIDDLE)


def augment(images: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """Return a varied copy of each glyph.

    Parameters
    ----------
    images : (N, 28, 28) uint8, 255 = ink
    rng : Generator
        The same state gives the same copies.

    Returns
    -------
    (N, 28, 28) uint8, 255 = ink
    """
    varied = np.empty_like(images)
    for row, image in enumerate(images):
        varied[row] = _vary(image, rng)
    return varied


def _vary(image: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    chance = rng.random(6)
    glyph = _bend(image, rng)
    if chance[0] < 0.35:
        glyph = _change_stroke_width(glyph, rng)
    if chance[1] < 0.10:
        glyph = _coarsen(glyph, rng)
    if chance[2] < 0.20:
        glyph = np.asarray(cv2.GaussianBlur(glyph, (0, 0), rng.uniform(0.3, 0.9)), np.uint8)
    if chance[3] < 0.30:
        glyph = _change_contrast(glyph, rng)
    if chance[4] < 0.15:
        glyph = _add_noise(glyph, rng)
    if chance[5] < 0.05:
        glyph = _leave_border(glyph, rng)
    return glyph


def _bend(image: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """Resample through an affine map (+-13 degrees, shear 0.25, 85-118 %, 1.6 px) plus waves of about 0.6 px."""
    angle, shear = np.deg2rad(rng.uniform(-13, 13)), rng.uniform(-0.25, 0.25)
    width, height = np.exp(rng.uniform(-0.16, 0.16, 2))
    right, down = rng.uniform(-1.6, 1.6, 2) + _MIDDLE
    cos, sin = np.cos(angle), np.sin(angle)
    waves = cv2.resize(rng.normal(0, 0.8, (5, 5, 2)).astype(np.float32), (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    column = (cos * width) * _COLUMNS + (shear * cos - sin) * _ROWS + right + waves[..., 0]
    row = sin * _COLUMNS + (shear * sin + cos) * height * _ROWS + down + waves[..., 1]
    return np.asarray(
        cv2.remap(image, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR, borderValue=0), np.uint8
    )


def _change_stroke_width(glyph: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """Blend with the dilated or the eroded glyph: up to one pixel thicker, or half a pixel thinner, on each side."""
    if rng.random() < 0.5:
        return _blend(glyph, cv2.dilate(glyph, _CROSS), rng.uniform(0, 0.85))
    return _blend(glyph, cv2.erode(glyph, _CROSS), rng.uniform(0, 0.5))


def _blend(first: NDArray[np.uint8], second: cv2.typing.MatLike, share: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.addWeighted(first, 1 - share, second, share, 0), np.uint8)


def _coarsen(glyph: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """Bring it to a scan of 14-22 pixels and back, hard black and white half of the time."""
    side = int(rng.integers(14, 23))
    small = cv2.resize(glyph, (side, side), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        small = cv2.threshold(small, rng.uniform(80, 140), 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.resize(small, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR), np.uint8)


def _change_contrast(glyph: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    curve = 255 * (np.arange(256) / 255) ** np.exp(rng.uniform(-0.7, 0.7))
    return np.asarray(cv2.LUT(glyph, curve.astype(np.uint8)), np.uint8)


def _add_noise(glyph: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """Shake the grey values of the ink and its rim; the normaliser leaves paper at 0."""
    noise = rng.normal(0, rng.uniform(5, 30), (_SIDE, _SIDE))
    return np.where(glyph > 0, np.clip(glyph + noise, 0, 255), 0).astype(np.uint8)


def _leave_border(glyph: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """Draw a piece of a straight line along one side, as a form's box leaves it."""
    start, length = int(rng.integers(0, 20)), int(rng.integers(5, 28))
    depth, ink = int(rng.integers(0, 3)), int(rng.integers(60, 256))
    turns = int(rng.integers(4))
    marked = np.rot90(glyph, turns).copy()
    marked[depth, start : start + length] = np.maximum(marked[depth, start : start + length], ink)
    return np.ascontiguousarray(np.rot90(marked, -turns))
