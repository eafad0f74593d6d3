"""Project lines of the ledger onto a CSV that only grows.

After a crash the file is completed with the same bytes; it is never truncated, because `tail -F` would read it again.
It belongs to digitd: when its inode, size or time is not what digitd left, it is compared with the ledger byte by byte,
and if anybody has changed it, it is set aside and written anew, from its own first line on.
"""

import errno
import logging
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

from digitd import failpoints
from digitd.durable import append, sync_folder
from digitd.errors import OutputError

logger = logging.getLogger(__name__)

_MOST_LINES = 5000
"""That are in memory at a time: some megabytes."""

Lines = Sequence[tuple[int, bytes]]
"""Sequence numbers and lines."""


class Source(Protocol):
    """The lines of one file, and how far they are written."""

    @property
    def header(self) -> bytes:
        """The first line."""

    @property
    def begins_after(self) -> int:
        """The sequence number before that of the first line after the header, or a lesser one."""

    def lines_after(self, seq: int, *, at_most: int) -> Lines:
        """Return so many lines after a sequence number, in order."""

    def projected(self) -> tuple[int, int]:
        """Return how far the file was known to be written: (last seq, size in bytes)."""

    def record_projected(self, seq: int, size_bytes: int) -> None:
        """Record how far the file is written and on disk."""


@dataclass(frozen=True, slots=True)
class _Trace:
    """What changes when somebody writes to a file or replaces it."""

    inode: int
    size_bytes: int
    mtime_ns: int


class GrowingCsv:
    """A file, and the lines that belong into it.

    Parameters
    ----------
    path : Path
    source : Source
    """

    def __init__(self, path: Path, source: Source) -> None:
        self._path = path
        self._source = source
        self._left: _Trace | None = None
        """How digitd left the file; None where it does not know."""

    def catch_up(self) -> None:
        """Append the lines that the ledger has and the file has not, and make them durable.

        Raises
        ------
        OutputError
            When the file cannot be written. The lines are safe in the ledger and are appended next time.
        """
        with self._writing():
            self._append_missing()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Look that the file is what digitd left; if anything fails, it is compared with the ledger the next time."""
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

    def _trace(self) -> _Trace | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return _Trace(status.st_ino, status.st_size, status.st_mtime_ns)

    def _require_own(self) -> None:
        """Set the file aside unless it is what the ledger says, or the beginning of it."""
        begins_after = self._source.begins_after
        own_bytes = held_bytes(self._path, self._source, after=begins_after)
        if own_bytes is None or own_bytes < self._source.projected()[1]:
            self._set_aside()
            self._source.record_projected(begins_after, 0)

    def _append_missing(self) -> None:
        seq, size_bytes = self._source.projected()
        present = self._path.stat().st_size if self._path.exists() else 0
        while (lines := self._next_lines(seq)) or not size_bytes:
            # what is there beyond the record was begun by a process that was killed, and is completed where it is
            if present <= size_bytes and self._closes_before(lines, seq, size_bytes):
                size_bytes = present = 0
            rows = b"".join(line for _, line in lines)
            content = rows if size_bytes else self._source.header + rows
            missing = content[max(0, present - size_bytes) :]
            if missing:
                append(self._path, missing)
            if not size_bytes:  # it may have been made, now or by a process that was killed
                sync_folder(self._path.parent)
            failpoints.reach("appended")
            size_bytes += len(content)
            if lines:
                seq = lines[-1][0]
                self._note(lines)
            self._source.record_projected(seq, size_bytes)
            failpoints.reach("projected")

    def _next_lines(self, seq: int) -> Lines:
        """Return the next lines that go into one file; none where there are no more."""
        return self._source.lines_after(seq, at_most=_MOST_LINES)

    def _closes_before(self, lines: Lines, seq: int, size_bytes: int) -> bool:  # noqa: ARG002 - for those that close
        """Close the file, which is known to be whole, where these lines go into another; return whether it was."""
        return False

    def _note(self, lines: Lines) -> None:
        """Take note of lines that are in the file."""

    def _set_aside(self) -> None:
        name = self._path.name
        if not self._path.exists():
            logger.warning("%s is gone; writing it anew from the ledger", name)
            return
        aside = free_path(self._path, "damaged")
        self._path.rename(aside)
        logger.warning(
            "%s was changed by somebody else; it is set aside and written anew from the ledger",
            name,
            extra={"fields": {"aside": aside.name}},
        )


def free_path(path: Path, mark: str) -> Path:
    """Return a name beside a file under which it can be put by: ``p.csv.damaged-1``, or a higher number."""
    names = (path.with_name(f"{path.name}.{mark}-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def held_bytes(path: Path, source: Source, *, after: int, until: int | None = None) -> int | None:
    """Compare a file with its lines: return its size, or None where it holds anything else.

    Parameters
    ----------
    path : Path
        Where nothing is, there are 0 bytes.
    source : Source
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
            seq, expected = after, source.header
            while expected:
                found = file.read(len(expected))
                if found != expected:
                    return file.tell() if expected.startswith(found) else None
                lines = source.lines_after(seq, at_most=_MOST_LINES if until is None else min(_MOST_LINES, until - seq))
                expected = b"".join(line for _, line in lines)
                seq = lines[-1][0] if lines else seq
            return None if file.read(1) else file.tell()
    except FileNotFoundError:
        return 0
