"""A file that only grows, written from lines that are kept elsewhere: what CSVs have in common.

After a crash it is completed with the same bytes; it is never truncated, because `tail -F` would read it again. It
belongs to digitd: when its inode, size or time is not what digitd left, it is held against the lines, and if
anybody has changed it, it is set aside and written anew.
"""

import errno
import logging
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from digitd.durable import append, sync_folder
from digitd.errors import OutputError

logger = logging.getLogger(__name__)

ROWS = 5000
"""That are in memory at a time: some megabytes."""

Lines = Sequence[tuple[int, bytes]]
"""Sequence numbers and lines."""
LinesAfter = Callable[[int, int], Lines]
"""Given a sequence number and a count, returns so many lines that come after it, in order."""


@dataclass(frozen=True, slots=True)
class _Trace:
    """What changes when somebody writes to a file or replaces it."""

    inode: int
    size_bytes: int
    mtime_ns: int


class GrowingFile:
    """A file that is looked after.

    Parameters
    ----------
    path : Path
    require_own : callable
        Makes sure that the file is what was written, or the beginning of it, or is set aside.
    """

    def __init__(self, path: Path, require_own: Callable[[], None]) -> None:
        self._path = path
        self._require_own = require_own
        self._left: _Trace | None = None
        """How digitd left the file; None where it does not know."""

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Look that the file is what digitd left; if anything fails, it is held against its lines the next time.

        Raises
        ------
        OutputError
            When the file cannot be read or written.
        """
        left, self._left = self._left, None
        try:
            if left is None or left != self._trace():
                self._require_own()
            yield
            self._left = self._trace()
        except OSError as error:
            raise OutputError(
                f"cannot write {self._path}: {error.strerror}",
                hint="make room or make the outbox writable; the rows are kept and will be written then",
            ) from error

    @property
    def size_bytes(self) -> int:
        """How long the file is, 0 where there is none."""
        return self._path.stat().st_size if self._path.exists() else 0

    def complete(self, content: bytes, *, at: int, present: int) -> None:
        """Append what of some content is missing.

        Parameters
        ----------
        content : bytes
            That begins at the byte `at`.
        present : int
            Size of the file: what it has beyond `at` was begun by a process that was killed.
        """
        missing = content[max(0, present - at) :]
        if missing:
            append(self._path, missing)
        if not at:  # it may have been made, now or by a process that was killed
            sync_folder(self._path.parent)

    def set_aside(self) -> None:
        """Rename what is no file of digitd's."""
        name = self._path.name
        if not self._path.exists():
            logger.warning("%s is gone; writing it anew from the ledger", name)
            return
        number = 1
        while (aside := self._path.with_name(f"{name}.damaged-{number}")).exists():
            number += 1
        self._path.rename(aside)
        logger.warning(
            "%s was changed by somebody else; it is set aside and written anew from the ledger",
            name,
            extra={"fields": {"aside": aside.name}},
        )

    def _trace(self) -> _Trace | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return _Trace(status.st_ino, status.st_size, status.st_mtime_ns)


def held_bytes(
    path: Path, header: bytes, lines_after: LinesAfter, *, after: int, until: int | None = None
) -> int | None:
    """Hold a file against its lines: return its size, or None where it has anything else.

    Parameters
    ----------
    path : Path
        Where nothing is, there are 0 bytes.
    header : bytes
        What it begins with.
    lines_after : callable
    after, until : int
        The sequence numbers before its first line and of its last; it may hold less. Without ``until``, all there are.

    Raises
    ------
    OSError
        When it cannot be read, or is no regular file.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        with path.open("rb") as file:
            seq, expected = after, header
            while expected:
                found = file.read(len(expected))
                if found != expected:
                    return file.tell() if expected.startswith(found) else None
                lines = lines_after(seq, ROWS if until is None else min(ROWS, until - seq))
                expected = b"".join(line for _, line in lines)
                seq = lines[-1][0] if lines else seq
            return None if file.read(1) else file.tell()
    except FileNotFoundError:
        return 0
