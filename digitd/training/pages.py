"""Draw training digits on pages as scanners and phones deliver them, for the normaliser to bring back.

What it brings back is not quite what was drawn: blur, a bit of a box, the ghost of a ruling line. A model that has seen
these remains reads through them. Every page is another mixture of size, place, pen, print, light and noise.
"""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training import camera, forms
from digitd.training.camera import Ink, Page

_INK_SIDE = 20
"""Pixels: the longer side of the ink in MNIST."""
_NEIGHBOURS = 0.08
"""Of all pages show a piece of another digit."""


def draw_page(digit: NDArray[np.uint8] | None, other: NDArray[np.uint8] | None, rng: Generator) -> Page:
    """Draw a digit on a page of 20 to 330 pixels.

    Parameters
    ----------
    digit : (28, 28) uint8, 255 = ink, or None
        Read from the page by whoever looks at it; with None there is nothing to read.
    other : (28, 28) uint8, or None
        A neighbour, of which some pages show a piece at the edge.
    rng : Generator
    """
    scale = np.exp(rng.uniform(np.log(18), np.log(110))) / _INK_SIDE
    ink = np.zeros((round(_INK_SIDE * scale),) * 2, np.float32) if digit is None else _enlarged(digit, scale)
    size = max(ink.shape)
    margins = np.ceil(size * np.exp(rng.uniform(np.log(0.04), np.log(0.9), 4))).astype(int)
    left, top, right, bottom = margins
    page = np.zeros((top + ink.shape[0] + bottom, left + ink.shape[1] + right), np.float32)
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    corners = (int(left), int(top), int(left) + ink.shape[1], int(top) + ink.shape[0])
    draw = rng.random()
    print_ = forms.printed(draw, page.shape, corners, rng)
    if forms.PRINTED <= draw < forms.PRINTED + _NEIGHBOURS and other is not None:
        page = _with_neighbour(page, _enlarged(other, size / _INK_SIDE), margins, rng)
    return camera.seen(page, print_, rng)


def _enlarged(digit: NDArray[np.uint8], scale: float) -> Ink:
    """Cut a digit out and bring it to a scale, with edges between soft and sharp."""
    x, y, width, height = cv2.boundingRect(digit)
    tight = np.pad(digit[y : y + height, x : x + width], 1)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    ink = cv2.resize(tight, None, fx=scale, fy=scale, interpolation=way).astype(np.float32) / np.float32(255)
    return np.asarray(np.clip(ink, 0, 1), np.float32)


def _with_neighbour(page: Ink, other: Ink, margins: NDArray[np.integer], rng: Generator) -> Ink:
    """Let a piece of another digit reach in from the left or the right."""
    side = int(rng.choice([0, 2]))
    room = int(margins[side]) - 2
    seen = min(int(rng.uniform(0.1, 0.6) * room), other.shape[1])
    if seen < 1:
        return page
    height = min(other.shape[0], page.shape[0])
    top = int(rng.integers(0, page.shape[0] - height + 1))
    page = page.copy()
    if side == 0:
        page[top : top + height, :seen] = other[:height, other.shape[1] - seen :]
    else:
        page[top : top + height, page.shape[1] - seen :] = other[:height, :seen]
    return page
