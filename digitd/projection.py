"""Project the ledger's rows onto a CSV that only grows, and on demand is put by and begun anew when a day is over.

After a crash the file is completed with the same bytes; it is never truncated, because `tail -F` would read it again.
It belongs to digitd: when its inode, size or time is not what digitd left, it is compared with the ledger byte by byte,
and if anybody has changed it, it is set aside and written anew, from its own first row on.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from digitd import failpoints
from digitd.durable import append, sync_folder
from digitd.errors import OutputError
from digitd.ledger import Ledger
from digitd.rows import day_of, header
from digitd.volumes import Volumes, held_bytes

logger = logging.getLogger(__name__)

_ROWS = 5000
"""That are in memory at a time: some megabytes."""

_Lines = Sequence[tuple[int, bytes]]
"""Sequence numbers and lines."""


@dataclass(frozen=True, slots=True)
class _Trace:
    """What changes when somebody writes to a file or replaces it."""

    inode: int
    size_bytes: int
    mtime_ns: int


class CsvProjection:
    """The predictions.csv of one outbox.

    Parameters
    ----------
    path : Path
    ledger : Ledger
    rotates_daily : bool
        Put the file by, under the date of its last row, before a row of another date (UTC) is written.
    """

    def __init__(self, path: Path, ledger: Ledger, *, rotates_daily: bool = False) -> None:
        self._path = path
        self._ledger = ledger
        self._rotates_daily = rotates_daily
        self._volumes = Volumes(path, ledger)
        self._left: _Trace | None = None
        """How digitd left the file; None where it does not know."""
        self._day = ""
        """Of the last row in the file; empty where it has none, or was not looked at."""

    def catch_up(self) -> None:
        """Append the rows that the ledger has and the file has not, and make them durable.

        Raises
        ------
        OutputError
            When the file cannot be written. The rows are safe in the ledger and are appended next time.
        """
        with self._writing():
            self._append_missing()

    def end_day(self, now: datetime) -> None:
        """Put the file by once the day of its last row is over; until then, nothing is read or written.

        Parameters
        ----------
        now : datetime
            Aware.

        Raises
        ------
        OutputError
            As `catch_up` does.
        """
        today = now.astimezone(UTC).date().isoformat()
        if not self._is_over_on(today):
            return
        with self._writing():
            self._append_missing()
            if self._is_over_on(today):
                self._close(*self._ledger.projected())
                self._append_missing()  # the header

    def _is_over_on(self, today: str) -> bool:
        return self._rotates_daily and "" < self._day < today

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
        self._volumes.take_up()
        begins_after = self._ledger.closed.last_seq()
        seq, size_bytes = self._ledger.projected()
        own_bytes = held_bytes(self._path, self._ledger, after=begins_after)
        if not size_bytes and not self._ledger.last_seq():
            self._refuse_unknown(is_own=own_bytes is not None)
        if own_bytes is None or own_bytes < size_bytes:
            self._set_aside()
            self._ledger.record_projected(begins_after, 0)
            seq = begins_after
        self._day = day_of(self._ledger.lines_after(seq - 1, at_most=1)[0][1]) if seq > begins_after else ""

    def _refuse_unknown(self, *, is_own: bool) -> None:
        """Refuse to begin at seq 1 beside rows that somebody may count on: their ledger is lost, or lies elsewhere."""
        unknown = self._volumes.stranger() if is_own else self._path
        if unknown is None:
            return
        raise OutputError(
            f"{unknown} has rows that the ledger does not know",
            hint="put the state folder back that belongs to it, or move it out of the outbox to begin anew at seq 1",
        )

    def _append_missing(self) -> None:
        seq, size_bytes = self._ledger.projected()
        present = self._path.stat().st_size if self._path.exists() else 0
        while (lines := self._next_lines(seq)) or not size_bytes:
            # what is there beyond the record was begun by a process that was killed, and is completed where it is
            if present <= size_bytes and self._begins_another_day(lines):
                self._close(seq, size_bytes)
                size_bytes = present = 0
            rows = b"".join(line for _, line in lines)
            content = rows if size_bytes else header() + rows
            missing = content[max(0, present - size_bytes) :]
            if missing:
                append(self._path, missing)
            if not size_bytes:  # it may have been made, now or by a process that was killed
                sync_folder(self._path.parent)
            failpoints.reach("appended")
            size_bytes += len(content)
            if lines:
                seq, self._day = lines[-1][0], day_of(lines[-1][1])
            self._ledger.record_projected(seq, size_bytes)
            failpoints.reach("projected")

    def _next_lines(self, seq: int) -> _Lines:
        """Return the next lines, where days are kept apart those of one day; none where there are no more."""
        lines = self._ledger.lines_after(seq, at_most=_ROWS)
        if not self._rotates_daily or not lines:
            return lines
        day = day_of(lines[0][1])
        return list(takewhile(lambda line: day_of(line[1]) == day, lines))

    def _begins_another_day(self, lines: _Lines) -> bool:
        return bool(self._rotates_daily and self._day and lines) and day_of(lines[0][1]) != self._day

    def _close(self, seq: int, size_bytes: int) -> None:
        self._volumes.close(day=self._day, last_seq=seq, size_bytes=size_bytes)
        self._day = ""

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
