"""Settle deliveries whose pictures are drawn: move the files to where they end, and write that down.

Where a file goes is written down before it is moved. After a crash it is there, or it is not and goes there; on another
file system it may be in both places, and then the one in the work folder is the rest of a move.
"""

import errno
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from digitd import failpoints
from digitd.durable import Sync, is_copy_of, make_folders, move, sync_folders, unfinished
from digitd.errors import OutputError
from digitd.ledger import Delivery, Ledger
from digitd.names import printable
from digitd.publish import write_reason
from digitd.service.progress import Progress
from digitd.spool.rest import Promises, reason_name, resting_place

logger = logging.getLogger(__name__)

_OF_THE_NAME = frozenset(
    {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP}
)
"""What a file system says of a name that it will never take, rather than of its own state."""

Batch = Sequence[tuple[Delivery, Path]]
"""Deliveries, each with where its file lies."""


class Settler:
    """Settles the deliveries of one outbox.

    Parameters
    ----------
    outbox : Path
    ledger : Ledger
    progress : Progress, optional
        Told of each file that is moved.
    """

    def __init__(self, outbox: Path, ledger: Ledger, progress: Progress | None = None) -> None:
        self._outbox = outbox
        self._ledger = ledger
        self._progress = progress or Progress()

    def settle(self, batch: Batch) -> None:
        """Move files to their places, with two commits for all.

        Raises
        ------
        OutputError
            When the outbox or the ledger cannot be written.
        """
        moves = [(delivery, source) for delivery, source in batch if self._is_to_be_moved(delivery, source)]
        promised = Promises()
        places = [self._place_of(delivery, promised) for delivery, _ in moves]
        failpoints.reach("placing")
        self._ledger.place((delivery, place) for (delivery, _), place in zip(moves, places, strict=True))
        failpoints.reach("placed")
        changed: set[Path] = set()
        for (delivery, source), place in zip(moves, places, strict=True):
            self._move(delivery, source, place, changed.add)
            failpoints.reach("moved")
            self._progress.beat()
        sync_folders(changed)
        self._ledger.settle(delivery for delivery, _ in batch)
        failpoints.reach("settled")

    def _is_to_be_moved(self, delivery: Delivery, source: Path) -> bool:
        """Return whether a file has not reached its place; what a broken move left beside it is removed."""
        if not os.path.lexists(source):
            if delivery.place is None:
                _warn_of_vanished(delivery)
            return False
        if delivery.place is not None and is_copy_of(source, self._outbox / delivery.place):
            source.unlink()
            return False
        return True

    def _place_of(self, delivery: Delivery, promised: Promises) -> Path:
        """Promise a place to a file, relative to the outbox: a name that is free and promised to no other."""
        place = None if delivery.place is None else self._outbox / delivery.place
        if place is None or os.path.lexists(place):
            folder = self._outbox / ("failed" if delivery.reason else "done")
            place = resting_place(folder, delivery.name, delivery.id, promised)
        promised.add(place)
        return place.relative_to(self._outbox)

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
                (self._outbox / end).mkdir(exist_ok=True)
                target = self._outbox / end / probe.name
                try:
                    probe.rename(target)
                    target.rename(probe)
                except OSError as error:
                    if error.errno == errno.EXDEV:
                        return False
                    raise
        except OSError as error:
            raise OutputError(
                f"cannot move files from {folder} to {self._outbox}: {error.strerror}", hint="make both writable"
            ) from error
        finally:
            probe.unlink(missing_ok=True)
        return True

    def _move(self, delivery: Delivery, source: Path, place: Path, sync: Sync) -> None:
        """Move a file to its place, or where that cannot have its name, to one that is nothing but its number."""
        try:
            self._put(delivery, source, place, sync)
        except OSError as error:
            if not os.path.lexists(source):
                _warn_of_vanished(delivery)
                return
            plain = Path(place.parts[0], f"delivery-{delivery.id}")
            if error.errno not in _OF_THE_NAME or place == plain:
                raise self._trouble(delivery, place, error) from error
            self._ledger.place([(delivery, plain)])
            try:
                self._put(delivery, source, plain, sync)
            except OSError as again:
                raise self._trouble(delivery, plain, again) from again

    def _put(self, delivery: Delivery, source: Path, place: Path, sync: Sync) -> None:
        """Move a file to its place; where it failed, the reason is written beside it first; raises OSError."""
        target = self._outbox / place
        make_folders(target.parent, below=self._outbox)
        if delivery.reason:
            fields = {"file": printable(delivery.name), "reason": delivery.reason, "detail": delivery.detail}
            write_reason(target.parent, reason_name(target.name, delivery.id), fields, sync=sync)
            failpoints.reach("reasoned")
        move(source, target, sync=sync, beat=self._progress.beat)

    def _trouble(self, delivery: Delivery, place: Path, error: OSError) -> OutputError:
        return OutputError(
            f"cannot move {printable(delivery.name)[:100]!r} to {self._outbox / place.parts[0]}: {error.strerror}",
            hint="make room or make the outbox writable; the file is kept in the inbox's .digitd folder",
        )


def _warn_of_vanished(delivery: Delivery) -> None:
    logger.warning("a file vanished while it was in work", extra={"fields": {"file": delivery.name}})
