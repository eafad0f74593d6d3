"""Project the ledger's rows onto a CSV that only grows.

After a crash the file is completed with the same bytes; it is never truncated, because `tail -F` would read it again.
It belongs to digitd: when its inode, size or time is not what digitd left, it is compared with the ledger byte by byte,
and if anybody has changed it, it is set aside and written anew.
"""

import errno
import logging
import stat
from dataclasses import dataclass
from pathlib import Path

from digitd import failpoints
from digitd.durable import append, sync_folder
from digitd.errors import OutputError
from digitd.ledger import Ledger
from digitd.rows import header

logger = logging.getLogger(__name__)

_ROWS = 5000
"""That are in memory at a time: some megabytes."""


@dataclass(frozen=True, slots=True)
class _Trace:
    """What changes when somebody writes to a file or replaces it."""

    inode: int
    size_bytes: int
    mtime_ns: int


class CsvProjection:
    """The predictions.csv of one outbox."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self._path = path
        self._ledger = ledger
        self._left: _Trace | None = None
        """How digitd left the file; None where it does not know."""

    def catch_up(self) -> None:
        """Append the rows that the ledger has and the file has not, and make them durable.

        Raises
        ------
        OutputError
            When the file cannot be written. The rows are safe in the ledger and are appended next time.
        """
        try:
            if self._left is None or self._left != self._trace():
                self._require_own()
            self._append_missing()
            self._left = self._trace()
        except OSError as error:
            self._left = None
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
        seq, size_bytes = self._ledger.projected()
        own_bytes = self._own_bytes()
        if own_bytes is not None and own_bytes >= size_bytes:
            return
        if (seq, size_bytes) == (0, 0):
            raise OutputError(
                f"{self._path} has rows that the ledger does not know",
                hint="put the state folder back that belongs to it, or move the CSV away to begin anew at seq 1",
            )
        self._set_aside()
        self._ledger.record_projected(0, 0)

    def _own_bytes(self) -> int | None:
        """Compare the file with the ledger: return its size, or None where it holds anything else."""
        try:
            if not stat.S_ISREG(self._path.stat().st_mode):
                raise OSError(errno.EINVAL, "it is not a regular file")
            with self._path.open("rb") as file:
                seq, expected = 0, header()
                while expected:
                    found = file.read(len(expected))
                    if found != expected:
                        is_beginning = expected.startswith(found)
                        return file.tell() if is_beginning else None
                    expected, seq = self._rows_after(seq)
                return None if file.read(1) else file.tell()
        except FileNotFoundError:
            return 0

    def _append_missing(self) -> None:
        seq, size_bytes = self._ledger.projected()
        present = self._path.stat().st_size if self._path.exists() else 0
        rows, last = self._rows_after(seq)
        content = rows if size_bytes else header() + rows
        while content:
            missing = content[max(0, present - size_bytes) :]
            if missing:
                append(self._path, missing)
            if not size_bytes:  # it may have been made, now or by a process that was killed
                sync_folder(self._path.parent)
            failpoints.reach("appended")
            size_bytes += len(content)
            self._ledger.record_projected(last, size_bytes)
            failpoints.reach("projected")
            content, last = self._rows_after(last)

    def _rows_after(self, seq: int) -> tuple[bytes, int]:
        """Return the next rows as bytes, empty for none, and the sequence number of the last of them."""
        lines = self._ledger.lines_after(seq, at_most=_ROWS)
        return b"".join(line for _, line in lines), lines[-1][0] if lines else seq

    def _set_aside(self) -> None:
        if not self._path.exists():
            logger.warning("predictions.csv is gone; writing it anew from the ledger")
            return
        number = 1
        while (aside := self._path.with_name(f"{self._path.name}.damaged-{number}")).exists():
            number += 1
        self._path.rename(aside)
        logger.warning(
            "predictions.csv was changed by somebody else; it is set aside and written anew from the ledger",
            extra={"fields": {"aside": aside.name}},
        )
