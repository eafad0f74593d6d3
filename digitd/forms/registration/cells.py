"""See the boxes on a picture: patches of paper, about as wide as high, that lines close in.

Writing that cuts a box in two, or joins it to the next, hides it. Enough of a form's boxes are seen for their pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.registration.flat import reduced
from digitd.forms.registration.ridges import ridges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Page = NDArray[np.uint8]
    Points = NDArray[np.float64]

_LONGEST_PX = 2200
"""Of the picture, about: A4 at 190 dpi, where a box has 45 pixels."""
_FAINTEST = 4.0
_CLEAR = 3.0
"""Grey levels, and times as dark as most lines of the texture of the paper: what is darker closes a box in."""
_SIZES = 0.008, 0.15
"""Of the longer side of the picture: the sides of boxes."""
_ROUND = 2.6
"""Times as long as wide a box may be."""
_FILLED = 0.62
"""Of the rectangle around a box: how much must be paper, where something is written in it."""
_BORDER_PX = 4
"""By which a box is larger than the paper in it: its borders, and the blur beside them."""
_NEXT, _LEVEL, _LIKE = (0.7, 2.5), 0.3, 0.15
"""Of a box: how far to the right its neighbours in the row are, how far up or down at most, and how like its size."""
_MOST = 800
"""Boxes: more are looked at no further than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Boxes on a picture.

    Attributes
    ----------
    middles : (N, 2) float64
        x and y, in pixels of the picture after it was turned by `angle` about its origin, so that boxes are level.
    sizes : (N, 2) float64
        Their width and height, borders included.
    angle : float
        Radians, clockwise, that level lines of the boxes descend on the picture.
    """

    middles: Points
    sizes: Points
    angle: float

    @property
    def on_picture(self) -> Points:
        """Their middles in pixels of the picture itself, (N, 2)."""
        return _levelled(self.middles, -self.angle)


def cells_on(grey: Page) -> Cells:
    """See the boxes on (H, W) uint8."""
    times = max(1, round(max(grey.shape) / _LONGEST_PX))
    small = reduced(grey, times) if min(grey.shape) >= times else grey
    seen = ridges(small)
    lines = np.asarray(cv2.max(seen.upright, seen.level), np.uint8)
    faint = float(np.percentile(lines[::4, ::4], 60)) if lines.size else 0.0
    paper = (lines < max(_FAINTEST, _CLEAR * faint)).astype(np.uint8)
    _, marked, counted, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    labels, stats = np.asarray(marked, np.int32), np.asarray(counted, np.int32)
    found = [_turned(labels, stats, number) for number in _likely(stats, max(small.shape))]
    table = np.array([box for box in found if box is not None], float).reshape(-1, 5)
    angle = float(np.deg2rad(np.median(table[:, 4]))) if len(table) else 0.0
    angle += _descent(_levelled(table[:, :2], angle), table[:, 2:4])
    return Cells(middles=_levelled(table[:, :2], angle) * times, sizes=table[:, 2:4] * times, angle=angle)


def _levelled(middles: Points, angle: float) -> Points:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(middles @ turn)


def _descent(middles: Points, sizes: Points) -> float:
    """Return by how many radians rows of boxes that are nearly level descend: small boxes alone say it to a degree."""
    away = (middles[None] - middles[:, None]) / sizes[:, None]  # (N, N, 2), in boxes
    is_next = (away[..., 0] > _NEXT[0]) & (away[..., 0] < _NEXT[1]) & (np.abs(away[..., 1]) < _LEVEL)
    is_next &= (np.abs(sizes[None] / sizes[:, None] - 1) < _LIKE).all(axis=2)
    slopes = (away * sizes[:, None])[is_next]
    return float(np.median(np.arctan2(slopes[:, 1], slopes[:, 0]))) if len(slopes) else 0.0


def _likely(stats: NDArray[np.int32], longest: int) -> NDArray[np.intp]:
    """Return which components may be boxes by their outlines, the paper around everything not among them."""
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    least, most = (share * longest for share in _SIZES)
    fits = (np.minimum(width, height) >= max(5.0, least)) & (np.maximum(width, height) <= most)
    fits &= np.maximum(width, height) <= _ROUND * np.minimum(width, height)
    fits &= area >= _FILLED * 0.8 * width * height
    return np.flatnonzero(fits)[:_MOST]


def _turned(labels: NDArray[np.int32], stats: NDArray[np.int32], number: int) -> tuple[float, ...] | None:
    """Return x, y, width, height and angle in degrees, -45 to 45, of one component; None where it is no rectangle."""
    left, top, wide, high, area = (int(value) for value in stats[number])
    part = (labels[top : top + high, left : left + wide] == number).astype(np.uint8)
    contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    (x, y), (width, height), angle = cv2.minAreaRect(np.concatenate(contours))
    if area < _FILLED * (width + 1) * (height + 1):
        return None
    width, height = width + _BORDER_PX, height + _BORDER_PX
    turns = round(angle / 90)
    if turns % 2:
        width, height = height, width
    return left + x + 0.5, top + y + 0.5, width, height, angle - 90 * turns
