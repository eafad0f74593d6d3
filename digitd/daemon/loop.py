"""The loop: look at the inboxes, have what is finished delivered, wait, and sum up now and then."""

import logging
import time
from collections.abc import Sequence

from digitd.config import Limits, Settle
from digitd.daemon.deliver import Deliverer
from digitd.daemon.recover import recover
from digitd.errors import InputError
from digitd.service.stop import StopRequest
from digitd.service.throughput import Throughput
from digitd.spool.admit import Arrival
from digitd.spool.inbox import Inbox
from digitd.spool.wake import Wake
from digitd.spool.watch import Watch

logger = logging.getLogger(__name__)

_BATCH = 16
"""Files that share one commit; a stop waits for at most so many."""

_LEAST_REST_S = 0.02
_REST_SHARE = 4.0
"""Rest after a listing, at least and as a multiple of what it took: a storm of events costs a fifth of a core."""


class Daemon:
    """Serves the inboxes of one outbox until it is told to stop."""

    def __init__(
        self,
        *,
        inboxes: Sequence[Inbox],
        deliverer: Deliverer,
        settle: Settle,
        limits: Limits,
        log_every_s: float,
        wake: Wake,
        stop: StopRequest,
    ) -> None:
        self._inboxes = inboxes
        self._deliverer = deliverer
        self._rescan_s = settle.rescan_s
        self._max_attempts = limits.max_attempts
        self._throughput = Throughput(now=time.monotonic(), every_s=log_every_s)
        self._wake = wake
        self._stop = stop
        self._rest_until = 0.0

    def run(self, *, once: bool = False) -> None:
        """Serve until a signal asks to stop, or with ``once`` until every inbox is empty.

        Raises
        ------
        InputError
            With ``once``, when an inbox cannot be listed.
        OutputError
            When the outbox or the ledger cannot be written. Everything unfinished is taken up at the next start.
        """
        recover(self._deliverer, {inbox.path: inbox for inbox in self._inboxes}, max_attempts=self._max_attempts)
        with Watch([(inbox.path, inbox.rules.recursive) for inbox in self._inboxes], self._wake) as watch:
            inboxes = ", ".join(str(inbox.path) for inbox in self._inboxes)
            fields = {"inbox": inboxes, "outbox": str(self._deliverer.job.outbox)}
            logger.info("watching", extra={"fields": fields})
            while not self._stop:
                watch.check()
                if arrivals := self._arrivals():
                    self._deliver(arrivals)
                elif once and not self._backlog():
                    self._require_listed()
                    break
                else:
                    self._wait()
                self._sum_up_when_due()
        if self._stop.received is not None:
            logger.info("stopping", extra={"fields": {"signal": self._stop.received.name}})
        self._sum_up()

    def _arrivals(self) -> list[tuple[Inbox, Arrival]]:
        now = time.monotonic()
        arrivals = [(inbox, arrival) for inbox in self._inboxes for arrival in inbox.arrivals(now)]
        ended = time.monotonic()
        self._rest_until = ended + max(_LEAST_REST_S, _REST_SHARE * (ended - now))
        return arrivals

    def _require_listed(self) -> None:
        for inbox in self._inboxes:
            if not inbox.is_listed:
                raise InputError(f"cannot list the inbox {inbox.path}", hint="check that it is there and readable")

    def _deliver(self, arrivals: Sequence[tuple[Inbox, Arrival]]) -> None:
        for start in range(0, len(arrivals), _BATCH):
            if self._stop:
                return
            for sample in self._deliverer.deliver(arrivals[start : start + _BATCH]):
                self._throughput.add(sample)
            self._sum_up_when_due()

    def _wait(self) -> None:
        now = time.monotonic()
        due = [wait for inbox in self._inboxes if (wait := inbox.due_in_s(now)) is not None]
        timeout = min([self._rescan_s, self._throughput.due_in_s(now), *due])
        self._wake.wait(timeout)
        if not self._stop:
            time.sleep(max(0.0, self._rest_until - time.monotonic()))

    def _backlog(self) -> int:
        return sum(inbox.waiting for inbox in self._inboxes)

    def _sum_up_when_due(self) -> None:
        if not self._throughput.due_in_s(time.monotonic()):
            self._sum_up()

    def _sum_up(self) -> None:
        now = time.monotonic()
        oldest_s = max(inbox.oldest_s(now) for inbox in self._inboxes)
        fields = self._throughput.line(now=now, backlog=self._backlog(), oldest_s=oldest_s)
        logger.info("throughput", extra={"fields": fields})
