"""The loop: look at the inboxes, have what is finished delivered, wait, and tell how it is now and then.

Where the outbox, the ledger or an inbox cannot be written, the loop pauses: inputs stay where they are, it says so once
and tries again until it can. Then it takes up, as after a restart, what it had begun.
"""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain, islice, repeat

from digitd.config import Limits, Settle
from digitd.daemon.batch import BatchSize
from digitd.daemon.deliver import Deliverer
from digitd.daemon.ground import Ground
from digitd.daemon.pause import Pause, troubles
from digitd.daemon.recover import recover
from digitd.daemon.reload import Reload
from digitd.daemon.report import Reporter
from digitd.daemon.survey import Survey
from digitd.errors import BusyError, InputError, LedgerError, OutputError
from digitd.retention import Pruner
from digitd.service.snapshot import Facts, State
from digitd.service.stop import StopRequest
from digitd.spool.admit import Arrival
from digitd.spool.inbox import Inbox
from digitd.spool.wake import Wake
from digitd.spool.watch import Watch

logger = logging.getLogger(__name__)

_LAST_PICTURES_S = 5.0
"""In which pictures that are owed are drawn after a stop; the others are drawn after the next start."""

_LEAST_REST_S = 0.02
_REST_SHARE = 4.0
"""Rest after a listing, at least and as a multiple of what it took: a storm of events costs a fifth of a core."""


