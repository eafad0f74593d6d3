"""Write a picture as a PNG, quickly.

The format is that of W3C PNG, third edition (https://www.w3.org/TR/png-3/): a signature, then chunks with their CRC.
Rows are filtered with Sub, type 1, which suits flat graphics and photographs alike.

Why not OpenCV or Pillow: both deflate with zlib or spend longer on choosing filters. A card of 1000x528 pixels took
7.0 ms by OpenCV at level 1, 15 ms by Pillow, and takes 1.2 ms with ISA-L (github.com/intel/isa-l), in fewer bytes.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from isal import isal_zlib

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LEVEL = 1
_SUB = 1
_EIGHT_BITS, _RGB = 8, 2


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
        header = struct.pack(">IIBBBBB", width, height, _EIGHT_BITS, _RGB, 0, 0, 0)
        content = isal_zlib.compress(self._filter(pixels.reshape(height, -1)), _LEVEL)
        return b"".join((_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", content), _chunk(b"IEND", b"")))

    def _filter(self, rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Filter (H, 3 W) uint8 rows to (H, 1 + 3 W); valid until the next are filtered."""
        shape = (rows.shape[0], 1 + rows.shape[1])
        if self._filtered.shape != shape:
            self._filtered = np.empty(shape, np.uint8)
        filtered = self._filtered
        filtered[:, 0] = _SUB
        filtered[:, 1:4] = rows[:, :3]
        np.subtract(rows[:, 3:], rows[:, :-3], out=filtered[:, 4:])
        return filtered


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(kind)))
