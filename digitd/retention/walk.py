"""Go through one folder of the outbox in the order of the rows, and remove what has been kept long enough.

Only what the ledger knows digitd put there is removed: files at the places to which they were moved, reasons beside
them, pictures that rows name. A file is as old as its ctime, which the kernel sets when the file is moved or drawn and
nobody can set back, while the mtime of a scan may be years old. A chmod, another hard link or a restore from a backup
make a file young again, and keep it. A picture that a younger row names was drawn again for that, and is as young.

Rows are in the order of time, so a walk ends at the first young one, and the next walk begins where all was done. What
comes behind a young row waits with it, whatever a clock said that was set back in between; a row of the future is no
young one, or it would hold up all others.

Nothing is locked: a daemon has done with a file that is settled, and with a picture that is not owed. Residual risks:
a picture that is drawn again in the microseconds between the look and the removal goes with the old one; a clock that
is years ahead makes everything old.
"""

import logging
import stat
import time
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from digitd.config import Retention
from digitd.ledger import Ended, Ledger
from digitd.retention.folder import OpenFolder
from digitd.rows import decode_line, moment_of
from digitd.spool.rest import reason_name
from digitd.values import Status

logger = logging.getLogger(__name__)

_ROWS = 200
"""Looked at in a slice, which takes 5 ms, or 15 ms where each has a file to remove: a row that comes waits for that."""
_DAY_S = 86400.0
_OF_PICTURES = ("annotated", "review")

Clock = Callable[[], float]
"""Seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A file that was removed, or would be; ``path`` relative to the outbox, ``changed`` its ctime since 1970."""

    path: Path
    size_bytes: int
    changed: float


class _NotYetError(Exception):
    """A file stays for now, and may be removed later."""


class Walk:
    """One folder of the outbox.

    Parameters
    ----------
    outbox : Path
    folder : str
        ``done``, ``failed``, ``annotated`` or ``review``.
    keep_days : float
        Files that are younger stay.
    ledger : Ledger
        May be open to read only.
    clock : callable
    removes : bool
        Or else files are only found.
    """

    def __init__(
        self, outbox: Path, folder: str, keep_days: float, ledger: Ledger, *, clock: Clock, removes: bool = True
    ) -> None:
        self.folder = folder
        self._outbox = outbox
        self._keep_s = keep_days * _DAY_S
        self._ledger = ledger
        self._clock = clock
        self._removes = removes
        self._begin = self._position = 0
        """The row behind which the next walk begins, and the one behind which this one is."""
        self._has_left = False
        """Whether this walk has passed something that stays for now."""
        self._found: set[Path] = set()
        """What would be gone by now."""
        self._told: set[str] = set()

    def slices(self) -> Iterator[Sequence[Removal]]:
        """Walk, and yield what each slice of the walk removed; it rests between two, for as long as it is left alone.

        Raises
        ------
        LedgerError
            When the ledger is damaged.
        OutputError
            When it cannot be read just now.
        """
        self._position, self._has_left = self._begin, False
        while True:
            before = self._position
            removed = self._next_slice()
            if self._position == before:
                return
            yield removed

    def _next_slice(self) -> list[Removal]:
        rows = self._ledger.ended.after(self._position, at_most=_ROWS)
        removed: list[Removal] = []
        if not rows:
            return removed
        now = self._clock()
        promised = self._ledger.ended.promised()
        try:
            with OpenFolder(self._outbox / self.folder) as opened:
                for row in rows:
                    if now - self._keep_s < moment_of(row.line).timestamp() <= now:
                        break
                    try:
                        removed.extend(self._expire(row, opened, promised, now - self._keep_s))
                    except _NotYetError:
                        self._has_left = True
                    self._position = row.seq
                    if not self._has_left:
                        self._begin = row.seq
        except FileNotFoundError:  # nothing has ended there, or the outbox is away
            pass
        except OSError as error:
            self._tell(Path(self.folder), error.strerror or str(error))
        return removed

    def _expire(self, row: Ended, opened: OpenFolder, promised: Set[Path], limit: float) -> Iterator[Removal]:
        """Remove the files of a row, each only once those before it are gone."""
        for name in self._files_of(row):
            path = Path(self.folder, name)
            try:
                status = None if name in self._found else opened.look(name)
                if status is None:
                    self._tidy(name, opened)
                    continue
                if stat.S_ISDIR(status.st_mode):
                    self._tell(path, "it is a folder; remove it by hand")
                    return
                if status.st_ctime > limit or not row.is_settled or self._is_in_use(path, promised):
                    raise _NotYetError
                if self._removes:
                    opened.remove(name)
                else:
                    self._found.add(name)
                yield Removal(path=path, size_bytes=status.st_size, changed=status.st_ctime)
                self._tidy(name, opened)
            except OSError as error:
                self._tell(path, error.strerror or str(error))
                raise _NotYetError from error

    def _files_of(self, row: Ended) -> Sequence[Path]:
        """Return what a row has in this folder, relative to it."""
        if self.folder in _OF_PICTURES:
            return self._pictures_of(row)
        if row.place is None or not _is_below(row.place, self.folder):
            return ()
        name = row.place.relative_to(self.folder)
        if self.folder == "failed":
            return name, name.with_name(reason_name(name.name, row.delivery))
        return (name,)

    def _pictures_of(self, row: Ended) -> Sequence[Path]:
        cells = decode_line(row.line)
        picture = Path(cells["annotated"])
        is_for_review = cells["status"] in (Status.REVIEW, Status.FAILED)
        if not _is_below(picture, "annotated") or (self.folder == "review" and not is_for_review):
            return ()
        return (picture.relative_to("annotated"),)

    def _is_in_use(self, path: Path, promised: Set[Path]) -> bool:
        if self.folder in _OF_PICTURES:
            return self._ledger.ended.is_owed(Path("annotated", path.name))  # what is owed to review/ too
        return path in promised

    def _tidy(self, name: Path, opened: OpenFolder) -> None:
        if self._removes and len(name.parts) > 1:
            opened.tidy(name)

    def _tell(self, path: Path, why: str) -> None:
        """Say once that something stays, and for other files with the same trouble not again."""
        if why not in self._told:
            self._told.add(why)
            fields = {"file": str(path), "why": why}
            logger.warning("cannot remove what was kept long enough; it stays", extra={"fields": fields})


def _is_below(path: Path, folder: str) -> bool:
    return len(path.parts) > 1 and path.parts[0] == folder


def walks(
    outbox: Path, ledger: Ledger, keep: Retention, *, clock: Clock = time.time, removes: bool = True
) -> Sequence[Walk]:
    """Return the walks through those folders from which something is to be removed."""
    days = {
        "done": keep.done_keep_days,
        "failed": keep.failed_keep_days,
        "annotated": keep.annotated_keep_days,
        "review": keep.review_keep_days,
    }
    return [
        Walk(outbox, folder, keep_days, ledger, clock=clock, removes=removes)
        for folder, keep_days in days.items()
        if keep_days > 0
    ]
