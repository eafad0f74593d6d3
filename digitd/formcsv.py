"""Project the lines of forms onto ``forms/<form>.csv`` of the outbox, as rows are onto predictions.csv.

Where the fields of a form have changed, the file so far is put aside, and a new one begun: no file has lines of two
kinds.
"""

import logging
from functools import partial
from pathlib import Path

from digitd import failpoints
from digitd.errors import OutputError
from digitd.growing import ROWS, GrowingFile, held_bytes
from digitd.ledger import Ledger
from digitd.ledger.formlines import Book

logger = logging.getLogger(__name__)


class FormCsvs:
    """The CSVs of the forms of one outbox.

    Parameters
    ----------
    folder : Path
        ``forms`` in the outbox; made with the first of them.
    ledger : Ledger
    """

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self._folder = folder
        self._ledger = ledger
        self._files: dict[int, _FormCsv] = {}

    def catch_up(self) -> None:
        """Append the lines that the ledger has and the files have not, and make them durable.

        Raises
        ------
        OutputError
            When a file cannot be written. The lines are safe in the ledger and are appended next time.
        """
        for book in self._ledger.forms.books():
            if book.id not in self._files:
                self._make_folder()
                self._files[book.id] = _FormCsv(self._folder / f"{book.form}.csv", self._ledger, book)
            self._files[book.id].catch_up()

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"cannot make the folder {self._folder}: {error.strerror}", hint="make the outbox writable"
            ) from error


class _FormCsv:
    """The file of one book."""

    def __init__(self, path: Path, ledger: Ledger, book: Book) -> None:
        self._path = path
        self._lines = ledger.forms
        self._book = book
        self._file = GrowingFile(path, self._require_own)

    def catch_up(self) -> None:
        """Append what is missing."""
        with self._file.writing():
            last, size_bytes = self._lines.written(self._book)
            present = self._file.size_bytes
            while (lines := self._lines.lines_after(self._book, last, ROWS)) or not size_bytes:
                content = (b"" if size_bytes else self._book.header) + b"".join(line for _, line in lines)
                self._file.complete(content, at=size_bytes, present=present)
                failpoints.reach("form_appended")
                size_bytes += len(content)
                last = lines[-1][0] if lines else last
                self._lines.record_written(self._book, last, size_bytes)
                failpoints.reach("form_projected")

    def _require_own(self) -> None:
        """Put the file aside unless it is what the ledger says, or the beginning of it."""
        _, size_bytes = self._lines.written(self._book)
        own_bytes = held_bytes(self._path, self._book.header, partial(self._lines.lines_after, self._book), after=0)
        if own_bytes is None and not size_bytes:
            self._put_by()
        elif own_bytes is None or own_bytes < size_bytes:
            self._file.set_aside()
            self._lines.record_written(self._book, 0, 0)

    def _put_by(self) -> None:
        """Rename the file of the book before this one."""
        number = 1
        while (other := self._path.with_name(f"{self._path.stem}.before-{number}.csv")).exists():
            number += 1
        self._path.rename(other)
        logger.info("the fields of a form have changed; a new file is begun", extra={"fields": {"before": other.name}})
