"""Outline boxes of a form by what became of each, on their printed borders and not on what is written in them.

Colour and shape both tell: accepted is a thin line, what a person should look at a thick one, blank dots, struck out
dashes. A white edge keeps the thick ones apart from dark pages.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from digitd.annotate.mark import LOOKS
from digitd.values import BoxReading, Reading, Status

Quad = NDArray[np.float64]
"""(4, 2): corners in pixels, clockwise from the top left."""

STRUCK = "struck_out"
_GAP = "gap"
DOUBTFUL = (Status.REVIEW, Status.FAILED)
_SHIFT = 4  # cv2 takes corners in sixteenths of a pixel
_THIN, _THICK = 2, 4
_OUTWARD = 0.5  # from the middle of the printed border: outlines lie on it, as beside it is the ink of a neighbour
_DOT_PITCH = 5.0
_DASH, _DASH_PITCH = 7.0, 11.0
_FAR_PX = 10_000.0  # no picture is so large, and cv2 overflows far beyond


class Outline(NamedTuple):
    """How a box is outlined."""

    status: Status
    is_struck: bool = False
    is_thick: bool = False


def outline_of(box: BoxReading, reading: Reading) -> Outline:
    """Choose how a box of a field is outlined; in doubtful fields those boxes stand out that are to blame.

    Where none is, since a rule failed, the whole field stands out.
    """
    if reading.status not in DOUBTFUL:
        status = Status.BLANK if box.status is Status.BLANK else reading.status
        return Outline(status, is_struck=box.reason == STRUCK)
    is_thick = is_culprit(box, reading) or not any(is_culprit(other, reading) for other in reading.boxes)
    return Outline(reading.status, is_struck=box.reason == STRUCK, is_thick=is_thick)


def is_culprit(box: BoxReading, reading: Reading) -> bool:
    """Return whether a person should look at a box of a doubtful field: it is in doubt, or a gap between digits."""
    if box.status in DOUBTFUL or reading.reason != _GAP:
        return box.status in DOUBTFUL
    digits = [number for number, other in enumerate(reading.boxes) if other.value]
    return not box.value and bool(digits) and digits[0] < reading.boxes.index(box) < digits[-1]


def quad_of(box: BoxReading, px_per_mm: float, left: float = 0.0, top: float = 0.0) -> Quad | None:
    """Return where a box lies on a picture that begins at a place of the page in mm; None for what is no box."""
    corners = np.asarray(box.corners, np.float64)
    if corners.shape != (4, 2):
        return None
    with np.errstate(over="ignore"):
        return np.clip((corners - (left, top)) * px_per_mm, -_FAR_PX, _FAR_PX)


def draw_outlines(pixels: NDArray[np.uint8], outlines: Sequence[tuple[Quad, Outline]]) -> None:
    """Draw outlines on (h, w, 3) uint8 RGB, those that stand out last."""
    for quad, outline in sorted(outlines, key=lambda pair: (pair[1].is_thick, pair[1].status is not Status.BLANK)):
        colour = _rgb(LOOKS[outline.status].colour)
        width = _THICK if outline.is_thick else _THIN
        wide = widened(quad, _OUTWARD)
        if outline.is_struck:
            _draw_lines(pixels, _dashes(wide), colour, width)
        elif outline.status is Status.BLANK:
            _draw_dots(pixels, _along(wide, _DOT_PITCH), colour)
        else:
            _draw_lines(pixels, [np.vstack([wide, wide[:1]])], colour, width)


def widened(quad: Quad, margin: float) -> Quad:
    """Move each corner outward by so much across and down."""
    return np.asarray(quad + margin * np.sign(quad - quad.mean(axis=0)), np.float64)


def _draw_lines(
    pixels: NDArray[np.uint8], lines: Sequence[NDArray[np.float64]], colour: tuple[int, int, int], width: int
) -> None:
    points = [np.rint((line - 0.5) * (1 << _SHIFT)).astype(np.int32) for line in lines]
    if width == _THICK:
        cv2.polylines(pixels, points, False, (255, 255, 255), width + 2, cv2.LINE_AA, _SHIFT)
    cv2.polylines(pixels, points, False, colour, width, cv2.LINE_AA, _SHIFT)


def _draw_dots(pixels: NDArray[np.uint8], places: NDArray[np.float64], colour: tuple[int, int, int]) -> None:
    """Draw dots of 2x2 pixels, those that are on the picture."""
    height, width = pixels.shape[:2]
    corners = np.floor(places - 0.5).astype(int)
    corners = corners[((corners >= 0) & (corners < (width - 1, height - 1))).all(axis=1)]
    for right, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        pixels[corners[:, 1] + down, corners[:, 0] + right] = colour


def _along(quad: Quad, pitch: float) -> NDArray[np.float64]:
    """Return (n, 2) places along the edges of a quad."""
    places = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        steps = max(1, round(min(float(np.abs(end - start).max()), _FAR_PX) / pitch))
        places.append(start + np.arange(steps)[:, np.newaxis] / steps * (end - start))
    return np.vstack(places)


def _dashes(quad: Quad) -> list[NDArray[np.float64]]:
    """Return dashes along the edges of a quad as (2, 2) lines."""
    lines = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        steps = max(1, round(min(float(np.abs(end - start).max()), _FAR_PX) / _DASH_PITCH))
        step = (end - start) / steps
        lines += [np.vstack([start + n * step, start + (n + _DASH / _DASH_PITCH) * step]) for n in range(steps)]
    return lines


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in to_rgb(colour))
    return red, green, blue
