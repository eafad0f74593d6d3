"""What must hold after every fault, once digitd has had time to finish."""

import csv
import io
import os
import sqlite3

from digitd.rows import decode_line, header

REASON = ".reason.json"


def ledger_lines(state):
    """Return the lines of the ledger in a state folder, and how many deliveries are unfinished."""
    connection = sqlite3.connect(state / "ledger.sqlite3")
    try:
        lines = [line for (line,) in connection.execute("SELECT bytes FROM line ORDER BY seq")]
        query = "SELECT count(*) FROM delivery WHERE state IN ('claimed', 'committed')"
        (unfinished,) = connection.execute(query).fetchone()
        (owed,) = connection.execute("SELECT count(*) FROM owed").fetchone()
    finally:
        connection.close()
    return lines, unfinished, owed


def whole_csv(outbox, state):
    """Return what the closed files and the current one hold, as if they were one."""
    connection = sqlite3.connect(state / "ledger.sqlite3")
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM closed WHERE is_put_by ORDER BY last_seq")]
    finally:
        connection.close()
    contents = [(outbox / name).read_bytes() for name in (*names, "predictions.csv")]
    assert all(content.startswith(header()) for content in contents)
    return header() + b"".join(content.removeprefix(header()) for content in contents)


def assert_rows_once(state, deliveries):
    """Check that each delivery has its rows, and each of its pages, and fields on it, only one."""
    connection = sqlite3.connect(state / "ledger.sqlite3")
    try:
        found = connection.execute("SELECT delivery, bytes FROM line").fetchall()
    finally:
        connection.close()
    rows = [(delivery, decode_line(line)) for delivery, line in found]
    assert len({delivery for delivery, _ in rows}) == deliveries, "one set of rows per delivery"
    assert len({(delivery, row["page"], row["field"]) for delivery, row in rows}) == len(rows)


def assert_forms(outbox, *, pages):
    """Check that each page has its line in the CSV of its form, once, and that it is what the ledger says."""
    connection = sqlite3.connect(outbox / ".state" / "ledger.sqlite3")
    try:
        files = connection.execute("SELECT id, form, header FROM form_file WHERE NOT is_put_by").fetchall()
        lines = {
            number: [
                line for (line,) in connection.execute("SELECT bytes FROM page WHERE file = ? ORDER BY seq", (number,))
            ]
            for number, _, _ in files
        }
    finally:
        connection.close()
    for number, form, head in files:
        assert (outbox / "forms" / f"{form}.csv").read_bytes() == head + b"".join(lines[number])
    assert sum(map(len, lines.values())) == pages


def assert_invariants(inbox, outbox, *, deliveries, state=None, before_csv=b""):
    """Check the promise of delivery.

    Parameters
    ----------
    inbox, outbox : Path
    deliveries : int
        How many files were delivered.
    state : Path, optional
        By default the one in the outbox.
    before_csv : bytes
        An earlier content of predictions.csv.
    """
    content = whole_csv(outbox, state or outbox / ".state")
    assert content.startswith(before_csv), "the CSV only grows"
    assert content.endswith(b"\n"), "no partial line"
    lines, unfinished, owed = ledger_lines(state or outbox / ".state")
    assert content == header() + b"".join(lines), "the CSV is what the ledger says"
    assert (unfinished, owed) == (0, 0)
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [int(row["seq"]) for row in rows] == list(range(1, len(rows) + 1))
    assert_rows_once(state or outbox / ".state", deliveries)
    ended = [
        os.path.join(folder, name)
        for place in ("done", "failed")
        for folder, _, names in os.walk(outbox / place)
        for name in names
        if not name.endswith(REASON)
    ]
    others = [
        entry for place in ("done", "failed") if (outbox / place).is_dir() for entry in (outbox / place).iterdir()
    ]
    special = [entry for entry in others if entry.is_dir() and entry.suffix]  # a folder that was delivered
    assert len(ended) + len(special) == deliveries, "each delivery has one file at its end"
    assert [entry.name for entry in inbox.iterdir() if not entry.name.startswith(".")] == []
    assert set(os.listdir(inbox / ".digitd")) <= {".lock"}
    for row in rows:
        assert not row["annotated"] or (outbox / row["annotated"]).is_file(), f"{row['annotated']} is owed"
    for root in (inbox, outbox):
        assert not list(root.rglob(".digitd-*")), "no temporary file is left"
    return rows
