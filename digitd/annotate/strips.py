"""Lay out enlarged cut-outs of the boxes of a field: neighbours together, in rows where they are many. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitd.annotate.straight import Page, Region
from digitd.values import BoxReading, Status

LABEL_HEIGHT = 26
"""Below each cut-out, for the digits that were read."""
_BOX_HEIGHT_PX = 72  # a box is shown so high, as far as that enlarges the page by two to three
_LEAST_ENLARGED, _MOST_ENLARGED = 2.0, 3.0
_LARGEST_BOX_PX, _HIGHEST_PX = 96, 180  # a usual box of the field, and the highest with its margins
_MARGIN = 0.14  # of the height of a box: ink that left its box shows, and little of the next box
_GAP_PX = 8
_MOST_ROWS = 3
_SHRINK = 0.8
_LEAST_MM, _BEYOND_MM = 1.0, 4.0


class Strip(NamedTuple):
    """Boxes that lie side by side.

    Attributes
    ----------
    region : Region
        Of the page.
    boxes : range
        Numbers of the boxes in the field, from 0.
    left, top : int
        Of the strip in the layout, in pixels.
    """

    region: Region
    boxes: range
    left: int = 0
    top: int = 0


class Layout(NamedTuple):
    """Where strips are shown, and at which scale.

    Attributes
    ----------
    strips : tuple of Strip
    px_per_mm : float
    width, height : int
        Of all in pixels, the room for digits included.
    """

    strips: tuple[Strip, ...]
    px_per_mm: float
    width: int
    height: int


def lay_out(boxes: Sequence[BoxReading], page: Page, room_px: int) -> Layout | None:
    """Lay out the boxes of a field in rows no wider than the room.

    Of empty boxes at its ends one is shown, so that it can be seen that there the number ends.
    A field of so many boxes that they would be tiny is shown from its first box on, as far as three rows reach.

    Returns
    -------
    Layout or None
        None where no box has a place.
    """
    shown = _shown(boxes)
    placed = _edges(boxes[shown.start : shown.stop], page)
    if placed is None:
        return None
    height_mm = float(np.median(placed[:, 3] - placed[:, 1]))
    margin = _MARGIN * height_mm
    scale = max(_BOX_HEIGHT_PX / height_mm, _LEAST_ENLARGED * page.px_per_mm)
    scale = min(scale, _MOST_ENLARGED * page.px_per_mm, _LARGEST_BOX_PX / height_mm)
    widest, highest = (placed[:, 2:] - placed[:, :2]).max(axis=0) + 2 * margin
    scale = min(scale, room_px / float(widest), _HIGHEST_PX / float(highest))
    while True:
        strips = [
            strip._replace(boxes=shown[strip.boxes.start : strip.boxes.stop])
            for strip in _strips(placed, height_mm, margin, room_px / scale)
        ]
        layout, rows = _flowed(strips, scale, room_px)
        if rows <= _MOST_ROWS or scale < page.px_per_mm:
            return layout
        scale *= _SHRINK


def _shown(boxes: Sequence[BoxReading]) -> range:
    """Return the numbers of the boxes that are worth showing."""
    written = [number for number, box in enumerate(boxes) if box.status is not Status.BLANK or box.reason]
    return range(max(0, written[0] - 1), min(len(boxes), written[-1] + 2)) if written else range(len(boxes))


def _edges(boxes: Sequence[BoxReading], page: Page) -> NDArray[np.float64] | None:
    """Return (n, 4) left, top, right, bottom in mm, on the page or a little beyond it."""
    if not boxes or any(len(box.corners) != 4 for box in boxes):
        return None
    corners = np.asarray([box.corners for box in boxes], np.float64)
    corners = np.clip(corners, -_BEYOND_MM, (page.width + _BEYOND_MM, page.height + _BEYOND_MM))
    low, high = corners.min(axis=1), corners.max(axis=1)
    return np.hstack([low, np.maximum(high, low + _LEAST_MM)])


def _strips(edges: NDArray[np.float64], height: float, margin: float, room: float) -> list[Strip]:
    """Put neighbours together, and break what is wider than the room into equal parts."""
    return [strip for run in _runs(edges, height) for strip in _broken(run, edges, margin, room)]


def _broken(run: range, edges: NDArray[np.float64], margin: float, room: float) -> list[Strip]:
    strips: list[Strip] = []
    for pieces in range(1, len(run) + 1):
        each = ceil(len(run) / pieces)
        parts = [range(start, min(start + each, run.stop)) for start in range(run.start, run.stop, each)]
        strips = [Strip(_region(edges[part.start : part.stop], margin), part) for part in parts]
        if all(strip.region.width <= room for strip in strips):
            break
    return strips


def _runs(edges: NDArray[np.float64], height: float) -> list[range]:
    """Return the numbers of boxes that follow each other on one line, without much between them."""
    starts = [0]
    for number, (one, other) in enumerate(pairwise(edges), start=1):
        is_near = other[0] > one[0] and other[0] - one[2] < height
        if not (is_near and abs(other[1] - edges[starts[-1], 1]) < height / 2):
            starts.append(number)
    return [range(start, end) for start, end in pairwise([*starts, len(edges)])]


def _region(edges: NDArray[np.float64], margin: float) -> Region:
    left, top = edges[:, :2].min(axis=0) - margin
    right, bottom = edges[:, 2:].max(axis=0) + margin
    return Region(float(left), float(top), float(right - left), float(bottom - top))


def _flowed(strips: Sequence[Strip], scale: float, room_px: int) -> tuple[Layout, int]:
    """Place strips one after the other in rows; return them, no more than fit, and how many rows there would be."""
    placed: list[Strip] = []
    left, top, row_height, rows, widest, bottom = 0, 0, 0, 1, 0, 0
    for strip in strips:
        width, height = (max(1, round(side * scale)) for side in (strip.region.width, strip.region.height))
        if left and left + width > room_px:
            left, top, row_height, rows = 0, top + row_height, 0, rows + 1
        if rows <= _MOST_ROWS:
            placed.append(strip._replace(left=left, top=top))
            widest, bottom = max(widest, left + width), max(bottom, top + height + LABEL_HEIGHT)
        row_height = max(row_height, height + LABEL_HEIGHT)
        left += width + _GAP_PX
    return Layout(tuple(placed), scale, widest, bottom), rows
