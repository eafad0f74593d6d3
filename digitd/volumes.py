"""The files that rows are spread over: predictions.csv, and those of days that are over, which are closed.

A file is closed between two rows: its new name is written down, it is renamed, and then the ledger says that the rows
go on in another. The name is what tells, after a crash, whether it was renamed.

Residual risk: who changes a closed file between its renaming and the end of the crash that followed gets its rows once
more, in another file beside it.
"""

import logging
import os
from itertools import chain, count
from pathlib import Path

from digitd import failpoints
from digitd.durable import rename, sync_folder
from digitd.growing import held_bytes
from digitd.ledger import Closed, Ledger
from digitd.rows import header

logger = logging.getLogger(__name__)

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


class Rows:
    """The rows of one ledger that belong into the current file, and how far they are written."""

    def __init__(self, ledger: Ledger) -> None:
        self.header = header()
        self.lines_after = ledger.lines_after
        self.projected = ledger.projected
        self.record_projected = ledger.record_projected
        self._closed = ledger.closed

    @property
    def begins_after(self) -> int:
        """The last sequence number of a closed file."""
        return self._closed.last_seq()


class Volumes:
    """The files of rows of one outbox.

    Parameters
    ----------
    path : Path
        Of the current one.
    ledger : Ledger
    """

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self._path = path
        self._ledger = ledger

    def close(self, *, day: str, last_seq: int, size_bytes: int) -> None:
        """Put the current file by, which is known to be whole.

        Parameters
        ----------
        day : str
            Of its last row, as ``2026-11-26``.
        last_seq, size_bytes : int
            Of its last row and of the file.

        Raises
        ------
        OSError
            When it cannot be renamed.
        OutputError
            When the ledger cannot be written.
        """
        closed = Closed(
            name=self._free_name(day),
            first_seq=self._ledger.closed.last_seq() + 1,
            last_seq=last_seq,
            size_bytes=size_bytes,
        )
        self._ledger.closed.begin(closed)
        failpoints.reach("closing")
        rename(self._path, self._path.with_name(closed.name))
        failpoints.reach("put_by")
        self._finish(closed)

    def take_up(self) -> None:
        """Finish what a crash left half closed, or forget it where the file was not renamed; raises as `close` does."""
        if (closed := self._ledger.closed.closing()) is None:
            return
        if self._is_there(closed):
            sync_folder(self._path.parent)
            self._finish(closed)
        else:
            self._ledger.closed.withdraw(closed)

    def stranger(self) -> Path | None:
        """Return a file that is named like a closed one of another ledger, or None."""
        known = {closed.name for closed in self._ledger.closed.all()}
        found = self._path.parent.glob(f"{self._path.stem}-{_DAY}*{self._path.suffix}")
        return next((path for path in sorted(found) if path.name not in known), None)

    def _finish(self, closed: Closed) -> None:
        self._ledger.closed.finish(closed)
        failpoints.reach("closed")
        fields = {"file": closed.name, "rows": closed.last_seq - closed.first_seq + 1}
        logger.info("predictions.csv of a day is closed", extra={"fields": fields})

    def _free_name(self, day: str) -> str:
        """Return a name that no file has, nor had when it was closed."""
        had = {closed.name for closed in self._ledger.closed.all()}
        marks = chain([""], (f"-{number}" for number in count(2)))
        names = (f"{self._path.stem}-{day}{mark}{self._path.suffix}" for mark in marks)
        return next(name for name in names if name not in had and not os.path.lexists(self._path.with_name(name)))

    def _is_there(self, closed: Closed) -> bool:
        path = self._path.with_name(closed.name)
        if not path.is_file():
            return False
        return (
            held_bytes(path, Rows(self._ledger), after=closed.first_seq - 1, until=closed.last_seq) == closed.size_bytes
        )
