"""The ledger's tables, how older ones become them, and how a file is told to be none.

Each version has its script, which is run on the version before it, in one transaction with the others that are due.
"""

import sqlite3
from pathlib import Path

from digitd.errors import LedgerError

MIGRATIONS = (
    """
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
""",
    """
ALTER TABLE delivery ADD COLUMN place BLOB;    -- where its file is being moved, before it is
CREATE TABLE owed (                            -- pictures not yet drawn
    delivery INTEGER NOT NULL REFERENCES delivery (id),
    page INTEGER NOT NULL,
    picture TEXT NOT NULL,
    reading TEXT NOT NULL,
    PRIMARY KEY (delivery, page)
);
""",
    """
DROP INDEX unfinished;  -- no query used it: SQLite does not see that two of its three states are among them
CREATE INDEX unsettled ON delivery (state) WHERE state != 'settled';
""",
    """
ALTER TABLE owed RENAME TO owed_before;
CREATE TABLE owed (
    delivery INTEGER NOT NULL REFERENCES delivery (id),
    page INTEGER NOT NULL,
    picture TEXT NOT NULL,
    cell INTEGER,                              -- where it goes on a contact sheet, from 0; null: it is a picture alone
    reading TEXT NOT NULL,
    PRIMARY KEY (delivery, page, picture)
);
INSERT INTO owed SELECT delivery, page, picture, NULL, reading FROM owed_before;
DROP TABLE owed_before;
""",
    """
CREATE TABLE closed (                          -- files of rows that were put by
    last_seq INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,                 -- in the outbox
    size_bytes INTEGER NOT NULL,
    is_put_by INTEGER NOT NULL                 -- 0: it is going to have this name, or has it already
);
CREATE INDEX owed_pictures ON owed (picture);  -- retention asks for each picture whether it is owed
""",
    """
CREATE TABLE form_file (                       -- forms/<form>.csv, one for each set of columns
    id INTEGER PRIMARY KEY,
    form TEXT NOT NULL,
    header BLOB NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,            -- of the last line that is known to be written
    size_bytes INTEGER NOT NULL DEFAULT 0,
    is_put_by INTEGER NOT NULL DEFAULT 0       -- 1: it has been renamed, and another one grows
);
CREATE TABLE page (
    seq INTEGER PRIMARY KEY,                   -- of its first row
    file INTEGER NOT NULL REFERENCES form_file (id),
    bytes BLOB NOT NULL
);
CREATE INDEX pages_of_file ON page (file, seq);
CREATE TABLE form_delivery (                   -- the last delivery of each owner
    delivery INTEGER PRIMARY KEY REFERENCES delivery (id),
    form TEXT NOT NULL,
    owner BLOB NOT NULL                        -- what it replaces when it is delivered again
);
CREATE UNIQUE INDEX owners ON form_delivery (form, owner);
CREATE TABLE held (                            -- values that only one page may have
    form TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    owner BLOB NOT NULL,
    file TEXT NOT NULL,
    page INTEGER NOT NULL,
    PRIMARY KEY (form, field, value)
);
CREATE INDEX held_by ON held (form, owner);
CREATE TABLE form_time (
    form TEXT PRIMARY KEY,
    elapsed_s REAL NOT NULL                    -- what scoring took, in all runs together
);
""",
)
SCHEMA_VERSION = len(MIGRATIONS)

MAGIC = b"SQLite format 3\0"
_VERSION_AT = slice(60, 64)
"""Of the file header: the user version, big-endian (sqlite.org/fileformat2.html, 1.3)."""


def refuse_foreign(path: Path) -> None:
    """Refuse a file that is no ledger or one of a newer digitd, by its header; it is not opened as a database.

    Raises
    ------
    LedgerError
    OSError
        When it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return
    if head and not head.startswith(MAGIC):
        raise damaged(path, f"it begins with {head[:8].hex(' ')}, which no ledger does")
    refuse_newer(path, int.from_bytes(head[_VERSION_AT], "big"))


def refuse_newer(path: Path, version: int) -> None:
    """Refuse a version that this digitd does not know.

    Raises
    ------
    LedgerError
    """
    if version > SCHEMA_VERSION:
        raise LedgerError(
            f"the ledger {path} has schema {version}; this digitd knows up to {SCHEMA_VERSION}",
            hint="install the newer digitd that made it, or set another [state] path",
        )


def damaged(path: Path, finding: object) -> LedgerError:
    """Make the error of a ledger that cannot be trusted."""
    return LedgerError(
        f"the ledger {path} is damaged: {finding}",
        hint="nothing was changed; put a copy of it back, or move it and predictions.csv away to begin anew at seq 1",
    )


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Look through the whole file for damage: a second for each million rows.

    Raises
    ------
    LedgerError
    sqlite3.Error
        When it cannot even be looked through.
    """
    (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if finding != "ok":
        raise damaged(path, finding)


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables from a version, 0 for none, to the current one, wholly or not at all; raises sqlite3.Error."""
    scripts = "".join(MIGRATIONS[version:])
    connection.executescript(f"BEGIN IMMEDIATE; {scripts} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
