"""The ledger: what was delivered, what was read, which rows exist. SQLite, the truth of which files are projections.

A delivery is one file at one time. It is *claimed* before it is read, *committed* together with its rows in one
transaction, and *settled* when its file has reached its last place. A delivery that cannot be moved is *left*.
Rows are kept as the exact bytes of their CSV lines, so that projecting them again gives the same bytes.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from digitd.errors import OutputError
from digitd.rows import Row, encode_row

SCHEMA_VERSION = 1

_LEDGER_HINT = "check the disk and that no other program holds the file; nothing that was committed is lost"

_Execute = Callable[..., sqlite3.Cursor]

_SCHEMA = """
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder BLOB NOT NULL,           -- bytes: names need not be UTF-8
    name BLOB NOT NULL,
    identity TEXT NOT NULL,         -- what tells this file from another of the same name
    state TEXT NOT NULL CHECK (state IN ('claimed', 'committed', 'settled', 'left')),
    attempts INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX unfinished ON delivery (state) WHERE state IN ('claimed', 'committed', 'left');
CREATE INDEX identities ON delivery (identity);
CREATE TABLE line (
    seq INTEGER PRIMARY KEY,
    delivery INTEGER NOT NULL REFERENCES delivery (id),
    bytes BLOB NOT NULL
);
CREATE TABLE projection (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    seq INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL
);
INSERT INTO projection VALUES (1, 0, 0);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One file at one time. ``reason`` is set once the file as a whole has failed."""

    id: int
    folder: Path
    name: str
    state: str
    attempts: int
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is committed of a delivery: its rows, and its reason when the file as a whole failed."""

    delivery: Delivery
    rows: Sequence[Row]
    reason: str
    detail: str
    state: str = "committed"


class Ledger:
    """The ledger of one state folder. One process at a time opens it (see `spool.lock`)."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the ledger in a state folder, making it where there is none.

        Raises
        ------
        OutputError
            When it cannot be opened, is damaged, or was made by a newer digitd; it is left untouched then.
        """
        path = folder / "ledger.sqlite3"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, isolation_level=None, timeout=10)
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > SCHEMA_VERSION:
                raise OutputError(
                    f"the ledger {path} has schema {version}; this digitd knows up to {SCHEMA_VERSION}",
                    hint="install the newer digitd that made it, or set another [state] path",
                )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            if version == 0:
                connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        except (sqlite3.Error, OSError) as error:
            raise OutputError(
                f"cannot open the ledger {path}: {error}",
                hint="check that the folder is writable; if the file is damaged, move it away and start again",
            ) from error
        return cls(connection, path)

    def close(self) -> None:
        """Close the database; its write-ahead log is folded in."""
        self._connection.close()

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
        with self._transaction() as execute:
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
        with self._transaction() as execute:
            execute("UPDATE delivery SET attempts = attempts + 1 WHERE id = ?", (delivery.id,))

    def take_back_attempts(self) -> None:
        """Count the current attempts of all claimed deliveries as not made."""
        with self._transaction() as execute:
            execute("UPDATE delivery SET attempts = attempts - 1 WHERE state = 'claimed' AND attempts > 0")

    def withdraw(self, delivery: Delivery) -> None:
        """Forget a claim whose file was never touched."""
        with self._transaction() as execute:
            execute("DELETE FROM delivery WHERE id = ? AND state = 'claimed'", (delivery.id,))

    def commit(self, verdicts: Iterable[Verdict]) -> int:
        """Record verdicts with their rows in one transaction: the point from which the rows exist.

        Returns
        -------
        int
            The last sequence number given.
        """
        with self._transaction() as execute:
            seq = int(execute("SELECT coalesce(max(seq), 0) FROM line").fetchone()[0])
            for verdict in verdicts:
                for row in verdict.rows:
                    seq += 1
                    execute("INSERT INTO line VALUES (?, ?, ?)", (seq, verdict.delivery.id, encode_row(row, seq)))
                execute(
                    "UPDATE delivery SET state = ?, reason = ?, detail = ? WHERE id = ?",
                    (verdict.state, verdict.reason, verdict.detail, verdict.delivery.id),
                )
        return seq

    def settle(self, deliveries: Iterable[Delivery]) -> None:
        """Record that the files of these deliveries have reached their last place."""
        with self._transaction() as execute:
            for delivery in deliveries:
                execute("UPDATE delivery SET state = 'settled' WHERE id = ?", (delivery.id,))

    def unfinished(self) -> list[Delivery]:
        """Return the deliveries that a stop or a crash left claimed or committed, oldest first."""
        with self._reading() as execute:
            found = execute(
                "SELECT id, folder, name, state, attempts, reason, detail FROM delivery"
                " WHERE state IN ('claimed', 'committed') ORDER BY id"
            ).fetchall()
        return [
            Delivery(
                id=number,
                folder=Path(os.fsdecode(folder)),
                name=os.fsdecode(name),
                state=state,
                attempts=attempts,
                reason=reason,
                detail=detail,
            )
            for number, folder, name, state, attempts, reason, detail in found
        ]

    def left(self) -> set[str]:
        """Return the identities of files that were refused and could not be moved out of their inbox."""
        with self._reading() as execute:
            return {identity for (identity,) in execute("SELECT identity FROM delivery WHERE state = 'left'")}

    def settled(self, identities: Iterable[str]) -> dict[str, str]:
        """Return those of the identities that have been delivered to the end, each with its last reason."""
        query = "SELECT reason FROM delivery WHERE identity = ? AND state = 'settled' ORDER BY id DESC LIMIT 1"
        with self._reading() as execute:
            found = ((identity, execute(query, (identity,)).fetchone()) for identity in identities)
            return {identity: row[0] for identity, row in found if row is not None}

    def projected(self) -> tuple[int, int]:
        """Return how far the CSV was known to be written: (last seq, size in bytes)."""
        with self._reading() as execute:
            seq, size_bytes = execute("SELECT seq, size_bytes FROM projection").fetchone()
        return int(seq), int(size_bytes)

    def record_projected(self, seq: int, size_bytes: int) -> None:
        """Record how far the CSV is written and on disk."""
        with self._transaction() as execute:
            execute("UPDATE projection SET seq = ?, size_bytes = ?", (seq, size_bytes))

    def lines_after(self, seq: int) -> Iterator[tuple[int, bytes]]:
        """Yield (seq, line) of the rows after a sequence number, in order."""
        with self._reading() as execute:
            yield from execute("SELECT seq, bytes FROM line WHERE seq > ? ORDER BY seq", (seq,))

    @contextmanager
    def _reading(self) -> Iterator[_Execute]:
        try:
            yield self._connection.execute
        except sqlite3.Error as error:
            raise OutputError(f"the ledger {self._path} failed: {error}", hint=_LEDGER_HINT) from error

    @contextmanager
    def _transaction(self) -> Iterator[_Execute]:
        with self._reading() as execute:
            execute("BEGIN IMMEDIATE")
            try:
                yield execute
            except BaseException:
                if self._connection.in_transaction:
                    execute("ROLLBACK")
                raise
            execute("COMMIT")
