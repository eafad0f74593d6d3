"""What real pens, scanners and forms do to a digit, done to training glyphs.

Each glyph is bent (rotation, shear, scale, shift, elastic waves) in one resampling. It may be stretched to a square as
some scanners' software does, get another stroke width, contrast, sharpness or resolution, noise, specks, breaks in its
strokes, a line or a scratch across it, what a normaliser leaves of a form's box, or be hollow.

Elastic distortion: Simard, Steinkraus and Platt 2003, doi 10.1109/ICDAR.2003.1227801; here its field is drawn on a
coarse grid and interpolated, which gives the same smoothness for a tenth of the time.
"""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

_SIDE = 28
_INK_SIDE = 20
_MIDDLE = (_SIDE - 1) / 2
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
_ROWS, _COLUMNS = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32) - np.float32(_MIDDLE)

Glyph = NDArray[np.uint8]
"""(28, 28) uint8, 255 = ink."""


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


def _vary(image: Glyph, rng: Generator) -> Glyph:
    chances = iter(rng.random(13))
    glyph = _stretch(image, rng) if next(chances) < 0.20 else image
    glyph = _bend(glyph, rng)
    if next(chances) < 0.08:
        glyph = _thicken(glyph, rng)
    elif next(chances) < 0.30:
        glyph = _change_stroke_width(glyph, rng)
    if next(chances) < 0.04:
        glyph = _break(glyph, rng)
    if next(chances) < 0.14:
        glyph = _coarsen(glyph, rng)
    if next(chances) < 0.18:
        glyph = _blur(glyph, rng)
    if next(chances) < 0.25:
        glyph = _change_contrast(glyph, rng)
    if next(chances) < 0.12:
        glyph = _add_noise(glyph, rng)
    if next(chances) < 0.06:
        glyph = _leave_border(glyph, rng)
    if next(chances) < 0.04:
        glyph = _cross_out(glyph, rng)
    if next(chances) < 0.03:
        glyph = _scratch(glyph, rng)
    if next(chances) < 0.015:
        glyph = _hollow(glyph)
    if next(chances) < 0.03:
        glyph = _add_specks(glyph, rng)
    return glyph


