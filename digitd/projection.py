"""Project the ledger's rows onto predictions.csv, which on demand is put by and begun anew when a day is over."""

from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from digitd.errors import OutputError
from digitd.growing import GrowingCsv, Lines, held_bytes
from digitd.ledger import Ledger
from digitd.rows import day_of
from digitd.volumes import Rows, Volumes


class CsvProjection(GrowingCsv):
    """The predictions.csv of one outbox.

    Parameters
    ----------
    path : Path
    ledger : Ledger
    rotates_daily : bool
        Put the file by, under the date of its last row, before a row of another date (UTC) is written.
    """

    def __init__(self, path: Path, ledger: Ledger, *, rotates_daily: bool = False) -> None:
        super().__init__(path, Rows(ledger))
        self._ledger = ledger
        self._rotates_daily = rotates_daily
        self._volumes = Volumes(path, ledger)
        self._day = ""
        """Of the last row in the file; empty where it has none, or was not looked at."""

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

    def _require_own(self) -> None:
        self._volumes.take_up()
        begins_after = self._source.begins_after
        if not self._ledger.projected()[1] and not self._ledger.last_seq():
            own_bytes = held_bytes(self._path, self._source, after=begins_after)
            self._refuse_unknown(is_own=own_bytes is not None)
        super()._require_own()
        seq, _ = self._ledger.projected()
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

    def _next_lines(self, seq: int) -> Lines:
        """Return the next lines, where days are kept apart those of one day; none where there are no more."""
        lines = super()._next_lines(seq)
        if not self._rotates_daily or not lines:
            return lines
        day = day_of(lines[0][1])
        return list(takewhile(lambda line: day_of(line[1]) == day, lines))

    def _closes_before(self, lines: Lines, seq: int, size_bytes: int) -> bool:
        if not (self._rotates_daily and self._day and lines) or day_of(lines[0][1]) == self._day:
            return False
        self._close(seq, size_bytes)
        return True

    def _note(self, lines: Lines) -> None:
        self._day = day_of(lines[-1][1])

    def _close(self, seq: int, size_bytes: int) -> None:
        self._volumes.close(day=self._day, last_seq=seq, size_bytes=size_bytes)
        self._day = ""
