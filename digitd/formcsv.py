"""Project what the ledger has of forms onto ``forms/<form>.csv``.

Each file has one set of columns. Where a form gets another, the file is completed, put by as ``<form>.csv.old-1`` or
with a higher number, and another one is begun.

Residual risk: whoever changes or removes a file that was put by, between its renaming and the end of the crash that
followed, gets its lines once more under another number.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from digitd import failpoints
from digitd.durable import make_folders, rename, sync_folder
from digitd.errors import OutputError
from digitd.growing import GrowingCsv, Lines, free_path, held_bytes
from digitd.ledger import FormFile, Ledger
from digitd.ledger.pages import FormPages
from digitd.names import flat, with_suffix

logger = logging.getLogger(__name__)

FOLDER = "forms"
"""In the outbox."""


@dataclass(frozen=True, slots=True)
class _PagesOf:
    """The lines of one file."""

    pages: FormPages
    file: FormFile

    @property
    def header(self) -> bytes:
        return self.file.header

    @property
    def begins_after(self) -> int:
        return 0

    def lines_after(self, seq: int, *, at_most: int) -> Lines:
        return self.pages.lines_after(self.file, seq, at_most=at_most)

    def projected(self) -> tuple[int, int]:
        return self.pages.projected(self.file)

    def record_projected(self, seq: int, size_bytes: int) -> None:
        self.pages.record_projected(self.file, seq, size_bytes)


class FormCsvs:
    """The CSVs of all forms of one outbox.

    Parameters
    ----------
    outbox : Path
    ledger : Ledger
    """

    def __init__(self, outbox: Path, ledger: Ledger) -> None:
        self._outbox = outbox
        self._pages = ledger.forms
        self._growing: dict[int, GrowingCsv] = {}

    def catch_up(self) -> None:
        """Append the lines that the ledger has and the files have not, and make them durable.

        Raises
        ------
        OutputError
            When a file cannot be written. The lines are safe in the ledger and are appended next time.
        """
        files = self._pages.growing()
        last_of = {file.form: file for file in files}
        for file in files:
            self._make_folder()
            if file is last_of[file.form]:
                self._csv_of(file).catch_up()
            else:
                self._put_by(file)

    def _csv_of(self, file: FormFile) -> GrowingCsv:
        if file.id not in self._growing:
            self._growing[file.id] = GrowingCsv(self._path_of(file), _PagesOf(self._pages, file))
        return self._growing[file.id]

    def _path_of(self, file: FormFile) -> Path:
        return self._outbox / FOLDER / with_suffix(flat(file.form), ".csv")

    def _make_folder(self) -> None:
        folder = self._outbox / FOLDER
        if folder.is_dir():
            return
        try:
            make_folders(folder, below=self._outbox)
            sync_folder(self._outbox)
        except OSError as error:
            raise OutputError(f"cannot make {folder}: {error.strerror}", hint="make the outbox writable") from error

    def _put_by(self, file: FormFile) -> None:
        """Complete a file and rename it; from then on another one with other columns has its name."""
        path = self._path_of(file)
        try:
            if self._is_put_by(file, path):
                sync_folder(path.parent)
            else:
                self._csv_of(file).catch_up()
                self._rename(path)
        except OSError as error:
            raise OutputError(f"cannot put {path} by: {error.strerror}", hint="make the outbox writable") from error
        self._pages.put_by(file)
        failpoints.reach("closed")

    def _rename(self, path: Path) -> None:
        aside = free_path(path, "old")
        failpoints.reach("closing")
        rename(path, aside)
        failpoints.reach("put_by")
        fields = {"aside": aside.name}
        logger.warning("the fields of a form are others; %s is begun anew", path.name, extra={"fields": fields})

    def _is_put_by(self, file: FormFile, path: Path) -> bool:
        """Return whether a process that was killed has renamed a file already."""
        source = _PagesOf(self._pages, file)
        seq, size_bytes = source.projected()
        if path.exists() or not size_bytes or source.lines_after(seq, at_most=1):
            return False
        aside = path.parent.glob(f"{path.name}.old-*")
        return any(path.is_file() and held_bytes(path, source, after=0) == size_bytes for path in aside)
