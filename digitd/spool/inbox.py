"""One inbox with its work folder: what arrived, what is taken, and where it ends.

A taken file lies in ``.digitd/`` inside the inbox, on the same file system, so that taking it is one rename and its
uploader may use the name again. Its name there begins with the number of its delivery: ``17~scan.png``.
"""

import errno
import logging
import os
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from digitd.durable import Sync, move, rename, sync_folder
from digitd.names import flat, with_suffix
from digitd.spool.admit import Admission, Arrival
from digitd.spool.rest import resting_place
from digitd.spool.scan import ScanRules, is_ignored, scan, stamp_of
from digitd.spool.signs import signs_of

logger = logging.getLogger(__name__)

WORK_FOLDER = ".digitd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A file in the work folder, taken by an earlier process as the delivery of this number."""

    path: Path
    number: int
    name: str


class Inbox:
    """A watched folder.

    Parameters
    ----------
    path : Path
    rules : ScanRules
        What is taken.
    quiet_s : float
        For how many seconds a finished file has not changed.
    left : set of str
        Identities of files that were refused and could not be moved; they are passed over.
    marker : str
        What names the marker of a finished file after the file's name; it is removed when the file is taken.
    """

    def __init__(self, path: Path, rules: ScanRules, *, quiet_s: float, left: set[str], marker: str = "") -> None:
        self.path = path
        self.rules = rules
        self._marker = marker
        self._admission = Admission(quiet_s, lambda name: signs_of(path / name), marker=marker)
        self._left = left
        self.is_listed = True

    def arrivals(self, now: float) -> Iterator[Arrival]:
        """List the inbox, then yield what is finished; an inbox that cannot be listed has none, which is said once."""
        try:
            found = list(scan(self.path, self.rules))
        except OSError as error:
            if self.is_listed:
                logger.warning("cannot list the inbox; waiting for it to come back: %s", error)
            self.is_listed = False
            return self._admission.admit([], now)
        if not self.is_listed:
            logger.info("the inbox is back", extra={"fields": {"inbox": str(self.path)}})
        self.is_listed = True
        if self._left:
            found = [item for item in found if item.identity not in self._left]
        return self._admission.admit(found, now)

    @property
    def newly_seen(self) -> int:
        """How many files the last listing found that the one before had not."""
        return self._admission.newly_seen

    @property
    def waiting(self) -> int:
        """How many files are known and not taken."""
        return self._admission.waiting

    def oldest_s(self, now: float) -> float:
        """Return for how many seconds the file that waits longest has been waiting."""
        return self._admission.oldest_s(now)

    def due_in_s(self, now: float) -> float | None:
        """Return in how many seconds the next file may be finished, or None where none is waiting."""
        return self._admission.due_in_s(now)

    def take(self, arrival: Arrival, number: int, *, sync: Sync = sync_folder) -> None:
        """Move a file into the work folder; ``sync`` makes that durable, see `digitd.durable`.

        Raises
        ------
        FileNotFoundError
            When it is gone, or has changed since it was listed and so may not be finished.
        OSError
            When it cannot be moved.
        """
        name = arrival.candidate.name
        if stamp_of(os.lstat(self.path / name)) != arrival.candidate.stamp:
            raise FileNotFoundError(errno.ENOENT, "what was listed is no longer there", name)
        work = self.work_path(number, name)
        work.parent.mkdir(exist_ok=True)
        rename(self.path / name, work, sync=sync)
        self._admission.forget(name)
        self.tidy_marker(name)

    def give_back(self, stray: Stray) -> str:
        """Move a stray back to where it is found again, and return its name there; raises OSError."""
        name = flat(stray.name) if stray.name.startswith(".") else stray.name
        if is_ignored(name, self.rules.ignore):
            name = f"_{name}_"  # or it would be passed over for ever
        place = resting_place(self.path, name, stray.number)
        if self._marker:
            (self.path / (place.name + self._marker)).touch()
        move(stray.path, place)
        return place.name

    def tidy_marker(self, name: str) -> None:
        """Remove the marker of a file that was taken, where no new file of that name is there."""
        if self._marker and not os.path.lexists(self.path / name):
            with suppress(OSError):  # it stays, and the file is taken all the same
                (self.path / (name + self._marker)).unlink()

    def leave(self, arrival: Arrival) -> None:
        """Pass a file over from now on."""
        self._left.add(arrival.candidate.identity)
        self._admission.forget(arrival.candidate.name)

    def work_path(self, number: int, name: str) -> Path:
        """Return where the file of a delivery lies while it is in work."""
        return work_path(self.path, number, name)

    def strays(self, known: Container[int]) -> Iterator[Stray]:
        """Yield the files in the work folder whose delivery is not known, as after the ledger was lost."""
        try:
            paths = list((self.path / WORK_FOLDER).iterdir())
        except OSError:  # the inbox is away, or has never been served
            return
        parts = ((path, *path.name.partition("~")) for path in paths)
        found = [
            Stray(path=path, number=int(mark), name=name) for path, mark, _, name in parts if mark.isdecimal() and name
        ]
        yield from (stray for stray in sorted(found, key=lambda stray: stray.number) if stray.number not in known)


def work_path(inbox: Path, number: int, name: str) -> Path:
    """Return where the file of a delivery lies while it is in work."""
    return inbox / WORK_FOLDER / with_suffix(f"{number}~{flat(name)}", "")
