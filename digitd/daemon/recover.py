"""Take up what an earlier process left, however it ended.

Unfinished files are removed; the CSV is completed; what was committed is settled; what was only claimed is read again,
unless it has ended the process too often; files in work that the ledger does not know go back to their inbox.
"""

import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path

from digitd import failpoints
from digitd.daemon.deliver import Deliverer, Taken
from digitd.durable import move, sweep
from digitd.errors import OutputError
from digitd.ledger import Delivery
from digitd.spool.inbox import Inbox, Stray
from digitd.spool.rest import resting_place
from digitd.spool.scan import stamp_of
from digitd.values import failed_outcome

logger = logging.getLogger(__name__)

_KEPT = 4
"""Parts of an identity that a rename does not change: device, inode, size, time of the last write."""


def recover(deliverer: Deliverer, inboxes: Mapping[Path, Inbox], *, max_attempts: int) -> None:
    """Bring ledger, CSV, work folders and outbox to agree again.

    Parameters
    ----------
    deliverer : Deliverer
    inboxes : mapping of Path to Inbox
        Those that are served, by their folders.
    max_attempts : int
        How often a file may have been in work when the process ended.

    Raises
    ------
    OutputError
        When the outbox or the ledger cannot be written.
    """
    failpoints.reach("recovering")
    _sweep(deliverer.job.outbox)
    failpoints.reach("swept")
    deliverer.project()
    unfinished = deliverer.ledger.unfinished()
    taken = []
    for delivery in unfinished:
        inbox = inboxes.get(delivery.folder)
        if inbox is None:
            logger.warning("unfinished in an inbox that is not served", extra={"fields": {"file": delivery.name}})
            continue
        source = inbox.work_path(delivery.id, delivery.name)
        inbox.tidy_marker(delivery.name)
        if delivery.state == "committed":
            deliverer.ledger.count_attempt(delivery)
            deliverer.settle_again(delivery, source, shows_pages=delivery.attempts < max_attempts)
        elif os.path.lexists(source):
            taken.append(Taken(delivery=delivery, source=source, first_seen=time.monotonic()))
        else:
            deliverer.ledger.withdraw(delivery)  # the process ended before it moved the file
    for item in taken:
        _redo(deliverer, item, max_attempts)
    _adopt_strays(deliverer, inboxes, {delivery.id for delivery in unfinished})


def _redo(deliverer: Deliverer, taken: Taken, max_attempts: int) -> None:
    """Read a file again that was in work, alone, so that the one that ends the process is found."""
    attempts = taken.delivery.attempts
    if attempts < max_attempts:
        deliverer.ledger.count_attempt(taken.delivery)
        failpoints.reach("redoing")
        deliverer.work([taken.delivery], [taken])
        return
    detail = f"digitd ended {attempts} times while this file was in work; [limits] max_attempts is {max_attempts}"
    outcome = failed_outcome(taken.delivery.name, "crashed", detail)
    deliverer.finish([(taken, outcome)])


def _sweep(outbox: Path) -> None:
    try:
        for folder in ("annotated", "review", "done", "failed"):
            sweep(outbox / folder)
    except OSError as error:
        raise OutputError(f"cannot tidy {outbox}: {error.strerror}", hint="make the outbox writable") from error


def _adopt_strays(deliverer: Deliverer, inboxes: Mapping[Path, Inbox], known: set[int]) -> None:
    for inbox in inboxes.values():
        for stray in inbox.strays(known):
            if delivery := _delivered(deliverer, inbox, stray):
                deliverer.settle_again(delivery, stray.path, shows_pages=True)
                continue
            place = resting_place(inbox.path, stray.name, stray.number)
            failpoints.reach("adopting")
            try:
                move(stray.path, place)
            except OSError as error:
                raise OutputError(
                    f"cannot move {stray.path} back to its inbox: {error.strerror}", hint="make the inbox writable"
                ) from error
            logger.warning("a file of an earlier run is read again", extra={"fields": {"file": place.name}})


def _delivered(deliverer: Deliverer, inbox: Inbox, stray: Stray) -> Delivery | None:
    """Return the delivery that a stray is the file of, where it has its rows and its inbox went away before its end.

    The number and the name may be those of another ledger; the file itself is known by what a rename leaves as it was.
    """
    if (found := deliverer.ledger.settled_delivery(stray.number)) is None:
        return None
    delivery, identity = found
    kept = identity.split(":")[:_KEPT]
    is_same = stamp_of(stray.path.lstat()).identity.split(":")[: len(kept)] == kept
    return delivery if is_same and inbox.work_path(delivery.id, delivery.name) == stray.path else None
