"""Files of rows that are closed: full, put by under a name of their own, and never touched again.

Which one is being closed is written down before it is renamed, so that whoever comes after a crash finds out from its
name how far that came.
"""

from dataclasses import dataclass

from digitd.ledger.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A file of rows that is put by.

    Attributes
    ----------
    name : str
        In the outbox.
    first_seq, last_seq : int
        Of its rows.
    size_bytes : int
        With its header.
    """

    name: str
    first_seq: int
    last_seq: int
    size_bytes: int


class ClosedFiles:
    """The closed files of one ledger; the rows after those of the last one are in the current file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Closed]:
        """Return them in the order of their rows, without one that is being closed."""
        return self._select("is_put_by")

    def closing(self) -> Closed | None:
        """Return the file that is being closed, or None."""
        return next(iter(self._select("NOT is_put_by")), None)

    def last_seq(self) -> int:
        """Return the last sequence number in them, 0 where there are none."""
        with self._database.reading() as execute:
            return int(execute("SELECT coalesce(max(last_seq), 0) FROM closed WHERE is_put_by").fetchone()[0])

    def begin(self, closed: Closed) -> None:
        """Record that the current file is going to be renamed, before it is."""
        with self._database.transaction() as execute:
            execute(
                "INSERT INTO closed (name, first_seq, last_seq, size_bytes, is_put_by) VALUES (?, ?, ?, ?, 0)",
                (closed.name, closed.first_seq, closed.last_seq, closed.size_bytes),
            )

    def finish(self, closed: Closed) -> None:
        """Record that it has been renamed, and that the current file is a new one, of which nothing is written."""
        with self._database.transaction() as execute:
            execute("UPDATE closed SET is_put_by = 1 WHERE last_seq = ?", (closed.last_seq,))
            execute("UPDATE projection SET seq = ?, size_bytes = 0", (closed.last_seq,))

    def withdraw(self, closed: Closed) -> None:
        """Forget a file that was going to be renamed and has not been."""
        with self._database.transaction() as execute:
            execute("DELETE FROM closed WHERE last_seq = ? AND NOT is_put_by", (closed.last_seq,))

    def _select(self, condition: str) -> list[Closed]:
        query = f"SELECT name, first_seq, last_seq, size_bytes FROM closed WHERE {condition} ORDER BY last_seq"  # noqa: S608
        with self._database.reading() as execute:
            return [
                Closed(name=name, first_seq=first_seq, last_seq=last_seq, size_bytes=size_bytes)
                for name, first_seq, last_seq, size_bytes in execute(query)
            ]
