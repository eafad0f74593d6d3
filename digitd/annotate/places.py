"""Say where the labels of a field may stand on a page: beside, above and below its boxes, or within one. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digitd.annotate.canvas import Area
from digitd.annotate.outline import Quad

CLEAR = 5
"""Pixels from a box to a label: its outline is between them."""
_APART = 10
"""Pixels from a label to the boxes of another field: twice as far as to its own."""
_WITHIN = 4
"""Pixels from the edge of a box to what stands in its corner."""


def bounds(quad: Quad | NDArray[np.int32]) -> Area:
    """Return the upright rectangle round a quad."""
    (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
    return Area(float(left), float(top), float(right - left), float(bottom - top))


def around(area: Area, margin: float) -> Area:
    """Return a rectangle that is wider on all sides."""
    return Area(area.left - margin, area.top - margin, area.width + 2 * margin, area.height + 2 * margin)


def beside(areas: Sequence[Area], width: int, height: int) -> list[Area]:
    """Return where a label of a size may stand at a field, the best place first.

    Parameters
    ----------
    areas : sequence of Area
        Its boxes, one at least, in reading order.
    width, height : int
        Of the label.
    """
    first, last, whole = areas[0], areas[-1], _all_round(areas)
    right = whole.left + whole.width - width
    above, below = whole.top - CLEAR - height, whole.top + whole.height + CLEAR
    return [
        Area(last.left + last.width + CLEAR + 1, last.top + (last.height - height) / 2, width, height),
        Area(whole.left, above, width, height),
        Area(whole.left, below, width, height),
        Area(right, above, width, height),
        Area(right, below, width, height),
        Area(first.left - CLEAR - 1 - width, first.top + (first.height - height) / 2, width, height),
    ]


def confusing(label: Area, areas: Sequence[Area]) -> list[Area]:
    """Return where no other field may be, or a label beside the boxes of a field would seem to be the other's.

    That is on its far side; and of a label above or below, as far as it is wider than the boxes, what is beside these.
    """
    whole = _all_round(areas)
    right, bottom = whole.left + whole.width, whole.top + whole.height
    label_right, label_bottom = label.left + label.width, label.top + label.height
    if label.top < bottom and whole.top < label_bottom:
        far_left = label_right if label.left >= right else label.left - _APART
        return [Area(far_left, label.top, _APART, label.height)]
    far_top = label_bottom if label.top >= bottom else label.top - _APART
    return [
        Area(label.left, far_top, label.width, _APART),
        Area(label.left, whole.top, whole.left - CLEAR - label.left, whole.height),
        Area(right + CLEAR, whole.top, label_right - right - CLEAR, whole.height),
    ]


def corners(area: Area, width: int, height: int) -> list[Area]:
    """Return where in a box something of a size may stand."""
    left, right = area.left + _WITHIN, area.left + area.width - _WITHIN - width
    top, bottom = area.top + _WITHIN, area.top + area.height - _WITHIN - height
    return [Area(x, y, width, height) for y in (top, bottom) for x in (left, right)]


def _all_round(areas: Sequence[Area]) -> Area:
    """Return the rectangle round all of some."""
    left, top = min(area.left for area in areas), min(area.top for area in areas)
    right = max(area.left + area.width for area in areas)
    bottom = max(area.top + area.height for area in areas)
    return Area(left, top, right - left, bottom - top)
