"""Write a picture as a PNG, quickly, and read it again.

The format is that of W3C PNG, third edition (https://www.w3.org/TR/png-3/): a signature, then chunks with their CRC.
Rows are filtered with Up, type 2, the difference to the row above: in drawings as small as Sub, up to a tenth smaller
where photographs are shown, and undone row by row at the speed of memory.

Why not OpenCV or Pillow: both deflate with zlib or spend longer on choosing filters. A card of 1000x528 pixels took
7.0 ms by OpenCV at level 1, 15 ms by Pillow, and takes 1.2 ms with ISA-L (github.com/intel/isa-l), in fewer bytes.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from isal import isal_zlib

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LEVEL = 1
_UP = 2
_EIGHT_BITS, _RGB = 8, 2
_BEFORE_DATA, _AFTER_DATA = 41, 16
"""Bytes of a file before and after what its one IDAT chunk holds."""


class PngEncoder:
    """Encodes pictures one after the other. It keeps its buffer: fresh memory for each costs as much as compressing."""

    def __init__(self) -> None:
        self._filtered = np.empty((0, 0), np.uint8)

    def encode(self, pixels: NDArray[np.uint8]) -> bytes:
        """Encode a picture; on one machine the same pixels give the same bytes.

        Parameters
        ----------
        pixels : (H, W, 3) uint8 RGB
            Of at least one pixel.
        """
        height, width, _ = pixels.shape
        return _file(height, width, isal_zlib.compress(self._filter(pixels.reshape(height, -1)), _LEVEL))

    def _filter(self, rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Filter (H, 3 W) uint8 rows to (H, 1 + 3 W); valid until the next are filtered."""
        shape = (rows.shape[0], 1 + rows.shape[1])
        if self._filtered.shape != shape:
            self._filtered = np.empty(shape, np.uint8)
        filtered = self._filtered
        filtered[:, 0] = _UP
        filtered[0, 1:] = rows[0]
        np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
        return filtered


def decode_png(png: bytes, height: int, width: int) -> NDArray[np.uint8] | None:
    """Decode what `PngEncoder` made of a picture of this size, in a third of OpenCV's time.

    Returns
    -------
    ndarray or None
        (height, width, 3) uint8 RGB; None for any other file.
    """
    data = png[_BEFORE_DATA:-_AFTER_DATA]
    if png != _file(height, width, data):
        return None
    shape = (height, 1 + 3 * width)
    try:
        filtered = np.frombuffer(isal_zlib.decompressobj().decompress(data, shape[0] * shape[1]), np.uint8)
    except isal_zlib.error:  # type: ignore[misc]  # isal's stub calls the class an instance
        return None
    if filtered.size != shape[0] * shape[1] or (filtered.reshape(shape)[:, 0] != _UP).any():
        return None
    pixels = filtered.reshape(shape)[:, 1:].copy()
    for above, row in pairwise(pixels):  # np.add.accumulate takes 40 times as long
        np.add(above, row, out=row)
    return pixels.reshape(height, width, 3)


def _file(height: int, width: int, data: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, _EIGHT_BITS, _RGB, 0, 0, 0)
    return b"".join((_SIGNATURE, *_chunk(b"IHDR", header), *_chunk(b"IDAT", data), *_chunk(b"IEND", b"")))


def _chunk(kind: bytes, content: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    crc = isal_zlib.crc32(content, isal_zlib.crc32(kind))
    return struct.pack(">I", len(content)), kind, content, struct.pack(">I", crc)
