"""Make of a page the 28x28 glyph that MNIST's makers would have made of it.

The construction is the one published with QMNIST (arXiv 1905.10498): the tight box of the ink, widened to a square,
is averaged to 20x20 pixels, stretched so that the maximum is 255, and pasted into 28x28 by the integer shift that
brings the centre of mass to pixel 14.

Residual risks: a faint digit in strong noise may be called blank: at 28 pixels, contrast 60 in noise of 12 grey levels,
one in five. On a page at 300 dpi a digit under 50 pixels may be passed over for dust.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging import binarise, frame, light, panels, segment, specks
from digitd.imaging.calm import is_calm
from digitd.imaging.relief import has_paper_on_both_sides
from digitd.values import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

NORMALISER_VERSION: int = 2
"""Raised with every released change of what `normalise` returns; a model is served only with its own version."""

_SIDE = 28
_INK_SIDE = 20
_CENTRE = 14
_EDGE = 1.5
"""Pixels of the glyph: how far the blurred edge of a stroke reaches."""
_COARSE = 24
"""Pixels: ink this small has its edges in single pixels, each of which counts, as in MNIST."""
_SOLID = 0.2
"""Of full ink: in finer pictures the box is drawn where the edge is so strong, or blur would widen it."""
_OVERVIEW = 640
"""Longest side at which a page is searched: a 100 px digit on an A4 page at 300 dpi is 18 px there."""
_CLOSE_UP = 72
"""Longest side at which a digit is looked at: with its margins it gets 30 px there, 1.5 a pixel of the glyph."""
_SHRUNK = 3
"""Times: larger pages are searched at a third of their size, which leaves 18 px to a digit of 54."""
_AFAR = 0.02
"""Of the longer side: the blur of a look from afar. Strokes are twice as wide, the noise of sensors is finer."""
_LEAST_PX = 5
"""Pixels: no digit can be told in fewer."""
_DUST_PX, _DUST = 12, 0.06
"""Pixels, and of the page, whichever is less: smaller marks are dust."""
_SMALL = 0.3
"""Of the page: a digit smaller than this is looked at again from nearby."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """A digit as the classifier sees it.

    Attributes
    ----------
    pixels : ndarray
        (28, 28) uint8, 255 = full ink, 0 = paper.
    box : Box
        The ink on the page.
    """

    pixels: NDArray[np.uint8]
    box: Box


def normalise(page: NDArray[np.uint8]) -> Glyph | None:
    """Find the digit on a page and bring it to MNIST's form.

    Parameters
    ----------
    page : ndarray
        (H, W) or (H, W, 3) uint8, of either polarity.

    Returns
    -------
    Glyph or None
        None where there is no ink, or nothing but dust, print and shadows.
    """
    grey = panels.same_way_round(specks.without_salt_and_pepper(light.to_grey(page)))
    inside = frame.inside_frame(grey)
    found = _look(inside.grey, min(_OVERVIEW, max(_CLOSE_UP, max(inside.grey.shape) // _SHRUNK)))
    if found is None:
        return None
    ink, box = found
    return Glyph(pixels=_centred(_square(ink)), box=_moved(box, inside.x, inside.y))


def _look(grey: NDArray[np.uint8], longest: int) -> tuple[NDArray[np.uint8], Box] | None:
    """Find (tight ink of the digit, (h, w) uint8; its box) on (H, W) uint8, seen at no more than `longest` pixels."""
    seen = light.reduced(grey, longest)
    found = _ink(seen)
    mask = None if found is None else segment.strokes(found)
    if found is None or mask is None:
        return None
    if found.is_uneven and not has_paper_on_both_sides(seen, mask, found.ink):
        return None
    ink = _with_edges(found, mask)
    x, y, width, height = _tight(ink)
    factor = max(grey.shape) / max(seen.shape)
    box = _on_page(x, y, width, height, factor, grey.shape)
    least = max(_LEAST_PX, min(_DUST_PX, _DUST * max(grey.shape)))
    if max(width, height) * factor < least:  # the box is rounded outward
        return None
    if max(width, height) < _SMALL * max(seen.shape) and max(grey.shape) > _CLOSE_UP:
        closer = _closer(grey, box)
        if closer is not None:
            return closer
    return np.asarray(ink[y : y + height, x : x + width], np.uint8), box


def _ink(seen: NDArray[np.uint8]) -> binarise.InkMap | None:
    """Map the ink of (H, W) uint8; where none rises out of the noise, smooth that first, as an eye does from afar."""
    return (
        binarise.ink_map(seen)
        or binarise.ink_map(light.smoothed(seen, _AFAR * max(seen.shape)))
        or (None if is_calm(seen) else binarise.halves(seen))
    )


def _with_edges(found: binarise.InkMap, mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut the ink of the marked strokes: a stroke's blurred edge is weaker than the threshold but belongs to it."""
    _, _, width, height = cv2.boundingRect(mask)
    reach = 2 * ceil(max(width, height) / _INK_SIDE * _EDGE) + 1
    near = np.asarray(cv2.dilate(mask, np.ones((reach, reach), np.uint8)), np.uint8)
    others = cv2.subtract((found.ink >= found.weak).view(np.uint8), mask)
    above_texture = np.maximum(found.ink, found.floor) - np.uint8(found.floor) if found.floor else found.ink
    return np.asarray(cv2.copyTo(above_texture, cv2.subtract(near, others)), np.uint8)


