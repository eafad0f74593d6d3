"""Make of a page the 28x28 glyph that MNIST's makers would have made of it.

The construction is the one published with QMNIST (arXiv 1905.10498): the tight box of the ink, widened to a square,
is averaged to 20x20 pixels, stretched so that the maximum is 255, and pasted into 28x28 by the integer shift that
brings the centre of mass to pixel 14.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging import binarise, segment
from digitd.values import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

NORMALISER_VERSION: int = 1
"""Raised with every change of what `normalise` returns; a model is served only with the version it was trained for."""

_SIDE = 28
_INK_SIDE = 20
_CENTRE = 14


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
        None where there is no ink.
    """
    grey = binarise.dark_on_light(binarise.to_grey(page))
    found = binarise.measure(binarise.flatten(grey, binarise.paper_of(grey)))
    if found is None:
        return None
    mask = segment.strokes(found)
    if mask is None:
        return None
    reach = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    ink = np.where(reach > 0, np.maximum(found.ink, found.floor) - found.floor, 0).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(ink)
    if width == 0:
        return None
    return Glyph(
        pixels=_centred(_square(ink[y : y + height, x : x + width])), box=Box(x=x, y=y, width=width, height=height)
    )


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
