"""Draw MNIST's digits on larger pages, each page under one condition that scans and photographs are found in.

A normaliser that undoes a condition gives the digit back. Every page can be read by a person; the bounds of each
condition are those of everyday scans and phone photographs. Nothing is tuned to what digitd can read.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from zlib import crc32

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks import boxes, drawing
from benchmarks.drawing import Digit, Page, Placed
from samples import paper

Condition = Callable[[Digit, Generator], Page]
"""Draws a digit, (28, 28) uint8 with 255 = ink, on a page, (H, W) or (H, W, 3) uint8, dark on light unless named so."""


def draw(name: str, digits: NDArray[np.uint8], *, seed: int) -> Iterator[Page]:
    """Draw each digit under a condition.

    Parameters
    ----------
    name : str
        One of `CONDITIONS`.
    digits : (N, 28, 28) uint8, 255 = ink
    seed : int
        What becomes of a digit depends on it, the name, the seed and its index, not on the other digits.

    Yields
    ------
    (H, W) or (H, W, 3) uint8

    Raises
    ------
    KeyError
        For an unknown name.
    """
    condition = CONDITIONS[name]
    for index, digit in enumerate(digits):
        yield condition(digit, np.random.default_rng((seed, crc32(name.encode()), index)))


def _scaled(scale: float) -> Condition:
    def condition(digit: Digit, rng: Generator) -> Page:
        return drawing.as_page(255 - 255 * drawing.somewhere(drawing.inked(digit, scale), rng).ink)

    return condition


def _light_on_dark(digit: Digit, rng: Generator) -> Page:
    ink = _written(digit, rng).ink
    dark = rng.uniform(0, 60)
    return drawing.as_page(drawing.grain(dark + ink * (rng.uniform(190, 255) - dark), rng, rng.uniform(0, 2)))


def _small_on_large(digit: Digit, rng: Generator) -> Page:
    """Write about 60 px high on an A4 page at 150 dpi, 3 % from its edges."""
    ink = drawing.pen_written(digit, rng, (50, 75))
    width, height = 1240 - ink.shape[1], 1754 - ink.shape[0]
    left, top = rng.uniform(0.03, 0.97) * width, rng.uniform(0.03, 0.97) * height
    spot = drawing.placed(ink, (left, top, width - round(left), height - round(top)))
    return drawing.as_page(drawing.on_paper(spot.ink, rng, paper=(235, 252), noise=1.5))


def _faint(digit: Digit, rng: Generator) -> Page:
    bright = rng.uniform(180, 250)
    return drawing.as_page(drawing.grain(bright - rng.uniform(30, 60) * _written(digit, rng).ink, rng, 2))


def _paper_texture(digit: Digit, rng: Generator) -> Page:
    """Write on cream paper of coarse fibres."""
    ink = _written(digit, rng).ink
    dimmer, creamier, grey = (int(value) for value in rng.integers((0, 0, 10), (15, 26, 80)))
    cream = (248 - dimmer, 240 - creamier // 6 - dimmer, 226 - creamier - dimmer)
    sheet = paper.plain((ink.shape[1], ink.shape[0]), cream, rng, roughness=rng.uniform(3, 6))
    return drawing.as_page(paper.inked(sheet, ink, (grey, grey, grey)))


def _uneven_light(digit: Digit, rng: Generator) -> Page:
    grey = drawing.on_paper(_written(digit, rng).ink, rng, paper=(215, 250))
    return drawing.as_page(grey * drawing.slope_of_light(grey.shape, rng, darkest=(0.4, 0.7)))


def _shadow_edge(digit: Digit, rng: Generator) -> Page:
    grey = drawing.on_paper(_written(digit, rng).ink, rng, paper=(215, 250))
    return drawing.as_page(grey * drawing.edge_of_shadow(grey.shape, rng))


def _sensor_noise(digit: Digit, rng: Generator) -> Page:
    grey = drawing.on_paper(_written(digit, rng).ink, rng, paper=(190, 240), noise=0)
    return drawing.as_page(drawing.grain(grey, rng, 12))


def _jpeg(digit: Digit, rng: Generator) -> Page:
    page = drawing.as_page(drawing.on_paper(_written(digit, rng).ink, rng))
    packed = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 41))])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _blur(digit: Digit, rng: Generator) -> Page:
    spot = _written(digit, rng)
    blurred = cv2.GaussianBlur(spot.ink, (0, 0), rng.uniform(0.02, 0.06) * spot.size)
    return drawing.as_page(drawing.on_paper(np.asarray(blurred, np.float32), rng))


def _page_edge(digit: Digit, rng: Generator) -> Page:
    """Write so close to one or two edges of the page that 1 or 2 px are left."""
    ink = drawing.pen_written(digit, rng)
    margins = drawing.margins_around(ink, rng, 0.2, 0.9)
    sides = rng.choice(4, rng.integers(1, 3), replace=False)
    for side in sides:
        margins[side] = int(rng.integers(1, 3))
    return drawing.as_page(drawing.on_paper(drawing.placed(ink, margins).ink, rng))


def _ruled_apart(digit: Digit, rng: Generator) -> Page:
    """Write between two lines of ruled paper."""
    ink = drawing.pen_written(digit, rng)
    margins = drawing.margins_around(ink, rng, 0.2, 1.0)
    gaps = rng.uniform(0.08, 0.3, 2) * max(ink.shape) + 3 + 0.02 * (margins[0] + ink.shape[1] + margins[2])
    margins[1::2] = gaps + rng.uniform(0.05, 0.7, 2) * max(ink.shape)
    spot = drawing.placed(ink, margins)
    pitch, offset = ink.shape[0] + gaps.sum(), spot.bottom + gaps[1]
    return _on_ruled(spot, rng, pitch=pitch, offset=offset, strength=rng.uniform(0.4, 0.9))


def _ruled_through(digit: Digit, rng: Generator) -> Page:
    """Write across a line of ruled paper, thin and paler than the ink."""
    spot = _written(digit, rng)
    height = spot.bottom - spot.top
    pitch = rng.uniform(0.7, 1.3) * spot.size
    offset = spot.top + rng.uniform(0.2, 0.8) * height
    return _on_ruled(spot, rng, pitch=pitch, offset=offset, strength=rng.uniform(0.3, 0.6))


def _squared(digit: Digit, rng: Generator) -> Page:
    """Write on squared paper, one to two squares high."""
    spot = _written(digit, rng)
    pitch = rng.uniform(0.5, 1.0) * spot.size
    sheet = paper.squared(
        _sheet(spot, rng), pitch, _rule_colour(rng),
        offset=rng.uniform(0, pitch), strength=rng.uniform(0.25, 0.6), tilt=rng.uniform(-1, 1) * _rise(spot),
    )  # fmt: skip
    return _written_on(sheet, spot, rng)


def _neighbour(digit: Digit, rng: Generator) -> Page:
    """Let a stroke of the digit beside, or above, reach into the page; it is this digit turned, cut by the edge."""
    ink = drawing.pen_written(digit, rng)
    size = max(ink.shape)
    other = np.rot90(drawing.inked(digit, size / 20 * rng.uniform(0.8, 1.2)), int(rng.integers(4)))
    seen = round(min(rng.uniform(0.1, 0.3) * size, 0.6 * other.shape[1]))
    gap = rng.uniform(0.12, 0.35) * size + 3
    turns = int(rng.choice(4, p=(0.4, 0.1, 0.4, 0.1)))  # drawn as if it came in from the left, and turned afterwards
    upright = np.rot90(ink, -turns)
    margins = drawing.margins_around(ink, rng, 0.15, 0.6)
    margins[0] = gap + seen
    spot = drawing.placed(upright, margins)
    page = spot.ink
    middle = (spot.top + spot.bottom - other.shape[0]) / 2 + rng.uniform(-0.2, 0.2) * size
    top = round(min(max(middle, -0.3 * other.shape[0]), page.shape[0] - 0.7 * other.shape[0]))
    piece = other[max(-top, 0) : page.shape[0] - top, other.shape[1] - seen :]
    corner = page[max(top, 0) :, :seen][: piece.shape[0]]
    np.maximum(corner, piece, out=corner)
    return drawing.as_page(drawing.on_paper(np.ascontiguousarray(np.rot90(page, turns)), rng))


def _written(digit: Digit, rng: Generator) -> Placed:
    return drawing.somewhere(drawing.pen_written(digit, rng), rng)


def _rise(spot: Placed) -> float:
    """Return by how many pixels printed lines may rise over the page: a little over half a degree."""
    return 0.012 * float(spot.ink.shape[1])


def _on_ruled(spot: Placed, rng: Generator, *, pitch: float, offset: float, strength: float) -> Page:
    tilt = rng.uniform(-1, 1) * _rise(spot)
    # `paper.ruled` counts from the left edge; in the middle of the digit its line shall be at the offset
    offset -= tilt * (1 - (spot.left + spot.right) / 2 / spot.ink.shape[1])
    sheet = paper.ruled(_sheet(spot, rng), pitch, _rule_colour(rng), offset=offset, strength=strength, tilt=tilt)
    return _written_on(sheet, spot, rng)


def _sheet(spot: Placed, rng: Generator) -> paper.Sheet:
    sheet = np.empty((*spot.ink.shape, 3), np.float32)
    sheet[:] = 252 - rng.uniform(0, 20) - rng.uniform(0, 6, 3)
    return sheet


def _rule_colour(rng: Generator) -> paper.Colour:
    """Choose the blue, grey or red of lined paper."""
    return ((96, 130, 190), (110, 110, 115), (200, 110, 110))[int(rng.integers(3))]


def _written_on(sheet: paper.Sheet, spot: Placed, rng: Generator) -> Page:
    grey = int(rng.integers(0, 70))
    page = paper.inked(sheet, spot.ink, (grey, grey, grey))
    return drawing.as_page(drawing.grain(page, rng, rng.uniform(0, 2)))


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        **{f"scale_{scale:g}": _scaled(scale) for scale in (0.7, 1, 2, 4, 8, 12)},
        "light_on_dark": _light_on_dark,
        "small_on_large": _small_on_large,
        "faint": _faint,
        "paper_texture": _paper_texture,
        "uneven_light": _uneven_light,
        "shadow_edge": _shadow_edge,
        "sensor_noise": _sensor_noise,
        "jpeg": _jpeg,
        "ruled_apart": _ruled_apart,
        "ruled_through": _ruled_through,
        "squared": _squared,
        "box_clear": boxes.box_clear,
        "box_touched": boxes.box_touched,
        "box_crossed": boxes.box_crossed,
        "box_cropped": boxes.box_cropped,
        "neighbour": _neighbour,
        "page_edge": _page_edge,
        "blur": _blur,
    }
)
