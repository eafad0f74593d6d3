"""Bring files from an inbox to their rows and to the place where they end: claim, read, commit, project, settle.

Every step leaves a state that the next process can take up: see `recover`. Residual risk: an outbox that cannot be
written ends the daemon, with nothing lost; it does not pause yet.
"""

import errno
import logging
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitd.durable import move
from digitd.errors import OutputError
from digitd.job import Job, summary
from digitd.ledger import Delivery, Ledger
from digitd.names import printable
from digitd.publish import CsvProjection, commit, write_reason
from digitd.service.stop import StopRequest
from digitd.service.throughput import Sample
from digitd.spool.admit import Arrival
from digitd.spool.inbox import Inbox
from digitd.spool.rest import reason_name, resting_place
from digitd.values import Outcome, failed_outcome

logger = logging.getLogger(__name__)

_IMMOVABLE = frozenset({errno.EPERM, errno.EACCES, errno.EXDEV, errno.EBUSY})
"""What a rename says of one entry that will never move; anything else is a trouble of the file system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A delivery whose file is in the work folder; ``first_seen`` in monotonic seconds."""

    delivery: Delivery
    source: Path
    first_seen: float


class Deliverer:
    """Delivers files of any inbox to one outbox.

    Parameters
    ----------
    job : Job
    ledger : Ledger
    stop : StopRequest
        Asked before each file is taken.
    """

    def __init__(self, job: Job, ledger: Ledger, stop: StopRequest) -> None:
        self.job = job
        self.ledger = ledger
        self._stop = stop
        self._csv = CsvProjection(job.outbox / "predictions.csv", ledger)

    def deliver(self, arrivals: Sequence[tuple[Inbox, Arrival]]) -> list[Sample]:
        """Deliver a batch of arrivals with one commit.

        Raises
        ------
        OutputError
            When the outbox, the ledger or an inbox cannot be written. What was begun is taken up at the next start.
        """
        return self.finish(self.read(self._take(arrivals)))

    def read(self, taken: Iterable[Taken]) -> Iterator[tuple[Taken, Outcome]]:
        """Read files that were taken, one by one."""
        for item in taken:
            outcome = self.job.run(item.source, item.delivery.name)
            logger.info("read", extra={"fields": summary(outcome)})
            yield item, outcome

    def finish(self, outcomes: Iterable[tuple[Taken, Outcome]]) -> list[Sample]:
        """Commit, project and settle what was read."""
        batch = list(outcomes)
        if not batch:
            return []
        committed = ((item.delivery, outcome) for item, outcome in batch)
        commit(self.ledger, committed, model_id=self.job.model_id, state="committed")
        self.project()
        now = time.monotonic()
        for item, outcome in batch:
            self.settle(item.delivery, item.source, outcome.reason, outcome.detail)
        self.ledger.settle(item.delivery for item, _ in batch)
        return [
            Sample(readings=len(outcome.readings), latency_s=now - item.first_seen, is_failed=outcome.is_failed)
            for item, outcome in batch
        ]

    def project(self) -> None:
        """Bring the CSV up to date with the ledger."""
        self._csv.catch_up()

    def settle(self, delivery: Delivery, source: Path, reason: str, detail: str) -> None:
        """Move a file to ``done/``, or with a reason to ``failed/``, where the reason is written first."""
        place = resting_place(self.job.outbox / ("failed" if reason else "done"), delivery.name, delivery.id)
        try:
            if reason:
                fields = {"file": printable(delivery.name), "reason": reason, "detail": detail}
                write_reason(place.parent, reason_name(place.name, delivery.id), fields)
            move(source, place)
        except OSError as error:
            if not os.path.lexists(source):
                logger.warning("a file vanished while it was in work", extra={"fields": {"file": delivery.name}})
                return
            raise OutputError(
                f"cannot move {delivery.name!r} to {place.parent}: {error.strerror}",
                hint="make room or make the outbox writable; the file is kept in the inbox's .digitd folder",
            ) from error

    def _take(self, arrivals: Sequence[tuple[Inbox, Arrival]]) -> Iterator[Taken]:
        deliveries = self.ledger.claim(
            (inbox.path, arrival.candidate.name, arrival.candidate.identity) for inbox, arrival in arrivals
        )
        outbox_device = self._outbox_device()
        for (inbox, arrival), delivery in zip(arrivals, deliveries, strict=True):
            if self._stop:
                self.ledger.withdraw(delivery)
                continue
            try:
                if not arrival.candidate.is_regular and arrival.candidate.stamp.device != outbox_device:
                    raise OSError(errno.EXDEV, "only files can be moved to another file system")
                inbox.take(arrival, delivery.id)
            except FileNotFoundError:  # its owner took it back, or writes to it again
                self.ledger.withdraw(delivery)
            except OSError as error:
                self._leave(inbox, arrival, delivery, error)
            else:
                source = inbox.work_path(delivery.id, delivery.name)
                yield Taken(delivery=delivery, source=source, first_seen=arrival.first_seen)

    def _outbox_device(self) -> int:
        try:
            return self.job.outbox.stat().st_dev
        except OSError as error:
            raise OutputError(
                f"the outbox {self.job.outbox} is gone: {error.strerror}", hint="mount it or make it again"
            ) from error

    def _leave(self, inbox: Inbox, arrival: Arrival, delivery: Delivery, error: OSError) -> None:
        """Give a file that cannot be moved its failed row, and pass it over from now on."""
        is_for_good = error.errno in _IMMOVABLE and os.access(inbox.path, os.W_OK | os.X_OK)
        if not is_for_good:
            raise OutputError(
                f"cannot take files out of the inbox {inbox.path}: {error.strerror}",
                hint="make the inbox writable for this user, with room for a folder",
            ) from error
        detail = f"the file cannot be moved and is left where it is: {error.strerror}"
        outcome = failed_outcome(delivery.name, "immovable", detail)
        commit(self.ledger, [(delivery, outcome)], model_id=self.job.model_id, state="left")
        self.project()
        inbox.leave(arrival)
        logger.warning("read", extra={"fields": summary(outcome)})
