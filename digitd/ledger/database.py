"""The SQLite file of a ledger: opened with care, written in transactions, watched for what others do to it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

from digitd import failpoints
from digitd.errors import LedgerBusyError, OutputError
from digitd.ledger.schema import MAGIC, SCHEMA_VERSION, check, damaged, migrate, refuse_foreign, refuse_newer

_PATIENCE_S = 10
"""How long another program may hold the ledger before that is an error."""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_IN_USE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN})
"""What a new process may get over. The rest is of the disk, want of room above all, and only waiting mends it."""

Execute = Callable[..., sqlite3.Cursor]


class Database:
    """An open ledger file.

    SQLite does not notice when its file is replaced or overwritten, and would go on for hours with what it has cached.
    So the first bytes and the inode are looked at before each transaction. The descriptor that this takes must stay
    open as long as the connection: closing any descriptor of the file drops the locks of the process.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._inode = os.fstat(self._file).st_ino

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file to write, making it where there is none.

        Raises
        ------
        LedgerError
            When it is damaged, or was made by a newer digitd; it is left untouched then.
        OutputError
            When it cannot be opened; `LedgerBusyError` where that is not for the disk's sake.
        """
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            refuse_foreign(path)
            connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE_S)
            try:
                _prepare(connection, path)
                return cls(connection, path)
            except BaseException:
                connection.close()
                raise

    @classmethod
    def open_to_read(cls, path: Path) -> Self:
        """Open a file that another process may be writing; raises as `open` does, also where there is none."""
        with _translated(path):
            refuse_foreign(path)
            connection = sqlite3.connect(
                f"file:{quote(os.fsencode(path))}?mode=ro", uri=True, isolation_level=None, timeout=_PATIENCE_S
            )
            try:
                refuse_newer(path, _version(connection))
                return cls(connection, path)
            except BaseException:
                connection.close()
                raise

    def close(self) -> None:
        """Close it; the write-ahead log is folded in."""
        with suppress(sqlite3.Error):  # what cannot be folded in now is at the next start
            self._connection.close()
        os.close(self._file)

    @contextmanager
    def reading(self) -> Iterator[Execute]:
        """Yield what runs a statement.

        Raises
        ------
        LedgerError
            When the file is damaged.
        OutputError
            When it cannot be used just now; `LedgerBusyError` where that is not for the disk's sake.
        """
        with _translated(self._path):
            yield self._connection.execute

    @contextmanager
    def transaction(self) -> Iterator[Execute]:
        """Yield what runs a statement in a transaction that is on disk after the block; raises as `reading` does."""
        with self.reading() as execute:
            self._refuse_foreign()
            execute("BEGIN IMMEDIATE")
            try:
                yield execute
                failpoints.reach("committing")
                execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    execute("ROLLBACK")
                raise

    def _refuse_foreign(self) -> None:
        try:
            inode = self._path.stat().st_ino
        except FileNotFoundError:
            if not self._path.parent.parent.exists():
                raise  # with the outbox that its folder is in, it may come back
            inode = None
        if inode != self._inode:
            raise damaged(self._path, "it was removed or replaced while it was in use")
        if os.pread(self._file, len(MAGIC), 0) != MAGIC:
            raise damaged(self._path, "it was overwritten while it was in use")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    refuse_newer(path, version)
    if version:
        check(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if version < SCHEMA_VERSION:
        migrate(connection, version)
    connection.execute("PRAGMA wal_checkpoint")  # so that the file begins as a database does


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Tell a ledger that is damaged from one that cannot be used just now."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the other bits say more of the same
        if code in _DAMAGE:
            raise damaged(path, error) from error
        kind = LedgerBusyError if code in _IN_USE else OutputError
        raise kind(
            f"the ledger {path} cannot be used: {error}",
            hint="check the disk and that no other program holds the file; nothing that was committed is lost",
        ) from error
