"""The loop: take what arrives in the inboxes, read it, publish the rows, and put the files where they end.

Each file is *claimed* in the ledger and moved into the work folder, *read*, *committed* with its rows, *projected* into
the CSV, and *settled* into ``done/`` or ``failed/``. A stop or a crash between any two steps is taken up at the next
start. Residual risk: an outbox that cannot be written ends the daemon (nothing is lost), it does not pause yet.
"""

import errno
import logging
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from signal import Signals

from digitd.config import Limits, Settle
from digitd.durable import move
from digitd.errors import OutputError
from digitd.job import Job, rows_of, summary
from digitd.ledger import Delivery, Ledger, Verdict
from digitd.names import printable, with_suffix
from digitd.publish import CsvProjection, write_reason
from digitd.service.throughput import Sample, Throughput
from digitd.spool.admit import Arrival
from digitd.spool.inbox import Inbox, resting_place
from digitd.spool.wake import Wake
from digitd.spool.watch import Watch
from digitd.values import Outcome, failed

logger = logging.getLogger(__name__)

_BATCH = 16
"""Files that share one commit; a stop waits for at most so many."""

_LEAST_WAIT_S = 0.02
"""Pause between two listings, so that a storm of events does not become a storm of listings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A delivery whose file is in the work folder; ``first_seen`` in monotonic seconds."""

    delivery: Delivery
    source: Path
    first_seen: float


