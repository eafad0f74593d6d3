"""Tell from the first and last bytes of a file whether it is all there, as its format ends.

Nothing is decoded, so that it is cheap and cannot fail on hostile bytes. It says whether somebody has stopped writing
too early, not whether the pixels are sound.
"""

import re
import struct
from enum import Enum, auto

HEAD_BYTES = 4096
TAIL_BYTES = 1024

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_JPEG = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_TIFF_HEADER = 8
_NEAR_THE_END = 64
"""Bytes: what cameras and editors add behind the end marker."""
_GAP = rb"(?:\s|#[^\n]*\n)+"
_PBM = re.compile(rb"P4" + _GAP + rb"(\d+)" + _GAP + rb"(\d+)\s")
_PGM = re.compile(rb"P([56])" + _GAP + rb"(\d+)" + _GAP + rb"(\d+)" + _GAP + rb"(\d+)\s")


class Ending(Enum):
    """What the end of a file says."""

    WHOLE = auto()
    CUT = auto()
    UNKNOWN = auto()


def ending(head: bytes, tail: bytes, size_bytes: int) -> Ending:
    """Tell how a file ends.

    Parameters
    ----------
    head, tail : bytes
        The first `HEAD_BYTES` and the last `TAIL_BYTES` of it, or all where it has fewer.
    size_bytes : int

    Returns
    -------
    Ending
        ``UNKNOWN`` for what is no image, and for formats that do not say where they end.
    """
    if not head.strip(b"\0"):  # nothing yet, or room made for what is to come
        return Ending.CUT
    if head.startswith(_PNG):
        return _told(_PNG_END in tail)
    if head.startswith(_JPEG):
        return _told(_JPEG_END in tail.rstrip(b"\0")[-_NEAR_THE_END:])
    if head.startswith(b"GIF8"):
        return _told(tail.rstrip(b"\0").endswith(b"\0\x3b"))  # the end of a block, then the trailer
    if b"%PDF-" in head[:TAIL_BYTES]:
        return _told(b"%%EOF" in tail)
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        # libtiff writes 0 until it closes the file
        return Ending.UNKNOWN if _TIFF_HEADER <= _first_directory(head) < size_bytes else Ending.CUT
    stated = _stated_size(head)
    if stated is not None and size_bytes < stated:
        return Ending.CUT
    # these formats say only how long they are, which may be room made
    return Ending.WHOLE if stated is not None and tail.strip(b"\0") else Ending.UNKNOWN


def _told(is_whole: bool) -> Ending:
    return Ending.WHOLE if is_whole else Ending.CUT


def _first_directory(head: bytes) -> int:
    """Return where a TIFF or BigTIFF keeps its first directory (TIFF 6.0, page 13)."""
    order = "<" if head.startswith(b"II") else ">"
    place, kind = (8, "Q") if head[2:4] in (b"+\0", b"\0+") else (4, "I")
    field = head[place : place + struct.calcsize(kind)]
    return int(struct.unpack(order + kind, field)[0]) if len(field) == struct.calcsize(kind) else len(head)


def _stated_size(head: bytes) -> int | None:
    """Return how long a WebP, BMP or binary PNM says that it is."""
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return 8 + int.from_bytes(head[4:8], "little")
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return int.from_bytes(head[2:6], "little") or None
    if found := _PBM.match(head):
        width, height = int(found[1]), int(found[2])
        return found.end() + (width + 7) // 8 * height
    if found := _PGM.match(head):
        width, height, most = int(found[2]), int(found[3]), int(found[4])
        samples = width * height * (3 if found[1] == b"6" else 1)
        return found.end() + samples * (2 if most > 255 else 1)
    return None
