"""What is committed and not yet settled: taken from the ledger in order, drawn where pictures are owed, then settled.

The ledger is the queue. So rows may run ahead of pictures by any number, and what a stop leaves is found by the next
start.
"""

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

from digitd import failpoints
from digitd.daemon.settle import Batch, Settler
from digitd.daemon.studio import SMALL, Drawing
from digitd.ledger import Delivery, Ledger, Owed
from digitd.painter import Commission
from digitd.service.progress import Progress, Stage
from digitd.spool.inbox import work_path

_FILES = 32
"""That are settled with two commits. Their pictures take 0.1 s to draw: so long a file waits for the last of them."""


class Backlog:
    """Brings deliveries from their commit to their end.

    Parameters
    ----------
    ledger : Ledger
    drawing : Drawing
    settler : Settler
    progress : Progress, optional
        Told how long drawing and settling take.
    """

    def __init__(self, ledger: Ledger, drawing: Drawing, settler: Settler, progress: Progress | None = None) -> None:
        self._ledger = ledger
        self._drawing = drawing
        self._settler = settler
        self._progress = progress or Progress()
        self._inboxes: set[Path] = set()
        self._reached = 0
        """Up to this delivery all that are committed were taken from the ledger."""
        self._next: tuple[Batch, Sequence[Commission]] | None = None
        self._given: deque[tuple[Batch, float]] = deque()
        """What is being drawn, and since when, in monotonic seconds."""
        self._is_broken = False

    @property
    def waits_for(self) -> tuple[int, ...]:
        """Descriptors that can be read once there is something to settle."""
        return self._drawing.waits_for if self._given else ()

    @property
    def is_at_rest(self) -> bool:
        """Whether everything committed is settled, as of the last `go_on`."""
        return not self._given and self._next is None

    def begin_anew(self, inboxes: set[Path]) -> None:
        """Take up all that is committed of these inboxes, also what was begun: files of others are not touched."""
        self._drop()
        self._drawing.forget()
        self._reached = 0
        self._inboxes = inboxes
        self._is_broken = False

    def expect(self, deliveries: Iterable[Delivery]) -> None:
        """Look again from these, which have been committed: numbers are given when files are claimed, in that order."""
        self._reached = min(self._reached, *(delivery.id - 1 for delivery in deliveries))

    def go_on(self) -> bool:
        """Settle what has been drawn, and have what was committed since drawn.

        Afterwards something is being drawn, or nothing waits.

        Returns
        -------
        bool
            Whether anything was settled.

        Raises
        ------
        OutputError
            When the outbox or the ledger cannot be written. From then on only `begin_anew` leads on.
        """
        if self._is_broken:
            return False
        with self._breakable():
            has_settled = False
            while True:  # what was drawn while there was no room has made some
                is_drawn = self._settle_drawn(wait=False)
                is_given = self._give_next()
                has_settled |= is_drawn or (is_given and not self._given)
                if not (is_drawn or is_given):
                    return has_settled

    def settle_now(self, delivery: Delivery, source: Path) -> None:
        """Settle one delivery whose file lies somewhere else than the ledger says; raises as `go_on` does."""
        with self._breakable():
            self._settle_drawn(wait=True)
            if owed := self._ledger.owed(delivery):
                failpoints.reach("drawing")
                self._drawing.give([_commission(delivery, source, owed)])
                self._drawing.take(wait=True)
                failpoints.reach("drawn")
            self._settle([(delivery, source)])
        self.go_on()

    @contextmanager
    def _breakable(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._is_broken = True  # the drawing and this no longer agree on which batch comes next
            self._drop()
            raise

    def _drop(self) -> None:
        self._given.clear()
        self._next = None

    def _give_next(self) -> bool:
        """Take the next batch from the ledger and have it drawn; False where there is none, or no room for it."""
        if self._next is None and not self._look_further():
            return False
        batch, commissions = self._next or ((), ())
        pictures = sum(owed.weight for commission in commissions for owed in commission.owed)
        if pictures and not self._drawing.has_room(pictures):
            return False
        self._next = None
        if not pictures:
            self._settle(batch)
            return True
        failpoints.reach("drawing")
        self._drawing.give(commissions)
        self._given.append((batch, time.monotonic()))
        return True

    def _look_further(self) -> bool:
        """Take the next batch from the ledger, if there is one: so many files, with no more pictures than are few."""
        while found := self._ledger.committed(after=self._reached, at_most=_FILES):
            owed = self._ledger.owed_in(found[0].id, found[-1].id)
            pictures = accumulate(sum(item.weight for item in owed.get(delivery.id, ())) for delivery in found)
            found = [delivery for delivery, sum_ in zip(found, pictures, strict=True) if sum_ <= SMALL] or found[:1]
            self._reached = found[-1].id
            given = {delivery.id for batch, _ in self._given for delivery, _ in batch}
            batch = [
                (delivery, work_path(delivery.folder, delivery.id, delivery.name))
                for delivery in found
                if delivery.folder in self._inboxes and delivery.id not in given
            ]
            batch = [item for item in batch if not _is_away(*item)]
            if batch:
                self._next = (batch, [_commission(*item, owed.get(item[0].id, ())) for item in batch])
                return True
        return False

    def _settle_drawn(self, *, wait: bool) -> bool:
        """Settle the batches that are drawn; return whether there were any."""
        has_settled = False
        while self._given and self._drawing.take(wait=wait):
            failpoints.reach("drawn")
            batch, given = self._given.popleft()
            self._progress.observe(Stage.DRAW, time.monotonic() - given)
            self._settle([item for item in batch if not _is_away(*item)])
            has_settled = True
        return has_settled

    def _settle(self, batch: Batch) -> None:
        began = time.monotonic()
        self._settler.settle(batch)
        self._progress.observe(Stage.SETTLE, time.monotonic() - began)


def _is_away(delivery: Delivery, source: Path) -> bool:
    """Return whether a file went away with its inbox: then it is taken up when that is back."""
    return delivery.place is None and not os.path.lexists(source) and not os.path.lexists(source.parent)


def _commission(delivery: Delivery, source: Path, owed: Sequence[Owed]) -> Commission:
    return Commission(source=source, name=delivery.name, owed=owed)
