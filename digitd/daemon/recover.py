"""Take up what an earlier process left, however it ended.

Unfinished files are removed; the CSV is completed; what was committed goes to the backlog; what was only claimed is
read again, unless it has ended the process too often; files in work that the ledger does not know go back to their
inbox.
"""

import logging
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from digitd import failpoints
from digitd.daemon.deliver import Deliverer, Taken, make_durable
from digitd.durable import sweep
from digitd.errors import OutputError
from digitd.ledger import Delivery
from digitd.publish import sweep_pictures
from digitd.spool.inbox import Inbox, Stray, work_path
from digitd.spool.scan import stamp_of
from digitd.values import failed_outcome

logger = logging.getLogger(__name__)

_KEPT = slice(1, 4)
"""Parts of an identity that neither a rename nor a new mount changes: inode, size, time of the last write."""


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
    deliverer.backlog.begin_anew(set(inboxes))
    unfinished = deliverer.ledger.unfinished()
    _sweep(deliverer.job.outbox, unfinished)
    failpoints.reach("swept")
    deliverer.project()
    deliverer.backlog.go_on()
    taken = []
    for delivery in unfinished:
        inbox = inboxes.get(delivery.folder)
        if inbox is None:
            continue  # of an inbox that is not served, or served by another path: then its files are strays
        source = inbox.work_path(delivery.id, delivery.name)
        inbox.tidy_marker(delivery.name)
        if delivery.state == "committed":
            continue
        if os.path.lexists(source):
            now = time.monotonic()
            taken.append(Taken(delivery=delivery, source=source, first_seen=now, taken=now))
        else:
            deliverer.ledger.withdraw(delivery)  # the process ended before it moved the file
    # the process may have ended between moving them there and this
    make_durable({folder for item in taken for folder in (item.source.parent, item.delivery.folder)})
    for item in taken:
        _redo(deliverer, item, max_attempts)
    for inbox in inboxes.values():
        _adopt_strays(deliverer, inbox, {delivery.id for delivery in unfinished if delivery.folder == inbox.path})
    if any(delivery.folder not in inboxes for delivery in unfinished):
        _drop_claims_elsewhere(deliverer, inboxes)


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
    deliverer.backlog.go_on()


def _sweep(outbox: Path, unfinished: Sequence[Delivery]) -> None:
    """Remove what a killed writer left where pictures are written and where files were being moved."""
    sweep_pictures(outbox)
    folders = {(outbox / delivery.place).parent for delivery in unfinished if delivery.place is not None}
    try:
        for folder in folders:
            sweep(folder)
    except OSError as error:
        raise OutputError(f"cannot tidy {outbox}: {error.strerror}", hint="make the outbox writable") from error


def _adopt_strays(deliverer: Deliverer, inbox: Inbox, known: set[int]) -> None:
    """Bring what lies in the work folder, and is not known to be there, to its end or back to the inbox."""
    for stray in inbox.strays(known):
        delivery = _delivered(deliverer, inbox, stray)
        if delivery is not None and delivery.state != "claimed":
            deliverer.backlog.settle_now(delivery, stray.path)
            continue
        failpoints.reach("adopting")
        try:
            name = inbox.give_back(stray)
        except OSError as error:
            raise OutputError(
                f"cannot move {stray.path} back to its inbox: {error.strerror}", hint="make the inbox writable"
            ) from error
        if delivery is not None:
            deliverer.ledger.withdraw(delivery)
        logger.warning("a file of an earlier run is read again", extra={"fields": {"file": name}})


def _drop_claims_elsewhere(deliverer: Deliverer, inboxes: Mapping[Path, Inbox]) -> None:
    """Withdraw claims on files that are in no work folder: they lie in their inbox, whatever its path is now."""
    for delivery in deliverer.ledger.unfinished():
        is_elsewhere = delivery.folder not in inboxes and delivery.state == "claimed"
        if is_elsewhere and not os.path.lexists(work_path(delivery.folder, delivery.id, delivery.name)):
            deliverer.ledger.withdraw(delivery)


def _delivered(deliverer: Deliverer, inbox: Inbox, stray: Stray) -> Delivery | None:
    """Return the delivery that a stray is the file of, where its inbox went away before its end, or has another path.

    The number and the name may be those of another ledger; the file itself is known by what a rename leaves as it was.
    """
    if (found := deliverer.ledger.delivery(stray.number)) is None:
        return None
    delivery, identity = found
    try:
        status = stray.path.lstat()
    except OSError:
        return None
    is_same = stamp_of(status).identity.split(":")[_KEPT] == identity.split(":")[_KEPT]
    return delivery if is_same and inbox.work_path(delivery.id, delivery.name) == stray.path else None