class Daemon:
    """Serves the inboxes of one outbox until it is told to stop, or to go on with another configuration."""

    def __init__(
        self,
        *,
        inboxes: Sequence[Inbox],
        deliverer: Deliverer,
        pruner: Pruner,
        ground: Ground,
        settle: Settle,
        limits: Limits,
        wake: Wake,
        stop: StopRequest,
        reload: Reload,
        reporter: Reporter,
    ) -> None:
        self._inboxes = inboxes
        self._deliverer = deliverer
        self._pruner = pruner
        self._ground = ground
        self._rescan_s = settle.rescan_s
        self._max_attempts = limits.max_attempts
        self._wake = wake
        self._stop = stop
        self._reload = reload
        self._reporter = reporter
        self._watch = Watch([(inbox.path, inbox.rules.recursive) for inbox in inboxes], wake)
        self._survey = Survey(inboxes, self._watch, deliverer.ledger)
        self._pause = Pause()
        self._state = State.WATCHING if reporter.is_ready else State.STARTING
        self._rest_until = 0.0
        self._batch = BatchSize()
        self._is_once = False
        self._is_unprompted = False

    def run(self, *, once: bool = False) -> None:
        """Serve until a signal asks to stop, another session is ready, or with ``once`` every inbox is empty.

        Raises
        ------
        InputError
            With ``once``, when an inbox cannot be listed.
        LedgerError
            When the ledger is damaged.
        OutputError
            With ``once``, when the outbox or the ledger cannot be written. What is unfinished waits for the next start.
        """
        self._is_once = once
        self._report(at_once=True)
        self._recover()
        with self._watch:
            inboxes = ", ".join(str(inbox.path) for inbox in self._inboxes)
            fields = {"inbox": inboxes, "outbox": str(self._deliverer.job.outbox)}
            logger.info("watching", extra={"fields": fields})
            self._state = State.WATCHING
            self._report(at_once=True)
            self._reporter.ready()
            self._serve()
        if not self._reload.has_next:
            self._end()

    def _serve(self) -> None:
        while not self._is_leaving:
            if self._watch.check():
                self._recover()  # what was in work may have gone with the old folder, or lie in the new one
            if not self._deliver():
                if self._is_at_rest():
                    if self._is_once:
                        self._require_listed()
                        break
                    self._go_on()
                self._wait()
            self._turn()
            self._tidy()

    def _tidy(self) -> None:
        """Put the CSV by when its day is over, and remove a little of what was kept long enough."""
        try:
            with troubles():
                self._ground.check()
                self._deliverer.end_day(datetime.now(UTC))
                self._pruner.go_on(time.monotonic())
        except (OutputError, BusyError) as trouble:
            self._hold(trouble)

    def _end(self) -> None:
        self._state = State.STOPPING
        self._report(at_once=True)
        if self._stop.received is not None:
            logger.info("stopping", extra={"fields": {"signal": self._stop.received.name}})
        self._finish_pictures()
        self._state = State.STOPPED
        self._reporter.stopped(self._facts)

    @property
    def _is_leaving(self) -> bool:
        return bool(self._stop) or self._reload.has_next

    def _turn(self) -> None:
        """Do between two steps what comes round: tell how it is, and read the configuration again if asked to."""
        self._report()
        if self._state is State.WATCHING:
            is_asked = self._reload.attempt()
            if is_asked and not self._reload.has_next:  # a session that follows says itself that it is ready
                self._report()
                self._reporter.ready()

    def _require_listed(self) -> None:
        for inbox in self._inboxes:
            if not inbox.is_listed:
                raise InputError(f"cannot list the inbox {inbox.path}", hint="check that it is there and readable")

    def _deliver(self) -> bool:
        """List the inboxes and deliver what is finished; return whether anything was."""
        began = time.monotonic()
        arrivals = chain.from_iterable([zip(repeat(inbox), inbox.arrivals(began)) for inbox in self._inboxes])
        if self._is_unprompted:
            self._survey.note_rescan()
            self._is_unprompted = False  # what comes while files of this listing are delivered has its events
        listing_s = 0.0
        has_found = False
        while not self._is_leaving:
            batch = list(islice(arrivals, self._batch.files))
            now = time.monotonic()
            listing_s += now - began
            if not batch:
                break
            has_found = True
            if not self._deliver_batch(batch):
                break
            began = time.monotonic()
        self._rest_until = time.monotonic() + max(_LEAST_REST_S, _REST_SHARE * listing_s)
        return has_found

    def _deliver_batch(self, batch: Sequence[tuple[Inbox, Arrival]]) -> bool:
        """Deliver some files together; return whether to go on with the next ones."""
        began = time.monotonic()
        try:
            with troubles():
                self._ground.check()
                samples = self._deliverer.deliver(batch)
        except (OutputError, BusyError) as trouble:
            self._hold(trouble)
            return False
        self._batch.note(time.monotonic() - began)
        if self._deliverer.backlog.is_at_rest:
            self._go_on()
        if not samples:  # nothing could be taken as it was listed
            self._rest(_LEAST_REST_S)
        self._reporter.add(samples)
        self._turn()
        return True

    def _settle(self) -> bool:
        """Go on with what is committed: pictures have been drawn, or can be. Return whether there was no trouble."""
        try:
            with troubles():
                self._ground.check()
                has_settled = self._deliverer.backlog.go_on()
        except (OutputError, BusyError) as trouble:
            self._hold(trouble)
            return False
        if has_settled:
            self._go_on()
        return True

    def _finish_pictures(self) -> None:
        """Draw, after a stop, what is owed, for a while."""
        backlog = self._deliverer.backlog
        ends = time.monotonic() + _LAST_PICTURES_S
        try:
            while (left := ends - time.monotonic()) > 0 and not backlog.is_at_rest:
                self._wake.wait(left, *backlog.waits_for)
                with troubles():
                    self._ground.check()
                    backlog.go_on()
        except LedgerError:
            raise
        except (OutputError, BusyError) as trouble:
            logger.warning("pictures are left to the next start: %s", trouble)

    def _recover(self) -> None:
        try:
            self._take_up()
        except (OutputError, BusyError) as trouble:
            if self._reporter.is_ready:
                self._reporter.ready()  # whoever waits for a reload is not kept waiting for the end of a pause
            self._hold(trouble)

    def _take_up(self) -> None:
        with troubles():
            self._ground.check()
            recover(self._deliverer, {inbox.path: inbox for inbox in self._inboxes}, max_attempts=self._max_attempts)

    def _hold(self, trouble: OutputError | BusyError) -> None:
        """Wait until what was begun can be taken up; raises what cannot pass by waiting.

        To take up may need less than to deliver does. So a pause is over only when a batch is delivered: see `_go_on`.
        """
        while True:
            if self._is_once or isinstance(trouble, LedgerError):
                raise trouble
            self._pause.begin(trouble)
            self._report(at_once=True)
            self._rest(self._pause.retry_s())
            if self._is_leaving:
                return
            try:
                self._take_up()
            except (OutputError, BusyError) as again:
                trouble = again
            else:
                return

    def _go_on(self) -> None:
        """Say that a pause is over, if there was one."""
        if self._pause.end():
            self._report(at_once=True)

    def _rest(self, seconds: float) -> None:
        """Wait for some time, or until asked to leave; what happens in the inboxes meanwhile is found out later."""
        ends = time.monotonic() + seconds
        while not self._is_leaving and (left := ends - time.monotonic()) > 0:
            self._turn()
            left = min(left, self._reporter.due_in_s(time.monotonic()))
            if self._wake.wait(left):
                self._is_unprompted = False
            if not self._is_leaving:
                time.sleep(min(left, _LEAST_REST_S))  # the wake may have been another file

    def _wait(self) -> None:
        now = time.monotonic()
        due = [wait for inbox in self._inboxes if (wait := inbox.due_in_s(now)) is not None]
        ends = now + min([self._rescan_s, self._watch.listing_s, self._pruner.due_in_s(now), *due])
        # a file that is due ends the wait too, and events of others come half a second late after files were moved out
        self._is_unprompted = self._watch.mode == "events" and not due
        while not self._is_leaving:
            left = min(ends - time.monotonic(), self._reporter.due_in_s(time.monotonic()))
            if self._wake.wait(left, *self._deliverer.backlog.waits_for):
                self._is_unprompted = False
                break
            self._turn()
            if (
                self._is_leaving
                or time.monotonic() >= ends
                or not self._settle()
                or (self._is_once and self._is_at_rest())
            ):
                break
        self._rest(self._rest_until - time.monotonic())

    def _is_at_rest(self) -> bool:
        """Return whether nothing waits, or only for markers."""
        now = time.monotonic()
        return self._deliverer.backlog.is_at_rest and all(inbox.due_in_s(now) is None for inbox in self._inboxes)

    def _report(self, *, at_once: bool = False) -> None:
        self._reporter.report(self._facts, at_once=at_once)
        self._reporter.beat()

    def _facts(self) -> Facts:
        return self._survey.facts(self._state, self._pause)