def _tight(ink: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Find (x, y, width, height) of the ink."""
    x, y, width, height = cv2.boundingRect(ink)
    if max(width, height) > _COARSE:
        solid = (ink > floor(_SOLID * int(ink.max()))).view(np.uint8)
        x, y, width, height = cv2.boundingRect(solid)
    return x, y, width, height


def _closer(grey: NDArray[np.uint8], box: Box) -> tuple[NDArray[np.uint8], Box] | None:
    """Look again at the surroundings of a box, where light and noise are those of the digit."""
    margin = round(0.75 * max(box.width, box.height)) + 2
    left, top = max(box.x - margin, 0), max(box.y - margin, 0)
    cut = grey[top : box.y + box.height + margin, left : box.x + box.width + margin]
    found = _look(cut, _CLOSE_UP)
    if found is None:
        return None
    ink, inner = found
    return ink, _moved(inner, left, top)


def _moved(box: Box, right: int, down: int) -> Box:
    return Box(x=box.x + right, y=box.y + down, width=box.width, height=box.height)


def _on_page(x: int, y: int, width: int, height: int, factor: float, shape: tuple[int, ...]) -> Box:
    left, top = int(x * factor), int(y * factor)
    right, bottom = min(ceil((x + width) * factor), shape[1]), min(ceil((y + height) * factor), shape[0])
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def _square(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Average (H, W) uint8 ink to (h, w) with max(h, w) = 20, keeping its shape, maximum 255."""
    height, width = ink.shape
    factor = _INK_SIDE / max(height, width)
    if factor != 1:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        ink = np.asarray(
            cv2.resize(ink, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR), np.uint8
        )
    return np.asarray(cv2.convertScaleAbs(ink, alpha=255 / max(1, int(ink.max()))), np.uint8)


def _centred(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Paste (h, w) uint8 into (28, 28) such that the centre of mass falls on pixel 14, as far as the border allows."""
    moments = cv2.moments(ink)
    height, width = ink.shape
    left = min(max(round(_CENTRE - moments["m10"] / moments["m00"]), 0), _SIDE - width)
    top = min(max(round(_CENTRE - moments["m01"] / moments["m00"]), 0), _SIDE - height)
    pixels = np.zeros((_SIDE, _SIDE), np.uint8)
    pixels[top : top + height, left : left + width] = ink
    return pixels
