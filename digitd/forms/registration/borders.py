"""List the pieces of printed borders that the boxes of a page should show, and those that they should not.

Neighbouring boxes that share a side have it once. *Beyond* are the boxes that would be there if a field had one box
more, or a table one row more: a page on which such a box is printed is likely to be registered one box, or one row,
off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digitd.forms.template import Rect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digitd.forms.template import Field

PIECES = 5
"""Of each side."""
_CLEAR_OF_CORNERS = 0.1
"""Of a side, at either end: there the lines that meet it are seen, not it."""
_SAME = 0.06
"""Of the size of a box: sides that are nearer to each other are one printed line."""
_ALIKE = 0.08
"""Of the size of a box: boxes whose sizes differ by less are of one kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borders:
    """Pieces of printed lines, in arrays of one length.

    Attributes
    ----------
    x, y : (N,) float64
        Their middles, in mm.
    is_upright : (N,) bool
    side : (N,) int64
        Of which line they are; lines are numbered from 0.
    owner : (sides, 2) int64
        For each line the boxes it belongs to; the second is -1 where there is but one.
    box_field : (boxes,) int64
        For each box the field it belongs to.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    is_upright: NDArray[np.bool_]
    side: NDArray[np.int64]
    owner: NDArray[np.int64]
    box_field: NDArray[np.int64]

    @property
    def field(self) -> NDArray[np.int64]:
        """For each piece the field it belongs to, (N,)."""
        return np.asarray(self.box_field[self.owner[self.side, 0]])

    @property
    def upright_sides(self) -> NDArray[np.bool_]:
        """For each line whether it is upright, (sides,)."""
        return np.asarray(self.is_upright[np.searchsorted(self.side, np.arange(len(self.owner)))])

    def along(self, fields: int) -> NDArray[np.int64]:
        """Return for each of so many fields 0 where it is wider than high, and 1 where it is higher, (fields,)."""
        own = (self.field == np.arange(fields)[:, None]).astype(float)  # (fields, N)
        places = np.stack([self.x, self.y], axis=1)
        counts = np.maximum(own.sum(axis=1), 1)[:, None]
        variances = own @ places**2 / counts - (own @ places / counts) ** 2  # (fields, 2)
        return np.asarray(variances.argmax(axis=1), np.int64)

    def only(self, kept: NDArray[np.bool_]) -> Borders:
        """Leave out lines: `kept` is (sides,)."""
        stays = kept[self.side]
        numbers = np.cumsum(kept) - 1
        return Borders(
            x=self.x[stays],
            y=self.y[stays],
            is_upright=self.is_upright[stays],
            side=numbers[self.side[stays]],
            owner=self.owner[kept],
            box_field=self.box_field,
        )


def borders_of(fields: Sequence[Field]) -> Borders:
    """List the borders of the boxes of fields, in their order."""
    boxes = [box for field in fields for box in field.boxes]
    box_field = [number for number, field in enumerate(fields) for _ in field.boxes]
    return _borders(boxes, box_field)


def beyond(fields: Sequence[Field], width: float, height: float) -> Borders:
    """List the borders of the boxes that would come next to those of fields on a page of a size in mm.

    Next is as far away as the nearest box of the same kind in the same row or column. A side that such a box would
    share with a box of the fields is left out.
    """
    boxes = [box for field in fields for box in field.boxes]
    box_field = [number for number, field in enumerate(fields) for _ in field.boxes]
    table = np.array([(box.x, box.y, box.width, box.height) for box in boxes], float).reshape(-1, 4)
    taken, count = table, len(boxes)
    for number in range(count):
        for step in _steps(table, number):
            there = table[number] + (*step, 0, 0)
            is_inside = (there[:2] >= 0).all() and there[0] + there[2] <= width and there[1] + there[3] <= height
            if is_inside and not _overlaps(there, taken):
                taken = np.vstack([taken, there])
                box_field.append(box_field[number])
    nexts = [Rect(x=x, y=y, width=width, height=height) for x, y, width, height in taken[count:].tolist()]
    found = _borders([*boxes, *nexts], box_field)
    return found.only(found.owner[:, 0] >= count)


def _steps(table: NDArray[np.float64], number: int) -> list[tuple[float, float]]:
    """Return the steps from a box to the next of its kind, there and back, in its row and in its column."""
    away = np.abs(table - table[number])
    width, height = table[number, 2:]
    alike = (away[:, 2] <= _ALIKE * width) & (away[:, 3] <= _ALIKE * height)
    steps = []
    for along, size, is_level in ((0, width, True), (1, height, False)):
        in_line = alike & (away[:, 1 - along] <= _ALIKE * max(width, height)) & (away[:, along] >= size / 2)
        if in_line.any():
            step = float(away[in_line, along].min())
            steps += [(step, 0.0), (-step, 0.0)] if is_level else [(0.0, step), (0.0, -step)]
    return steps


def _overlaps(box: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    """Return whether a box, (x, y, width, height), shares more than a tenth of its width and height with any other."""
    ends = np.minimum(box[:2] + box[2:], others[:, :2] + others[:, 2:])
    return bool((ends - np.maximum(box[:2], others[:, :2]) > box[2:] / 10).all(axis=1).any())


def _borders(boxes: Sequence[Rect], box_field: Sequence[int]) -> Borders:
    table = np.array([side for box in boxes for side in _sides(box)], float).reshape(-1, 4)
    near = np.repeat([_SAME * min(box.width, box.height) for box in boxes], 4)
    is_first, owner = _told_apart(table, near)
    lines = table[is_first]
    shares = _CLEAR_OF_CORNERS + (1 - 2 * _CLEAR_OF_CORNERS) * (np.arange(PIECES) + 0.5) / PIECES
    along = lines[:, 2:3] + shares * (lines[:, 3:4] - lines[:, 2:3])  # (sides, PIECES)
    across = np.repeat(lines[:, 1:2], PIECES, axis=1)
    is_upright = np.repeat(lines[:, 0] > 0, PIECES)
    return Borders(
        x=np.where(is_upright, across.ravel(), along.ravel()),
        y=np.where(is_upright, along.ravel(), across.ravel()),
        is_upright=is_upright,
        side=np.repeat(np.arange(len(lines)), PIECES),
        owner=owner[is_first],
        box_field=np.array(box_field, np.int64),
    )


def _told_apart(table: NDArray[np.float64], near: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which of the sides of boxes, four a box, are the first of their line, and the boxes of each line."""
    is_first = np.ones(len(table), bool)
    owner = np.stack([np.arange(len(table)) // 4, np.full(len(table), -1)], axis=1)
    for number in range(4, len(table)):
        before = table[:number]
        is_same = is_first[:number] & (before[:, 0] == table[number, 0])
        is_same &= (np.abs(before[:, 1:] - table[number, 1:]) <= near[number]).all(axis=1) & (owner[:number, 1] < 0)
        if is_same.any():
            is_first[number] = False
            owner[int(np.argmax(is_same)), 1] = number // 4
    return is_first, owner


def _sides(box: Rect) -> tuple[tuple[float, float, float, float], ...]:
    """Return the sides of a box: 1 if upright, where, from, to."""
    return (
        (1, box.x, box.y, box.bottom),
        (1, box.right, box.y, box.bottom),
        (0, box.y, box.x, box.right),
        (0, box.bottom, box.x, box.right),
    )
