"""What the ledger keeps of forms: the lines of their CSVs, and which page has a value that no other page may have.

A form has a file for each set of columns that it ever had, of which only the last one grows. A page belongs to an
*owner*, a path that was scored or a single delivery: what an owner delivers replaces what it delivered before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digitd.ledger.database import Database, Execute
from digitd.names import printable
from digitd.pagerows import PageRow, encode_page, page_header
from digitd.values import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The page that has a value; ``file`` is its name, ``page`` counts from 1."""

    owner: bytes
    file: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What is committed of the pages of a form with the rows of one delivery.

    Attributes
    ----------
    form : Form
    owner : bytes
    rows : sequence of PageRow
        One a page. The readings of all their sheets are the delivery's rows.
    """

    form: Form
    owner: bytes
    rows: Sequence[PageRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFile:
    """A CSV of a form with one set of columns.

    Attributes
    ----------
    id : int
    form : str
    header : bytes
        Its first line.
    """

    id: int
    form: str
    header: bytes


class FormPages:
    """The pages of forms in one ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def growing(self) -> list[FormFile]:
        """Return the files that are not put by, in the order in which they were begun."""
        query = "SELECT id, form, header FROM form_file WHERE NOT is_put_by ORDER BY id"
        with self._database.reading() as execute:
            return [FormFile(id=number, form=form, header=header) for number, form, header in execute(query)]

    def projected(self, file: FormFile) -> tuple[int, int]:
        """Return how far a file was known to be written: (seq of its last line, size in bytes)."""
        with self._database.reading() as execute:
            row = execute("SELECT seq, size_bytes FROM form_file WHERE id = ?", (file.id,)).fetchone()
        return int(row[0]), int(row[1])

    def record_projected(self, file: FormFile, seq: int, size_bytes: int) -> None:
        """Record how far a file is written and on disk."""
        with self._database.transaction() as execute:
            execute("UPDATE form_file SET seq = ?, size_bytes = ? WHERE id = ?", (seq, size_bytes, file.id))

    def put_by(self, file: FormFile) -> None:
        """Record that a file has been renamed, and will never grow again."""
        with self._database.transaction() as execute:
            execute("UPDATE form_file SET is_put_by = 1 WHERE id = ?", (file.id,))

    def lines_after(self, file: FormFile, seq: int, *, at_most: int) -> list[tuple[int, bytes]]:
        """Return (seq, line) of so many lines of a file after a sequence number, in order."""
        query = "SELECT seq, bytes FROM page WHERE file = ? AND seq > ? ORDER BY seq LIMIT ?"
        with self._database.reading() as execute:
            return execute(query, (file.id, seq, at_most)).fetchall()

    def holder(self, form: str, field: str, value: str) -> Holder | None:
        """Return who has a value of a field that no two pages share, or None."""
        query = "SELECT owner, file, page FROM held WHERE form = ? AND field = ? AND value = ?"
        with self._database.reading() as execute:
            row = execute(query, (form, field, value)).fetchone()
        return None if row is None else Holder(owner=row[0], file=row[1], page=row[2])

    def rows_of(self, form: str) -> Iterator[tuple[int, bytes]]:
        """Yield (delivery, line) of the rows of a form in predictions.csv, without those that were replaced."""
        query = (
            "SELECT line.delivery, bytes FROM line JOIN form_delivery ON form_delivery.delivery = line.delivery"
            " WHERE form = ? ORDER BY seq"
        )
        with self._database.reading() as execute:
            yield from execute(query, (form,))

    def add_elapsed(self, form: str, elapsed_s: float) -> None:
        """Add to the time that reading a form took."""
        query = (
            "INSERT INTO form_time VALUES (?, ?)"
            " ON CONFLICT (form) DO UPDATE SET elapsed_s = elapsed_s + excluded.elapsed_s"
        )
        with self._database.transaction() as execute:
            execute(query, (form, elapsed_s))

    def elapsed_s(self, form: str) -> float:
        """Return the time that reading a form took, in all runs together."""
        with self._database.reading() as execute:
            row = execute("SELECT elapsed_s FROM form_time WHERE form = ?", (form,)).fetchone()
        return 0.0 if row is None else float(row[0])


def insert_pages(execute: Execute, pages: Pages, *, delivery: int, first_seq: int) -> None:
    """Record the pages of a delivery whose rows begin at a number, in the transaction of these."""
    form, owner = pages.form, pages.owner
    execute("DELETE FROM form_delivery WHERE form = ? AND owner = ?", (form.name, owner))
    execute("DELETE FROM held WHERE form = ? AND owner = ?", (form.name, owner))
    execute("INSERT INTO form_delivery (delivery, form, owner) VALUES (?, ?, ?)", (delivery, form.name, owner))
    file = _file_of(execute, form)
    seq = first_seq
    for row in pages.rows:
        line = encode_page(row, form.fields, seq)
        execute("INSERT INTO page (seq, file, bytes) VALUES (?, ?, ?)", (seq, file, line))
        seq += len(row.sheet.readings)
        for reading in row.sheet.readings:
            if form.holds(reading):
                execute(
                    "INSERT OR IGNORE INTO held (form, field, value, owner, file, page) VALUES (?, ?, ?, ?, ?, ?)",
                    (form.name, reading.field, reading.value, owner, printable(row.file), reading.page),
                )


def _file_of(execute: Execute, form: Form) -> int:
    """Return the number of the file with the columns of a form: a new one where the last had others."""
    header = page_header(form.fields)
    query = "SELECT id, header FROM form_file WHERE form = ? ORDER BY id DESC LIMIT 1"
    last = execute(query, (form.name,)).fetchone()
    if last is not None and last[1] == header:
        return int(last[0])
    return execute("INSERT INTO form_file (form, header) VALUES (?, ?)", (form.name, header)).lastrowid or 0
