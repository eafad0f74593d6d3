"""Tell what the normaliser left of a drawing: all of it, or so little that it may be something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.imaging.normalise import Glyph
    from digitd.training.rubbish.hand import Ink

_SHIFT = 0.12
"""Of the longest side: the normaliser may have lost so much at each edge of the drawing."""
_ALIKE = 0.85
"""Cosine of the angle between the drawing and the glyph; a box without two of its sides has 0.75."""
_SURPLUS = 1.5
"""Times as long as the drawing: with more of a form around it, there is more of the form than of the drawing."""
_COVERED = 0.9
"""Of the drawing's ink, what may not be lost on a page with print."""
_INK = 64


def is_whole(found: Glyph, ink: Ink) -> bool:
    """Tell whether the glyph is of the whole drawing: it has the same box, and in it about the same ink."""
    meant, got = _corners(found, ink)
    if np.abs(meant - got).max() > _SHIFT * _longest(meant) + 2:
        return False
    drawn, seen = _in_box(ink), _in_box(found.pixels)
    return float((drawn * seen).sum()) > _ALIKE * float(np.linalg.norm(drawn) * np.linalg.norm(seen))


def is_all_there(found: Glyph, ink: Ink) -> bool:
    """Tell whether the glyph has the whole drawing in it, and beside it not too much of what was printed."""
    meant, got = _corners(found, ink)
    allowed = _SHIFT * _longest(meant) + 1
    if (got[:2] > meant[:2] + allowed).any() or (got[2:] < meant[2:] - allowed).any():
        return False
    if _longest(got) > _SURPLUS * _longest(meant):
        return False
    left, top, right, bottom = np.clip(got, 0, [ink.shape[1], ink.shape[0]] * 2)
    drawn = _stretched(ink[top:bottom, left:right]) > _INK
    return float((_in_box(found.pixels)[drawn] > _INK / 2).mean()) > _COVERED if drawn.any() else False


def _corners(found: Glyph, ink: Ink) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (left, top, right, bottom) of the ink drawn and of the ink found."""
    x, y, width, height = cv2.boundingRect((ink > _INK).view(np.uint8))
    box = found.box
    return np.array([x, y, x + width, y + height]), np.array([box.x, box.y, box.x + box.width, box.y + box.height])


def _longest(corners: NDArray[np.int64]) -> int:
    return int((corners[2:] - corners[:2]).max())


def _in_box(ink: Ink) -> NDArray[np.float32]:
    """Stretch the box of ink to (20, 20) float32, blurred as a shift by a pixel does not matter."""
    x, y, width, height = cv2.boundingRect((ink > _INK).view(np.uint8))
    return _stretched(ink[y : y + height, x : x + width])


def _stretched(ink: Ink) -> NDArray[np.float32]:
    small = cv2.resize(ink, (20, 20), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.blur(small, (3, 3)), np.float32)
