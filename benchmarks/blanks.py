"""Draw pages on which nothing is written: paper in all its kinds, prints on it, and what light and scanners add.

Everything on them is either as large as the page (light, shadow, printed lines, the outline of a box) or as small as
dust. Nothing could be taken for a mark by pen.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks import drawing
from benchmarks.drawing import Field, Page
from samples import paper

SIDES_PX = (28, 400)
"""Shorter and longer sides of the pages."""
_PRINTED_FROM_PX = 64
"""Smallest side of pages with printed lines: on smaller ones a print is as thin as a stroke, and looks like one."""


def draw_blank(kind: str, rng: Generator) -> Page:
    """Draw one blank page.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    rng : Generator

    Returns
    -------
    (H, W) or (H, W, 3) uint8
        Each side within `SIDES_PX`.

    Raises
    ------
    KeyError
        For an unknown kind.
    """
    return _WAYS[kind](rng)


def _plain(rng: Generator) -> Page:
    """Leave a page of one colour, white, coloured or dark."""
    grey = np.full(_sides(rng), rng.uniform(0, 255), np.float32)
    return _coloured(grey, rng)


def _texture(rng: Generator) -> Page:
    height, width = _sides(rng)
    tone = int(rng.integers(120, 245))
    colour = (tone, tone - int(rng.integers(0, 10)), tone - int(rng.integers(0, 40)))
    return drawing.as_page(paper.plain((width, height), colour, rng, roughness=rng.uniform(1, 6)))


def _uneven_light(rng: Generator) -> Page:
    grey = _sheet(rng)
    return _coloured(grey * drawing.slope_of_light(grey.shape, rng, darkest=(0.4, 0.8)), rng)


def _shadow(rng: Generator) -> Page:
    grey = _sheet(rng)
    return _coloured(grey * drawing.edge_of_shadow(grey.shape, rng), rng)


def _noise(rng: Generator) -> Page:
    grey = np.full(_sides(rng), rng.uniform(40, 230), np.float32)
    return drawing.as_page(drawing.grain(grey, rng, rng.uniform(3, 25)))


def _jpeg(rng: Generator) -> Page:
    grey = _sheet(rng)
    lit = grey * drawing.slope_of_light(grey.shape, rng, darkest=(0.6, 1.0))
    page = drawing.as_page(drawing.grain(lit, rng, rng.uniform(0, 6)))
    packed = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 60))])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _dust(rng: Generator) -> Page:
    """Scatter specks of up to 1 % of the page, mostly paler than ink."""
    grey = _sheet(rng)
    height, width = grey.shape
    specks = np.zeros(grey.shape, np.uint8)
    for _ in range(int(rng.integers(2, 15))):
        x, y = rng.uniform(0, 16 * width), rng.uniform(0, 16 * height)
        radius = 16 * rng.uniform(0.001, 0.005) * max(height, width)
        shade = int(rng.uniform(60, 230) * min(1.0, radius / 8))  # what covers part of a pixel darkens it in part
        cv2.circle(specks, (int(x), int(y)), int(radius), shade, -1, cv2.LINE_AA, 4)
    return drawing.as_page(np.asarray(grey * (1 - specks.astype(np.float32) / 255), np.float32))


def _ruled(rng: Generator) -> Page:
    sheet = _coloured_sheet(rng)
    pitch = rng.uniform(0.15, 0.6) * min(sheet.shape[:2])
    return _lined(paper.ruled, sheet, pitch, rng)


def _squared(rng: Generator) -> Page:
    sheet = _coloured_sheet(rng)
    pitch = max(rng.uniform(0.06, 0.35) * min(sheet.shape[:2]), 9)
    return _lined(paper.squared, sheet, pitch, rng)


def _box(rng: Generator) -> Page:
    """Print the outline of an empty box near the edges of the page, some of its sides perhaps beyond them."""
    grey = _sheet(rng, _PRINTED_FROM_PX)
    height, width = grey.shape
    left, top, right, bottom = rng.uniform(-0.03, 0.1, 4)
    corners = np.array([(left, top), (1 - right, top), (1 - right, 1 - bottom), (left, 1 - bottom), (left, top)])
    thickness = max(rng.uniform(0.008, 0.03) * max(height, width), 1)
    tilt = np.deg2rad(rng.uniform(-1.5, 1.5))
    turn = np.array([(np.cos(tilt), np.sin(tilt)), (-np.sin(tilt), np.cos(tilt))])
    outline = ((corners - 0.5) * (width, height)) @ turn + np.array((width, height)) / 2
    return _coloured(drawing.printed(grey, drawing.stroked(grey.shape, [outline], thickness), rng.uniform(0, 150)), rng)


def _sides(rng: Generator, least: float = SIDES_PX[0]) -> tuple[int, int]:
    """Draw (height, width): the longer side log-uniform, the shorter 60-100 % of it."""
    longer = np.exp(rng.uniform(np.log(least), np.log(SIDES_PX[1])))
    sides = [round(longer), max(round(longer * rng.uniform(0.6, 1)), round(least))]
    return (sides[0], sides[1]) if rng.random() < 0.5 else (sides[1], sides[0])


def _sheet(rng: Generator, least: float = SIDES_PX[0]) -> Field:
    """Make a page of light grey with hardly any noise."""
    return drawing.grain(np.full(_sides(rng, least), rng.uniform(150, 255), np.float32), rng, rng.uniform(0, 2.5))


def _coloured_sheet(rng: Generator) -> paper.Sheet:
    white = np.full(_sides(rng, _PRINTED_FROM_PX), rng.uniform(200, 255), np.float32)
    return np.asarray(drawing.grain(white, rng, rng.uniform(0, 2.5))[:, :, None] - rng.uniform(0, 10, 3), np.float32)


def _coloured(grey: Field, rng: Generator) -> Page:
    """Round grey to a page, half of the time one of a slight colour."""
    if rng.random() < 0.5:
        return drawing.as_page(grey)
    return drawing.as_page(grey[:, :, None] * rng.uniform(0.85, 1, 3).astype(np.float32))


def _lined(print_lines: Callable[..., paper.Sheet], sheet: paper.Sheet, pitch: float, rng: Generator) -> Page:
    colour = ((96, 130, 190), (110, 110, 115), (200, 110, 110), (40, 40, 40))[int(rng.integers(4))]
    lines = print_lines(
        sheet,
        pitch,
        colour,
        offset=rng.uniform(0, pitch),
        strength=rng.uniform(0.25, 0.9),
        tilt=rng.uniform(-0.015, 0.015) * sheet.shape[1],
    )
    return drawing.as_page(np.asarray(lines, np.float32))


_WAYS: Mapping[str, Callable[[Generator], NDArray[np.uint8]]] = MappingProxyType(
    {
        "plain": _plain,
        "texture": _texture,
        "uneven_light": _uneven_light,
        "shadow": _shadow,
        "noise": _noise,
        "jpeg": _jpeg,
        "dust": _dust,
        "ruled": _ruled,
        "squared": _squared,
        "box": _box,
    }
)
KINDS: tuple[str, ...] = tuple(_WAYS)
