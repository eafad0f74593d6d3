"""Project the ledger's rows onto a CSV that only grows, and on demand is put by and begun anew when a day is over.

After a crash the file is completed with the same bytes; it is never truncated, because `tail -F` would read it again.
It belongs to digitd: when its inode, size or time is not what digitd left, it is compared with the ledger byte by byte,
and if anybody has changed it, it is set aside and written anew, from its own first row on.
"""

from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from digitd import failpoints
from digitd.errors import OutputError
from digitd.growing import ROWS, GrowingFile, Lines, held_bytes
from digitd.ledger import Ledger
from digitd.rows import day_of, header
from digitd.volumes import Volumes


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
        self._file = GrowingFile(path, self._require_own)
        self._day = ""
        """Of the last row in the file; empty where it has none, or was not looked at."""

    def catch_up(self) -> None:
        """Append the rows that the ledger has and the file has not, and make them durable.

        Raises
        ------
        OutputError
            When the file cannot be written. The rows are safe in the ledger and are appended next time.
        """
        with self._file.writing():
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
        with self._file.writing():
            self._append_missing()
            if self._is_over_on(today):
                self._close(*self._ledger.projected())
                self._append_missing()  # the header

    def _is_over_on(self, today: str) -> bool:
        return self._rotates_daily and "" < self._day < today

    def _require_own(self) -> None:
        """Set the file aside unless it is what the ledger says, or the beginning of it."""
        self._volumes.take_up()
        begins_after = self._ledger.closed.last_seq()
        seq, size_bytes = self._ledger.projected()
        own_bytes = held_bytes(self._path, header(), self._ledger.lines_after, after=begins_after)
        if not size_bytes and not self._ledger.last_seq():
            self._refuse_unknown(is_own=own_bytes is not None)
        if own_bytes is None or own_bytes < size_bytes:
            self._file.set_aside()
            self._ledger.record_projected(begins_after, 0)
            seq = begins_after
        self._day = day_of(self._ledger.lines_after(seq - 1, 1)[0][1]) if seq > begins_after else ""

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
        present = self._file.size_bytes
        while (lines := self._next_lines(seq)) or not size_bytes:
            # what is there beyond the record was begun by a process that was killed, and is completed where it is
            if present <= size_bytes and self._begins_another_day(lines):
                self._close(seq, size_bytes)
                size_bytes = present = 0
            rows = b"".join(line for _, line in lines)
            content = rows if size_bytes else header() + rows
            self._file.complete(content, at=size_bytes, present=present)
            failpoints.reach("appended")
            size_bytes += len(content)
            if lines:
                seq, self._day = lines[-1][0], day_of(lines[-1][1])
            self._ledger.record_projected(seq, size_bytes)
            failpoints.reach("projected")

    def _next_lines(self, seq: int) -> Lines:
        """Return the next lines, where days are kept apart those of one day; none where there are no more."""
        lines = self._ledger.lines_after(seq, ROWS)
        if not self._rotates_daily or not lines:
            return lines
        day = day_of(lines[0][1])
        return list(takewhile(lambda line: day_of(line[1]) == day, lines))

    def _begins_another_day(self, lines: Lines) -> bool:
        return bool(self._rotates_daily and self._day and lines) and day_of(lines[0][1]) != self._day

    def _close(self, seq: int, size_bytes: int) -> None:
        self._volumes.close(day=self._day, last_seq=seq, size_bytes=size_bytes)
        self._day = ""
