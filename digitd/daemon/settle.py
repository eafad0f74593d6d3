"""Settle what is committed: draw the pictures that are owed, move the file to where it ends, and write that down.

Where a file goes is written down before it is moved. After a crash it is there, or it is not and goes there; on another
file system it may be in both places, and then the one in the work folder is the rest of a move.
"""

import errno
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from digitd import failpoints
from digitd.durable import is_copy_of, make_folders, move, unfinished
from digitd.errors import OutputError
from digitd.job import Job
from digitd.ledger import Delivery, Ledger
from digitd.names import printable
from digitd.publish import write_reason
from digitd.spool.rest import reason_name, resting_place
from digitd.values import Outcome

logger = logging.getLogger(__name__)

_OF_THE_NAME = frozenset(
    {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP}
)
"""What a file system says of a name that it will never take, rather than of its own state."""


class Settler:
    """Settles the deliveries of one outbox."""

    def __init__(self, job: Job, ledger: Ledger) -> None:
        self._job = job
        self._ledger = ledger

    def settle(self, batch: Sequence[tuple[Delivery, Path, Outcome]]) -> None:
        """Settle deliveries that were just committed, with two commits for all.

        Parameters
        ----------
        batch : sequence of (Delivery, source, Outcome)

        Raises
        ------
        OutputError
            When the outbox or the ledger cannot be written.
        """
        for delivery, source, _ in batch:
            self._draw(delivery, source)
        places: list[Path] = []
        for delivery, _, outcome in batch:
            places.append(self._free_place(delivery, outcome.reason, taken=places))
        failpoints.reach("placing")
        self._ledger.place((delivery, place) for (delivery, _, _), place in zip(batch, places, strict=True))
        failpoints.reach("placed")
        for (delivery, source, outcome), place in zip(batch, places, strict=True):
            self._move(delivery, source, place, outcome.reason, outcome.detail)
            failpoints.reach("moved")
        self._ledger.settle(delivery for delivery, _, _ in batch)
        failpoints.reach("settled")

    def settle_again(self, delivery: Delivery, source: Path, *, shows_pages: bool) -> None:
        """Go on where settling was broken off, maybe between any two steps; raises as `settle` does.

        Parameters
        ----------
        delivery : Delivery
        source : Path
        shows_pages : bool
            Pictures show their pages. Not for a file that may be what ends the process when it is decoded.
        """
        self._draw(delivery, source if shows_pages else None)
        if os.path.lexists(source):
            place = delivery.place
            if place is not None and is_copy_of(source, self._job.outbox / place):
                source.unlink()
            else:
                if place is None or os.path.lexists(self._job.outbox / place):
                    place = self._free_place(delivery, delivery.reason, taken=())
                    self._ledger.place([(delivery, place)])
                self._move(delivery, source, place, delivery.reason, delivery.detail)
        self._ledger.settle([delivery])

    def _draw(self, delivery: Delivery, source: Path | None) -> None:
        failpoints.reach("drawing")
        self._job.draw(source, delivery.name, self._ledger.owed(delivery))
        failpoints.reach("drawn")

    def _free_place(self, delivery: Delivery, reason: str, *, taken: Sequence[Path]) -> Path:
        """Choose a name, relative to the outbox, that is free and promised to no other delivery."""
        outbox = self._job.outbox
        occupied = {outbox / place for place in taken}
        place = resting_place(outbox / ("failed" if reason else "done"), delivery.name, delivery.id, occupied)
        return place.relative_to(outbox)

    def renames_from(self, folder: Path) -> bool:
        """Find out, by doing it, whether what lies in a folder can be renamed to where files end.

        Device numbers do not tell: between two bind mounts of one file system nothing can be renamed.

        Raises
        ------
        OutputError
            When neither folder can be written.
        """
        probe = unfinished(folder)
        try:
            probe.touch(exist_ok=False)
            for end in ("done", "failed"):
                (self._job.outbox / end).mkdir(exist_ok=True)
                target = self._job.outbox / end / probe.name
                try:
                    probe.rename(target)
                    target.rename(probe)
                except OSError as error:
                    if error.errno == errno.EXDEV:
                        return False
                    raise
        except OSError as error:
            raise OutputError(
                f"cannot move files from {folder} to {self._job.outbox}: {error.strerror}", hint="make both writable"
            ) from error
        finally:
            probe.unlink(missing_ok=True)
        return True

    def _move(self, delivery: Delivery, source: Path, place: Path, reason: str, detail: str) -> None:
        """Move a file to its place, or where that cannot have its name, to one that is nothing but its number."""
        try:
            self._put(delivery, source, place, reason, detail)
        except OSError as error:
            if not os.path.lexists(source):
                logger.warning("a file vanished while it was in work", extra={"fields": {"file": delivery.name}})
                return
            plain = Path(place.parts[0], f"delivery-{delivery.id}")
            if error.errno not in _OF_THE_NAME or place == plain:
                raise self._trouble(delivery, place, error) from error
            self._ledger.place([(delivery, plain)])
            try:
                self._put(delivery, source, plain, reason, detail)
            except OSError as again:
                raise self._trouble(delivery, plain, again) from again

    def _put(self, delivery: Delivery, source: Path, place: Path, reason: str, detail: str) -> None:
        """Move a file to its place; where it failed, the reason is written beside it first; raises OSError."""
        target = self._job.outbox / place
        make_folders(target.parent, below=self._job.outbox)
        if reason:
            fields = {"file": printable(delivery.name), "reason": reason, "detail": detail}
            write_reason(target.parent, reason_name(target.name, delivery.id), fields)
            failpoints.reach("reasoned")
        move(source, target)

    def _trouble(self, delivery: Delivery, place: Path, error: OSError) -> OutputError:
        return OutputError(
            f"cannot move {printable(delivery.name)[:100]!r} to {self._job.outbox / place.parts[0]}: {error.strerror}",
            hint="make room or make the outbox writable; the file is kept in the inbox's .digitd folder",
        )
