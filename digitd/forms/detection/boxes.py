"""Find the boxes that printed lines make on a page: white rectangles with a line on each side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.template import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    Mask = NDArray[np.uint8]

PER_MM = 8.0
"""Pixels at which boxes are looked for, 203 dpi: a hairline of 0.1 mm still takes a pixel."""
_SMALLEST_MM, _LARGEST_MM = 3.0, 20.0
"""Of a side of a box for a digit."""
_NARROWEST, _WIDEST = 0.35, 1.7
"""Width of a box by its height."""
_LINES_MM = (6.0, 4.2, 2.8)
"""Shorter strokes are no sides. Long lines come first: writing, and guides for it, are shorter than its box."""
_THICKEST_MM = 0.8
"""What is thicker is no line; the modules of most QR codes are."""
_LEAST_CONTRAST, _ABOVE_NOISE = 10, 4.0
"""Grey levels, and standard deviations of the noise: paler lines are not seen."""
_BRIDGE_MM = 0.4
"""Gaps of dotted and damaged lines."""
_FULL = 0.88
"""Of the rectangle around it: so much is white in a box; corners may be round."""
_SIDE = 0.85
"""Of a side: so much is line."""
_EMPTY = 0.02
"""Of the inside of a box: where more of it is dark, something is printed there."""
_DARK = 96
"""Grey levels darker than paper; guides for the pen are paler."""


def find_boxes(grey: Grey, *, is_filled: bool) -> list[Rect]:
    """Find the boxes of a page.

    Parameters
    ----------
    grey : (H, W) uint8
        Of `PER_MM` pixels a mm, 0 = ink.
    is_filled : bool
        Something may be written in them.

    Returns
    -------
    list of Rect
        In mm: the middles of their borders.
    """
    missing = _missing(grey)
    mask = _thin(missing)
    boxes: list[Rect] = []
    for length in _LINES_MM:
        found = _between(_lines(mask, round(length * PER_MM)), missing, is_filled=is_filled)
        boxes += [box for box in found if all(box.overlap(other) <= _SMALLEST_MM / 3 for other in boxes)]
    return boxes


def _between(lines: Mask, missing: Grey, *, is_filled: bool) -> list[Rect]:
    """Return the boxes that lines make."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(1 - lines, connectivity=4)
    boxes = []
    for number in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[number])
        if not _has_size(width / PER_MM, height / PER_MM) or area < _FULL * width * height:
            continue
        if not _has_sides(lines, x, y, width, height):
            continue
        inside = missing[y + height // 5 : y + height - height // 5, x + width // 5 : x + width - width // 5]
        if not is_filled and float((inside > _DARK).mean()) > _EMPTY:
            continue
        boxes.append(_middles(lines, x, y, width, height))
    return boxes


def _missing(grey: Grey) -> Grey:
    """Return by how much each pixel is darker than the paper around it."""
    side = 2 * round(1.5 * _THICKEST_MM * PER_MM) + 1
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return np.asarray(cv2.subtract(paper, grey), np.uint8)


def _thin(missing: Grey) -> Mask:
    """Mark what is dark and thin enough to be a line, (H, W) uint8."""
    noise = 1.4826 * float(np.median(missing))
    mask = (missing >= max(_LEAST_CONTRAST, _ABOVE_NOISE * noise)).view(np.uint8)
    side = round(_THICKEST_MM * PER_MM) + 1
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return np.asarray(cv2.subtract(mask, thick), np.uint8)


def _lines(mask: Mask, length: int) -> Mask:
    """Mark level and upright lines of at least a length in pixels, (H, W) uint8, 1 = line."""
    bridge = round(_BRIDGE_MM * PER_MM)
    marked = np.zeros_like(mask)
    for across, down in ((1, 0), (0, 1)):
        joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1 + bridge * down, 1 + bridge * across), np.uint8))
        # a line that is a little tilted steps from one row to the next: two rows together hold it
        thick = cv2.dilate(joined, np.ones((1 + across, 1 + down), np.uint8))
        kernel = np.ones((1 + (length - 1) * down, 1 + (length - 1) * across), np.uint8)
        marked |= np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, kernel), np.uint8)
    return marked


def _has_size(width: float, height: float) -> bool:
    is_between = all(_SMALLEST_MM <= side <= _LARGEST_MM for side in (width, height))
    return is_between and _NARROWEST <= width / height <= _WIDEST


def _has_sides(lines: Mask, x: int, y: int, width: int, height: int) -> bool:
    """Return whether a line runs along each side of a white rectangle; round corners have none."""
    rows, columns = lines.shape
    if x < 1 or y < 1 or x + width >= columns or y + height >= rows:
        return False
    sides = (
        lines[y - 1, x : x + width],
        lines[y + height, x : x + width],
        lines[y : y + height, x - 1],
        lines[y : y + height, x + width],
    )
    return all(float(side.mean()) >= _SIDE for side in sides)


def _middles(lines: Mask, x: int, y: int, width: int, height: int) -> Rect:
    """Return the rectangle through the middles of the lines around a white one."""
    cx, cy = x + width // 2, y + height // 2
    most = round(_THICKEST_MM * PER_MM)
    left = x - _thickness(lines[cy, max(0, x - most) : x][::-1]) / 2
    top = y - _thickness(lines[max(0, y - most) : y, cx][::-1]) / 2
    right = x + width + _thickness(lines[cy, x + width : x + width + most]) / 2
    bottom = y + height + _thickness(lines[y + height : y + height + most, cx]) / 2
    return Rect(x=left / PER_MM, y=top / PER_MM, width=(right - left) / PER_MM, height=(bottom - top) / PER_MM)


def _thickness(away: Mask) -> int:
    """Return how many pixels from the first on are line."""
    ends = np.flatnonzero(away == 0)
    return int(ends[0]) if len(ends) else len(away)
