"""Settle what is committed: have the pictures drawn that are owed, move the files to where they end, write that down.

The ledger is the queue: what is committed is taken from it in order, a batch at a time, so that rows may run ahead of
pictures by any number. Where a file goes is written down before it is moved. After a crash it is there, or it is not
and goes there; on another file system it may be in both places, and then the one in the work folder is the rest of a
move.
"""

import errno
import logging
import os
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path

from digitd import failpoints
from digitd.daemon.studio import Drawing
from digitd.durable import Sync, is_copy_of, make_folders, move, sync_folders, unfinished
from digitd.errors import OutputError
from digitd.ledger import Delivery, Ledger, Owed
from digitd.names import printable
from digitd.painter import Commission
from digitd.publish import write_reason
from digitd.spool.inbox import work_path
from digitd.spool.rest import Promises, reason_name, resting_place

logger = logging.getLogger(__name__)

_BATCH = 32
"""Files that are settled with two commits. Their pictures take 0.1 s to draw, and so long a file waits for the last."""

_OF_THE_NAME = frozenset(
    {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP}
)
"""What a file system says of a name that it will never take, rather than of its own state."""

_Batch = Sequence[tuple[Delivery, Path]]
"""Deliveries, each with where its file lies."""


class Settler:
    """Settles the deliveries of one outbox.

    Parameters
    ----------
    outbox : Path
    ledger : Ledger
    drawing : Drawing
    """

    def __init__(self, outbox: Path, ledger: Ledger, drawing: Drawing) -> None:
        self._outbox = outbox
        self._ledger = ledger
        self._drawing = drawing
        self._inboxes: set[Path] = set()
        self._reached = 0
        """Up to this delivery all that are committed were taken from the ledger."""
        self._next: tuple[_Batch, Sequence[Commission]] | None = None
        self._given: deque[_Batch] = deque()
        self.has_settled = False
        """Whether anything was settled since `begin_anew`."""

    @property
    def waits_for(self) -> tuple[int, ...]:
        """Descriptors that can be read once there is something to settle."""
        return self._drawing.waits_for

    @property
    def is_at_rest(self) -> bool:
        """Whether everything committed is settled, as of the last `go_on`."""
        return not self._given and self._next is None

    def begin_anew(self, inboxes: set[Path]) -> None:
        """Settle all that is committed of these inboxes, also what was begun: files of others are not touched."""
        self._drawing.forget()
        self._given.clear()
        self._next = None
        self._reached = 0
        self._inboxes = inboxes
        self.has_settled = False

    def expect(self, deliveries: Iterable[Delivery]) -> None:
        """Look again from these, which have been committed: numbers are given when files are claimed, in that order."""
        self._reached = min(self._reached, *(delivery.id - 1 for delivery in deliveries))

    def go_on(self, *, wait: bool = False) -> None:
        """Settle what has been drawn, and have what was committed since drawn.

        Parameters
        ----------
        wait : bool
            Wait until all that is being drawn is settled.

        Raises
        ------
        OutputError
            When the outbox or the ledger cannot be written. Then only `begin_anew` leads on.
        """
        self._settle_drawn(wait=False)
        while self._give_next():
            self._settle_drawn(wait=False)
        self._settle_drawn(wait=wait)

    def settle_now(self, delivery: Delivery, source: Path) -> None:
        """Settle one delivery whose file lies somewhere else than the ledger says; raises as `go_on` does."""
        self.go_on(wait=True)
        if owed := self._ledger.owed(delivery):
            failpoints.reach("drawing")
            self._drawing.give([_commission(delivery, source, owed)])
            self._drawing.take(wait=True)
            failpoints.reach("drawn")
        self._settle([(delivery, source)])

    def _give_next(self) -> bool:
        """Take the next batch from the ledger and have it drawn; False where there is none, or no room for it."""
        if self._next is None and not self._look_further():
            return False
        batch, commissions = self._next or ((), ())
        if not any(commission.owed for commission in commissions):
            self._next = None
            self._settle(batch)
            return True
        if not self._drawing.has_room(sum(len(commission.owed) for commission in commissions)):
            return False
        self._next = None
        failpoints.reach("drawing")
        self._drawing.give(commissions)
        self._given.append(batch)
        return True

    def _look_further(self) -> bool:
        """Take the next batch from the ledger, if there is one."""
        while found := self._ledger.committed(after=self._reached, at_most=_BATCH):
            self._reached = found[-1].id
            given = {delivery.id for batch in self._given for delivery, _ in batch}
            ours = [item for item in found if item.folder in self._inboxes and item.id not in given]
            batch = [(delivery, work_path(delivery.folder, delivery.id, delivery.name)) for delivery in ours]
            if batch:
                owed = self._ledger.owed_in(batch[0][0].id, batch[-1][0].id)
                self._next = (batch, [_commission(*item, owed.get(item[0].id, ())) for item in batch])
                return True
        return False

    def _settle_drawn(self, *, wait: bool) -> None:
        while self._given and self._drawing.take(wait=wait):
            failpoints.reach("drawn")
            self._settle(self._given.popleft())

    def _settle(self, batch: _Batch) -> None:
        """Move files to their places, with two commits for all."""
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
        sync_folders(changed)
        self._ledger.settle(delivery for delivery, _ in batch)
        self.has_settled = True
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
        move(source, target, sync=sync)

    def _trouble(self, delivery: Delivery, place: Path, error: OSError) -> OutputError:
        return OutputError(
            f"cannot move {printable(delivery.name)[:100]!r} to {self._outbox / place.parts[0]}: {error.strerror}",
            hint="make room or make the outbox writable; the file is kept in the inbox's .digitd folder",
        )


def _commission(delivery: Delivery, source: Path, owed: Sequence[Owed]) -> Commission:
    return Commission(source=source, name=delivery.name, owed=owed)


def _warn_of_vanished(delivery: Delivery) -> None:
    logger.warning("a file vanished while it was in work", extra={"fields": {"file": delivery.name}})