class Daemon:
    """Serves the inboxes of one outbox until it is told to stop."""

    def __init__(
        self,
        *,
        inboxes: Sequence[Inbox],
        job: Job,
        ledger: Ledger,
        settle: Settle,
        limits: Limits,
        log_every_s: float,
        wake: Wake,
    ) -> None:
        self._inboxes = {inbox.path: inbox for inbox in inboxes}
        self._job = job
        self._ledger = ledger
        self._csv = CsvProjection(job.outbox / "predictions.csv", ledger)
        self._rescan_s = settle.rescan_s
        self._max_attempts = limits.max_attempts
        self._throughput = Throughput(now=time.monotonic(), every_s=log_every_s)
        self._wake = wake
        self._stopped_by: Signals | None = None

    def stop(self, received: Signals) -> None:
        """Ask the daemon to finish what is in hand and return; safe in a signal handler."""
        self._stopped_by = received
        self._wake.set()

    def run(self, *, once: bool = False) -> None:
        """Serve until `stop`, or with ``once`` until every inbox is empty.

        Raises
        ------
        OutputError
            When the outbox or the ledger cannot be written. Everything unfinished is taken up at the next start.
        """
        self._recover()
        with Watch([(inbox.path, inbox.rules.recursive) for inbox in self._inboxes.values()], self._wake) as watch:
            logger.info("watching", extra={"fields": {"inbox": ", ".join(map(str, self._inboxes))}})
            while self._stopped_by is None:
                watch.check()
                arrivals = self._arrivals()
                if arrivals:
                    self._serve(arrivals)
                elif once and not self._backlog():
                    break
                else:
                    self._wait()
                if not self._throughput.due_in_s(time.monotonic()):
                    self._log_throughput()
        if self._stopped_by is not None:
            logger.info("stopping", extra={"fields": {"signal": self._stopped_by.name}})
        self._log_throughput()

    def _arrivals(self) -> list[tuple[Inbox, Arrival]]:
        now = time.monotonic()
        return [(inbox, arrival) for inbox in self._inboxes.values() for arrival in inbox.arrivals(now)]

    def _serve(self, arrivals: Sequence[tuple[Inbox, Arrival]]) -> None:
        for start in range(0, len(arrivals), _BATCH):
            if self._stopped_by is not None:
                return
            self._finish(self._read_all(self._take(arrivals[start : start + _BATCH])))
            if not self._throughput.due_in_s(time.monotonic()):
                self._log_throughput()

    def _wait(self) -> None:
        now = time.monotonic()
        due = [wait for inbox in self._inboxes.values() if (wait := inbox.due_in_s(now)) is not None]
        timeout = min([self._rescan_s, self._throughput.due_in_s(now), *due])
        self._wake.wait(max(timeout, _LEAST_WAIT_S))

    def _take(self, arrivals: Sequence[tuple[Inbox, Arrival]]) -> Iterator[_Taken]:
        deliveries = self._ledger.claim(
            (inbox.path, arrival.candidate.name, arrival.candidate.stamp.identity) for inbox, arrival in arrivals
        )
        for (inbox, arrival), delivery in zip(arrivals, deliveries, strict=True):
            try:
                self._refuse_stuck(inbox, arrival)
                inbox.take(arrival, delivery.id)
            except FileNotFoundError:  # its owner took it back
                self._ledger.withdraw(delivery)
            except OSError as error:
                self._leave(inbox, arrival, delivery, error)
            else:
                source = inbox.work_path(delivery.id, delivery.name)
                yield _Taken(delivery=delivery, source=source, first_seen=arrival.first_seen)

    def _refuse_stuck(self, inbox: Inbox, arrival: Arrival) -> None:
        """Raise OSError for what could be taken but not moved on: a folder or pipe, to another file system."""
        is_elsewhere = inbox.path.stat().st_dev != self._job.outbox.stat().st_dev
        if not arrival.candidate.is_regular and is_elsewhere:
            raise OSError(errno.EXDEV, "only files can be moved to another file system")

    def _leave(self, inbox: Inbox, arrival: Arrival, delivery: Delivery, error: OSError) -> None:
        """Give a file that cannot be moved its failed row, and pass it over from now on."""
        if not os.access(inbox.path, os.W_OK | os.X_OK):
            self._ledger.withdraw(delivery)
            raise OutputError(
                f"cannot take files out of the inbox {inbox.path}: {error.strerror}",
                hint="make the inbox writable for this user",
            ) from error
        detail = f"the file cannot be moved and is left where it is: {error.strerror}"
        outcome = _failed_outcome(delivery.name, "immovable", detail)
        self._commit([(delivery, outcome)], state="left")
        self._csv.catch_up()
        inbox.leave(arrival)
        logger.warning("read", extra={"fields": summary(outcome)})

    def _read_all(self, taken: Iterator[_Taken]) -> Iterator[tuple[_Taken, Outcome]]:
        for item in taken:
            outcome = self._job.run(item.source, item.delivery.name)
            logger.info("read", extra={"fields": summary(outcome)})
            yield item, outcome

    def _finish(self, finished: Iterator[tuple[_Taken, Outcome]]) -> None:
        """Commit, project and settle a batch."""
        batch = list(finished)
        if not batch:
            return
        self._commit([(item.delivery, outcome) for item, outcome in batch])
        self._csv.catch_up()
        now = time.monotonic()
        for item, outcome in batch:
            self._settle(item.delivery, item.source, outcome.reason, outcome.detail)
            latency_s = now - item.first_seen
            self._throughput.add(
                Sample(readings=len(outcome.readings), latency_s=latency_s, is_failed=outcome.is_failed)
            )
        self._ledger.settle(item.delivery for item, _ in batch)

    def _commit(self, outcomes: Sequence[tuple[Delivery, Outcome]], *, state: str = "committed") -> None:
        moment = datetime.now(UTC)
        self._ledger.commit(
            Verdict(
                delivery=delivery,
                rows=rows_of(outcome, time=moment, model_id=self._job.model_id),
                reason=outcome.reason,
                detail=outcome.detail,
                state=state,
            )
            for delivery, outcome in outcomes
        )

    def _settle(self, delivery: Delivery, source: Path, reason: str, detail: str) -> None:
        """Move a file to where it ends; its reason is written first."""
        place = resting_place(self._job.outbox / ("failed" if reason else "done"), delivery.name, delivery.id)
        try:
            if reason:
                fields = {"file": printable(delivery.name), "reason": reason, "detail": detail}
                write_reason(place.parent, with_suffix(place.name, ".reason.json"), fields)
            move(source, place)
        except OSError as error:
            raise OutputError(
                f"cannot move {delivery.name!r} to {place.parent}: {error.strerror}",
                hint="make room or make the outbox writable; the file is kept in the inbox's .digitd folder",
            ) from error

    def _recover(self) -> None:
        """Take up what an earlier process left: complete the CSV, settle what was committed, redo what was claimed."""
        self._csv.catch_up()
        unfinished = self._ledger.unfinished()
        redo = []
        for delivery in unfinished:
            inbox = self._inboxes.get(delivery.folder)
            if inbox is None:
                logger.warning("unfinished in an inbox that is not served", extra={"fields": {"file": delivery.name}})
                continue
            source = inbox.work_path(delivery.id, delivery.name)
            is_taken = os.path.lexists(source)
            if delivery.state == "claimed" and is_taken:
                redo.append(_Taken(delivery=delivery, source=source, first_seen=time.monotonic()))
            elif delivery.state == "claimed":
                self._ledger.withdraw(delivery)
            else:
                if is_taken:
                    self._settle(delivery, source, delivery.reason, delivery.detail)
                self._ledger.settle([delivery])
        for taken in redo:
            self._finish(self._redo(taken))
        self._adopt({delivery.id for delivery in unfinished})

    def _redo(self, taken: _Taken) -> Iterator[tuple[_Taken, Outcome]]:
        """Read a file again that was in work when the process ended, unless it was the file that ended it."""
        attempts = taken.delivery.attempts
        if attempts < self._max_attempts:
            self._ledger.count_attempt(taken.delivery)
            return self._read_all(iter([taken]))
        detail = (
            f"digitd ended {attempts} times while this file was read; [limits] max_attempts is {self._max_attempts}"
        )
        return iter([(taken, _failed_outcome(taken.delivery.name, "crashed", detail))])

    def _adopt(self, known: set[int]) -> None:
        """Give files in the work folders that the ledger does not know back to their inboxes."""
        for inbox in self._inboxes.values():
            for stray in inbox.strays(known):
                place = resting_place(inbox.path, stray.name, stray.number)
                move(stray.path, place)
                logger.warning("a file of an earlier run is read again", extra={"fields": {"file": place.name}})

    def _backlog(self) -> int:
        return sum(inbox.waiting for inbox in self._inboxes.values())

    def _log_throughput(self) -> None:
        now = time.monotonic()
        oldest_s = max(inbox.oldest_s(now) for inbox in self._inboxes.values())
        fields = self._throughput.line(now=now, backlog=self._backlog(), oldest_s=oldest_s)
        logger.info("throughput", extra={"fields": fields})


def _failed_outcome(name: str, reason: str, detail: str) -> Outcome:
    return Outcome(name=name, sha256="", readings=(failed(1, reason, detail),), pictures=("",), elapsed_ms=0.0)
