"""Read the bytes of a file that strangers put there: no links, no devices, no waiting, nothing beyond the limit."""

import errno
import os
import stat
from pathlib import Path

from digitd.errors import Rejection

_GROWTH_BYTES = 1 << 20
"""That a file may have grown since its size was asked for."""
_STEP_BYTES = 1 << 12
"""To find the end of a file with. Room for all growth at once takes 3 us to make, or 80 us where the heap is full."""


def read_bytes(source: Path, max_bytes: int) -> bytes:
    """Read a regular file whole.

    Raises
    ------
    Rejection
        ``symlink``, ``not_a_file``, ``too_large`` or ``unreadable``. Nothing is read of a file that is refused.
    """
    try:
        _refuse_special(os.lstat(source).st_mode)  # opening a device may already do something
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            _refuse_special(status.st_mode)
            if status.st_size > max_bytes:
                raise Rejection(
                    "too_large",
                    f"the file has {status.st_size} bytes, the limit is {max_bytes}",
                    hint="Send a smaller file, or raise [limits] max_bytes.",
                )
            return _read_to_end(descriptor, status.st_size, min(max_bytes, status.st_size + _GROWTH_BYTES))
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno == errno.ELOOP:
            _refuse_special(stat.S_IFLNK)
        raise Rejection(
            "unreadable",
            f"the file cannot be read: {error.strerror}",
            hint="Check its name." if error.errno == errno.ENOENT else "Check who may read it.",
        ) from error


def _read_to_end(descriptor: int, size_bytes: int, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    count = 0
    while piece := os.read(descriptor, min(max_bytes - count, max(size_bytes - count, _STEP_BYTES))):
        pieces.append(piece)
        count += len(piece)
    return b"".join(pieces)


def _refuse_special(mode: int) -> None:
    """Refuse what is not a regular file."""
    if stat.S_ISLNK(mode):
        raise Rejection("symlink", "a symbolic link is not followed", hint="Send the file itself.")
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a device, pipe or socket"
        raise Rejection("not_a_file", f"this is {kind}, not a file", hint="Send an image file.")