def _stretch(image: Glyph, rng: Generator) -> Glyph:
    """Widen (or heighten) the ink part of the way to a square of 20 pixels, as software that fills a square does."""
    x, y, width, height = cv2.boundingRect(image)
    if width == 0:
        return image
    share = rng.uniform(0.3, 1.0)
    size = [max(1, round(side + share * (_INK_SIDE - side))) for side in (width, height)]
    ink = cv2.resize(image[y : y + height, x : x + width], size, interpolation=cv2.INTER_LINEAR)
    left, top = ((_SIDE - side) // 2 for side in size)
    stretched = np.zeros_like(image)
    stretched[top : top + size[1], left : left + size[0]] = ink
    return stretched


def _bend(image: Glyph, rng: Generator) -> Glyph:
    """Resample through an affine map (+-14 degrees, shear 0.3, 84-119 %, 1.8 px) plus waves of about 0.7 px."""
    angle, shear = np.deg2rad(rng.uniform(-14, 14)), rng.uniform(-0.3, 0.3)
    width, height = np.exp(rng.uniform(-0.17, 0.17, 2))
    right, down = rng.uniform(-1.8, 1.8, 2) + _MIDDLE
    cos, sin = np.cos(angle), np.sin(angle)
    waves = cv2.resize(rng.normal(0, 0.8, (5, 5, 2)).astype(np.float32), (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    column = (cos * width) * _COLUMNS + (shear * cos - sin) * _ROWS + right + waves[..., 0]
    row = sin * _COLUMNS + (shear * sin + cos) * height * _ROWS + down + waves[..., 1]
    return np.asarray(
        cv2.remap(image, column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR, borderValue=0), np.uint8
    )


def _change_stroke_width(glyph: Glyph, rng: Generator) -> Glyph:
    """Blend with the dilated or the eroded glyph: up to one pixel thicker, or half a pixel thinner, on each side."""
    if rng.random() < 0.5:
        return _blend(glyph, cv2.dilate(glyph, _CROSS), rng.uniform(0, 0.85))
    return _blend(glyph, cv2.erode(glyph, _CROSS), rng.uniform(0, 0.5))


def _thicken(glyph: Glyph, rng: Generator) -> Glyph:
    """Write it with a felt pen: 1-3 pixels more on each side, shrunk to 20 pixels again as a normaliser would."""
    extra = rng.uniform(1.0, 3.0)
    thick = cv2.dilate(glyph, _CROSS if extra < 1.5 else _DISC)
    if extra > 2.5:
        thick = cv2.dilate(thick, _CROSS)
    factor = _INK_SIDE / (_INK_SIDE + 2 * extra)
    shift = _MIDDLE * (1 - factor)
    matrix = np.array([[factor, 0, shift], [0, factor, shift]])
    return np.asarray(cv2.warpAffine(thick, matrix, (_SIDE, _SIDE), flags=cv2.INTER_LINEAR), np.uint8)


def _blend(first: Glyph, second: cv2.typing.MatLike, share: float) -> Glyph:
    return np.asarray(cv2.addWeighted(first, 1 - share, second, share, 0), np.uint8)


def _break(glyph: Glyph, rng: Generator) -> Glyph:
    """Take a line of about a pixel, wholly or in part, out of its strokes: a dry pen, or a printed line removed."""
    line = _line(rng, thickness=1)
    return np.asarray(np.where(line > 0, glyph * rng.uniform(0, 0.5), glyph), np.uint8)


def _coarsen(glyph: Glyph, rng: Generator) -> Glyph:
    """Bring it to a scan of 12-22 pixels and back, hard black and white half of the time."""
    side = int(rng.integers(12, 23))
    small = cv2.resize(glyph, (side, side), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        small = cv2.threshold(small, rng.uniform(0.3, 0.5) * int(small.max()), 255, cv2.THRESH_BINARY)[1]
    back = cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(small, (_SIDE, _SIDE), interpolation=back), np.uint8)


def _blur(glyph: Glyph, rng: Generator) -> Glyph:
    """Take it out of focus, or with a moving hand; the maximum stays 255."""
    if rng.random() < 0.7:
        blurred = cv2.GaussianBlur(glyph, (0, 0), rng.uniform(0.3, 1.2))
    else:
        length, angle = int(rng.integers(2, 5)), rng.uniform(0, np.pi)
        kernel = np.zeros((9, 9), np.float32)
        reach = length * np.array([np.cos(angle), np.sin(angle)]) / 2
        ends = [tuple(round((4 + sign * part) * 16) for part in reach) for sign in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_8, 4)
        blurred = cv2.filter2D(glyph, -1, kernel / kernel.sum())
    return np.asarray(cv2.convertScaleAbs(blurred, alpha=255 / max(1, int(blurred.max()))), np.uint8)


def _change_contrast(glyph: Glyph, rng: Generator) -> Glyph:
    curve = 255 * (np.arange(256) / 255) ** np.exp(rng.uniform(-0.9, 0.9))
    return np.asarray(cv2.LUT(glyph, curve.astype(np.uint8)), np.uint8)


def _add_noise(glyph: Glyph, rng: Generator) -> Glyph:
    """Shake the grey values of the ink and its rim; the normaliser leaves paper at 0."""
    noise = rng.normal(0, np.exp(rng.uniform(np.log(5), np.log(110))), (_SIDE, _SIDE))
    return np.where(glyph > 0, np.clip(glyph + noise, 0, 255), 0).astype(np.uint8)


def _add_specks(glyph: Glyph, rng: Generator) -> Glyph:
    """Leave dots on the paper and holes in the ink, as in bad copies."""
    draws = rng.random((_SIDE, _SIDE))
    share = rng.uniform(0.01, 0.06)
    return np.where(draws < share, rng.integers(80, 256), np.where(draws > 1 - share, 0, glyph)).astype(np.uint8)


def _leave_border(glyph: Glyph, rng: Generator) -> Glyph:
    """Draw pieces of straight lines along one to three sides, as a form's box leaves them."""
    marked = glyph.copy()
    for turns in rng.permutation(4)[: rng.integers(1, 4)]:
        side = np.rot90(marked, turns)  # a view: what is drawn on it is drawn on the glyph
        start, length = int(rng.integers(0, 20)), int(rng.integers(5, 28))
        depth, ink = int(rng.integers(0, 5)), int(rng.integers(60, 256))
        thickness = int(rng.integers(1, 3))
        piece = side[depth : depth + thickness, start : start + length]
        np.maximum(piece, ink, out=piece)
    return marked


def _cross_out(glyph: Glyph, rng: Generator) -> Glyph:
    """Draw a thin line, mostly paler than the ink, right across: a ruling line, or a neighbour's stroke."""
    line = _line(rng, thickness=int(rng.integers(1, 3)))
    return np.asarray(np.maximum(glyph, line * np.float32(rng.uniform(0.25, 0.9))), np.uint8)


def _scratch(glyph: Glyph, rng: Generator) -> Glyph:
    """Draw a thin line of one to six straight pieces, whole or in dots, from somewhere left to somewhere right."""
    bends = int(rng.integers(2, 8))
    points = np.stack([np.linspace(0, _SIDE, bends), rng.uniform(4, 24) + rng.normal(0, 2.5, bends)], axis=1)
    line = np.zeros((_SIDE, _SIDE), np.uint8)
    ends = [np.rint(points * 16).astype(np.int32)]
    cv2.polylines(line, ends, isClosed=False, color=int(rng.integers(120, 256)), lineType=cv2.LINE_AA, shift=4)
    if rng.random() < 0.5:
        gap = int(rng.integers(2, 4))
        line[:, (np.arange(_SIDE) // gap) % 2 == 0] = 0
    return np.maximum(glyph, line if rng.random() < 0.7 else np.ascontiguousarray(line.T))


def _hollow(glyph: Glyph) -> Glyph:
    """Keep the outline of its strokes, as a stencil or an edge detector does."""
    return np.asarray(cv2.morphologyEx(glyph, cv2.MORPH_GRADIENT, _CROSS), np.uint8)


def _line(rng: Generator, *, thickness: int) -> Glyph:
    """Draw a straight line from border to border, mostly level or upright, through the middle half: (28, 28) uint8."""
    along, tilt = rng.uniform(7, 21), rng.normal(0, 3)
    line = np.zeros((_SIDE, _SIDE), np.uint8)
    ends = [(0, int(16 * (along - tilt))), (16 * _SIDE, int(16 * (along + tilt)))]
    cv2.line(line, ends[0], ends[1], 255, thickness, cv2.LINE_AA, 4)
    return line if rng.random() < 0.5 else np.ascontiguousarray(line.T)
