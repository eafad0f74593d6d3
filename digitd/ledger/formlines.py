"""The lines of the CSVs of forms, as the exact bytes that are written, and how far each file is.

A file has the lines of a form from when its columns were last changed. Each set of columns has a book of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digitd.ledger.database import Database, Execute


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The lines of one form with one set of columns.

    Attributes
    ----------
    id : int
        Greater than those of the books that it follows.
    form : str
    header : bytes
        The first line.
    """

    id: int
    form: str
    header: bytes


class FormLines:
    """The books of one ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, execute: Execute, *, form: str, header: bytes, delivery: int, lines: Sequence[bytes]) -> None:
        """Add lines within a transaction to the book of a form, which is begun anew where the columns changed."""
        newest = "SELECT id, header FROM book WHERE form = ? ORDER BY id DESC LIMIT 1"
        found = execute(newest, (form,)).fetchone()
        if found is None or found[1] != header:
            cursor = execute("INSERT INTO book (form, header) VALUES (?, ?)", (form, header))
            book = cursor.lastrowid
        else:
            book = found[0]
        for line in lines:
            execute("INSERT INTO page (book, delivery, bytes) VALUES (?, ?, ?)", (book, delivery, line))

    def books(self) -> list[Book]:
        """Return the book of each form that is written now."""
        query = "SELECT max(id), form, header FROM book GROUP BY form ORDER BY form"
        with self._database.reading() as execute:
            return [Book(id=number, form=form, header=header) for number, form, header in execute(query).fetchall()]

    def lines_after(self, book: Book, number: int, at_most: int) -> list[tuple[int, bytes]]:
        """Return (number, line) of so many lines of a book after a number, in order."""
        query = "SELECT id, bytes FROM page WHERE book = ? AND id > ? ORDER BY id LIMIT ?"
        with self._database.reading() as execute:
            return execute(query, (book.id, number, at_most)).fetchall()

    def written(self, book: Book) -> tuple[int, int]:
        """Return how far the file of a book was known to be written: (number of the last line, size in bytes)."""
        with self._database.reading() as execute:
            row: tuple[Any, ...] = execute("SELECT last, size_bytes FROM book WHERE id = ?", (book.id,)).fetchone()
        return int(row[0]), int(row[1])

    def record_written(self, book: Book, last: int, size_bytes: int) -> None:
        """Record how far the file of a book is written and on disk."""
        with self._database.transaction() as execute:
            execute("UPDATE book SET last = ?, size_bytes = ? WHERE id = ?", (last, size_bytes, book.id))
