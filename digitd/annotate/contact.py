"""Contact sheets: one picture of a hundred readings, cell by cell.

A sheet grows: cells are pasted into what is there, and pasting the same ones again changes nothing. So a sheet can be
written while the readings come in, and once more after a crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.annotate.png import PngEncoder, decode_png

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

COLUMNS, ROWS = 10, 10
CELLS = COLUMNS * ROWS
CELL_WIDTH, CELL_HEIGHT = 160, 174
EMPTY = 243
"""Grey level of gaps and of places without a reading."""


def paste(sheet: bytes | None, cells: Mapping[int, NDArray[np.uint8]]) -> bytes:
    """Put cells on a sheet.

    Parameters
    ----------
    sheet : bytes or None
        The sheet so far, as this function returned it. None, or anything else, begins an empty one.
    cells : mapping of int to ndarray
        (CELL_HEIGHT, CELL_WIDTH, 3) uint8 RGB by place: from 0, row by row, below `CELLS`.

    Returns
    -------
    bytes
        A PNG.
    """
    pixels = _opened(sheet)
    for place, cell in cells.items():
        row, column = divmod(place, COLUMNS)
        top, left = row * CELL_HEIGHT, column * CELL_WIDTH
        pixels[top : top + CELL_HEIGHT, left : left + CELL_WIDTH] = cell
    return PngEncoder().encode(pixels)


def pack(cell: NDArray[np.uint8]) -> bytes:
    """Make a cell a fifteenth of its size, to be kept or sent."""
    return PngEncoder().encode(cell)


def unpack(packed: bytes | None) -> NDArray[np.uint8]:
    """Return the cell that was packed, an empty place for None."""
    cell = decode_png(packed, CELL_HEIGHT, CELL_WIDTH) if packed else None
    return np.full((CELL_HEIGHT, CELL_WIDTH, 3), EMPTY, np.uint8) if cell is None else cell


def _opened(sheet: bytes | None) -> NDArray[np.uint8]:
    shape = (ROWS * CELL_HEIGHT, COLUMNS * CELL_WIDTH, 3)
    found = decode_png(sheet, *shape[:2]) if sheet else None
    return np.full(shape, EMPTY, np.uint8) if found is None else found
