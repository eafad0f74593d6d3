"""The ledger: what was delivered, what was read, which rows exist. SQLite, the truth of which files are projections.

A delivery is one file at one time. It is *claimed* before it is read, *committed* together with its rows in one
transaction, and *settled* when its file has reached its last place. A delivery that cannot be moved is *left*.
Rows are kept as the exact bytes of their CSV lines, so that projecting them again gives the same bytes. Pictures are
*owed* from the commit until they are drawn. Where a file is moved to is written down before it is moved.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from digitd.errors import InputError
from digitd.ledger.closed import Closed, ClosedFiles
from digitd.ledger.database import Database
from digitd.ledger.delivery import Delivery, Verdict
from digitd.ledger.ended import Ended, EndedFiles
from digitd.ledger.owed import Owed, decode_reading, encode_reading
from digitd.ledger.pages import FormFile, FormPages, Holder, Pages, insert_pages
from digitd.rows import encode_row

__all__ = ["Closed", "Delivery", "Ended", "FormFile", "Holder", "Ledger", "Owed", "Pages", "Verdict"]

_LARGEST = 2**63 - 1
"""That SQLite holds as an integer."""
_COLUMNS = "id, folder, name, state, attempts, reason, detail, place"


class Ledger:
    """The ledger of one state folder. One process at a time writes it (see `spool.lock`)."""

    NAME = "ledger.sqlite3"
    """Of its file in the state folder."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.closed = ClosedFiles(database)
        self.ended = EndedFiles(database)
        self.forms = FormPages(database)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the ledger in a state folder, making it where there is none.

        Raises
        ------
        LedgerError
            When it is damaged, or was made by a newer digitd; it is left untouched then.
        OutputError
            When it cannot be opened.
        """
        return cls(Database.open(folder / cls.NAME))

    @classmethod
    def open_to_read(cls, folder: Path) -> Self:
        """Open the ledger in a state folder while another process may write it; raises as `open` does."""
        return cls(Database.open_to_read(folder / cls.NAME))

    @classmethod
    def open_results(cls, folder: Path) -> Self:
        """Open the ledger of results that are there already, to read; raises as `open` does, or InputError for none."""
        if not (folder / cls.NAME).is_file():
            raise InputError(
                f"there is no ledger in {folder}",
                hint="name the outbox with --outbox, or the configuration with --config",
            )
        return cls.open_to_read(folder)

    def close(self) -> None:
        """Close the database; its write-ahead log is folded in."""
        self._database.close()

    def __enter__(self) -> Self:
        """Return itself: the ledger is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def claim(self, arrivals: Iterable[tuple[Path, str, str]]) -> list[Delivery]:
        """Record deliveries as claimed, with one attempt each, before their files are touched.

        Parameters
        ----------
        arrivals : iterable of (folder, name, identity)
        """
        with self._database.transaction() as execute:
            claimed = []
            for folder, name, identity in arrivals:
                cursor = execute(
                    "INSERT INTO delivery (folder, name, identity, state, attempts) VALUES (?, ?, ?, 'claimed', 1)",
                    (os.fsencode(folder), os.fsencode(name), identity),
                )
                claimed.append(
                    Delivery(id=cursor.lastrowid or 0, folder=folder, name=name, state="claimed", attempts=1)
                )
        return claimed

    def count_attempt(self, delivery: Delivery) -> None:
        """Record one more attempt, before it is made."""
        with self._database.transaction() as execute:
            execute("UPDATE delivery SET attempts = attempts + 1 WHERE id = ?", (delivery.id,))

    def take_back_attempts(self, deliveries: Iterable[Delivery]) -> None:
        """Count the last attempts of deliveries as not made."""
        query = "UPDATE delivery SET attempts = attempts - 1 WHERE id = ? AND attempts > 0"
        with self._database.transaction() as execute:
            for delivery in deliveries:
                execute(query, (delivery.id,))

    def withdraw(self, delivery: Delivery) -> None:
        """Forget a claim whose file was never touched."""
        with self._database.transaction() as execute:
            execute("DELETE FROM delivery WHERE id = ? AND state = 'claimed'", (delivery.id,))

    def commit(self, verdicts: Iterable[Verdict]) -> int:
        """Record verdicts with their rows in one transaction: the point from which the rows exist.

        Returns
        -------
        int
            The last sequence number given.
        """
        with self._database.transaction() as execute:
            seq = self.last_seq()
            for verdict in verdicts:
                if verdict.pages is not None:
                    insert_pages(execute, verdict.pages, delivery=verdict.delivery.id, first_seq=seq + 1)
                for row in verdict.rows:
                    seq += 1
                    execute("INSERT INTO line VALUES (?, ?, ?)", (seq, verdict.delivery.id, encode_row(row, seq)))
                execute(
                    "UPDATE delivery SET state = ?, reason = ?, detail = ? WHERE id = ?",
                    (verdict.state, verdict.reason, verdict.detail, verdict.delivery.id),
                )
                for owed in verdict.owed:
                    reading = encode_reading(owed.reading)
                    execute(
                        "INSERT INTO owed (delivery, page, picture, cell, reading) VALUES (?, ?, ?, ?, ?)",
                        (verdict.delivery.id, owed.page, owed.picture, owed.cell, reading),
                    )
        return seq

    def last_seq(self) -> int:
        """Return the last sequence number given, 0 where there is none."""
        with self._database.reading() as execute:
            return int(execute("SELECT coalesce(max(seq), 0) FROM line").fetchone()[0])

    def in_work(self) -> int:
        """Return how many deliveries are claimed or committed and not settled."""
        query = "SELECT count(*) FROM delivery WHERE state != 'settled' AND state IN ('claimed', 'committed')"
        with self._database.reading() as execute:
            return int(execute(query).fetchone()[0])

    def pictures_owed(self) -> int:
        """Return how many pictures have not been drawn."""
        with self._database.reading() as execute:
            return int(execute("SELECT count(*) FROM owed").fetchone()[0])

    def owed(self, delivery: Delivery) -> list[Owed]:
        """Return the pictures of a delivery that have not been drawn, in page order."""
        return self.owed_in(delivery.id, delivery.id).get(delivery.id, [])

    def owed_in(self, first: int, last: int) -> dict[int, list[Owed]]:
        """Return what `owed` does for the deliveries of these numbers, by their number; those that owe nothing lack."""
        query = (
            "SELECT delivery, picture, cell, reading FROM owed WHERE delivery BETWEEN ? AND ? ORDER BY delivery, page"
        )
        owed: dict[int, list[Owed]] = {}
        with self._database.reading() as execute:
            for number, picture, cell, reading in execute(query, (first, last)):
                picture_owed = Owed(picture=picture, cell=cell, reading=decode_reading(reading))
                owed.setdefault(number, []).append(picture_owed)
        return owed

    def place(self, places: Iterable[tuple[Delivery, Path]]) -> None:
        """Record that pictures are drawn, and where the files are going to be moved, before they are.

        Parameters
        ----------
        places : iterable of (Delivery, Path)
            Relative to the outbox.
        """
        with self._database.transaction() as execute:
            for delivery, place in places:
                execute("DELETE FROM owed WHERE delivery = ?", (delivery.id,))
                execute("UPDATE delivery SET place = ? WHERE id = ?", (os.fsencode(place), delivery.id))

    def settle(self, deliveries: Iterable[Delivery]) -> None:
        """Record that the files of these deliveries have reached their last place, and their pictures are drawn."""
        with self._database.transaction() as execute:
            for delivery in deliveries:
                execute("DELETE FROM owed WHERE delivery = ?", (delivery.id,))
                execute("UPDATE delivery SET state = 'settled' WHERE id = ?", (delivery.id,))

    def unfinished(self) -> list[Delivery]:
        """Return the deliveries that a stop or a crash left claimed or committed, oldest first."""
        query = (
            f"SELECT {_COLUMNS} FROM delivery"  # noqa: S608
            " WHERE state != 'settled' AND state IN ('claimed', 'committed') ORDER BY id"  # the first is the index's
        )
        with self._database.reading() as execute:
            return [_delivery(row) for row in execute(query).fetchall()]

    def committed(self, *, after: int, at_most: int) -> list[Delivery]:
        """Return so many of the deliveries that are committed and not settled, those after a number, in order."""
        query = (
            f"SELECT {_COLUMNS} FROM delivery"  # noqa: S608
            " WHERE state != 'settled' AND state = 'committed' AND id > ? ORDER BY id LIMIT ?"
        )
        with self._database.reading() as execute:
            return [_delivery(row) for row in execute(query, (after, at_most)).fetchall()]

    def delivery(self, number: int) -> tuple[Delivery, str] | None:
        """Return the delivery of a number with the identity of its file, or None where there is none."""
        if number > _LARGEST:
            return None
        query = f"SELECT {_COLUMNS}, identity FROM delivery WHERE id = ?"  # noqa: S608
        with self._database.reading() as execute:
            row = execute(query, (number,)).fetchone()
        return None if row is None else (_delivery(row[:-1]), row[-1])

    def left(self) -> set[str]:
        """Return the identities of files that were refused and could not be moved out of their inbox."""
        with self._database.reading() as execute:
            return {
                identity
                for (identity,) in execute("SELECT identity FROM delivery WHERE state != 'settled' AND state = 'left'")
            }

    def settled(self, identities: Iterable[str]) -> dict[str, str]:
        """Return those of the identities that have been delivered to the end, each with its last reason."""
        query = "SELECT reason FROM delivery WHERE identity = ? AND state = 'settled' ORDER BY id DESC LIMIT 1"
        with self._database.reading() as execute:
            found = ((identity, execute(query, (identity,)).fetchone()) for identity in identities)
            return {identity: row[0] for identity, row in found if row is not None}

    def projected(self) -> tuple[int, int]:
        """Return how far the CSV was known to be written: (last seq, size in bytes)."""
        with self._database.reading() as execute:
            seq, size_bytes = execute("SELECT seq, size_bytes FROM projection").fetchone()
        return int(seq), int(size_bytes)

    def record_projected(self, seq: int, size_bytes: int) -> None:
        """Record how far the CSV is written and on disk."""
        with self._database.transaction() as execute:
            execute("UPDATE projection SET seq = ?, size_bytes = ?", (seq, size_bytes))

    def lines_after(self, seq: int, *, at_most: int) -> list[tuple[int, bytes]]:
        """Return (seq, line) of so many rows after a sequence number, in order."""
        query = "SELECT seq, bytes FROM line WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._database.reading() as execute:
            return execute(query, (seq, at_most)).fetchall()


def _delivery(row: tuple[Any, ...]) -> Delivery:
    """Make a delivery of its `_COLUMNS`."""
    number, folder, name, state, attempts, reason, detail, place = row
    return Delivery(
        id=number,
        folder=Path(os.fsdecode(folder)),
        name=os.fsdecode(name),
        state=state,
        attempts=attempts,
        reason=reason,
        detail=detail,
        place=None if place is None else Path(os.fsdecode(place)),
    )
