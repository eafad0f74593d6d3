"""Tell how a daemon is: in the status file, in metrics, to the service manager, in its history, in a line now and then.

It outlives a reload, so that what was counted stays counted.
"""

import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from digitd.daemon.chronicle import Chronicle
from digitd.service.exporter import Exporter
from digitd.service.notify import Notifier
from digitd.service.progress import Progress, Stage
from digitd.service.snapshot import Facts, Identity, Snapshot, State
from digitd.service.status import StatusFile
from digitd.service.stop import StopRequest
from digitd.service.throughput import Sample, Throughput

logger = logging.getLogger(__name__)

_NEWS_EVERY_S, _REPORT_EVERY_S = 1.0, 5.0
"""Where files were finished, and where nothing happens: a fraction of the time after which it would seem hung."""
_WATCHDOG_SHARE = 1 / 3
"""Of its time, after which there is something to tell at the latest."""


class Reporter(Progress):
    """Collects what there is to tell, and tells it when it is time to.

    Parameters
    ----------
    identity : Identity
    throughput : Throughput
    status : StatusFile
    exporter : Exporter
    chronicle : Chronicle
    notifier : Notifier
    stop : StopRequest
    """

    def __init__(
        self,
        identity: Identity,
        *,
        throughput: Throughput,
        status: StatusFile,
        exporter: Exporter,
        chronicle: Chronicle,
        notifier: Notifier,
        stop: StopRequest,
    ) -> None:
        self._identity = identity
        self._throughput = throughput
        self._status = status
        self._exporter = exporter
        self._chronicle = chronicle
        self._notifier = notifier
        self._stop = stop
        self._report_every_s = min(_REPORT_EVERY_S, _WATCHDOG_SHARE * (notifier.watchdog_s or math.inf))
        self._facts = Facts(state=State.STARTING)
        self._overflows = self._rescan_finds = 0
        """Of the sessions before this one."""
        self._reported_at = float("-inf")
        self._has_news = self._is_stopping = False
        self.is_ready = False
        """Whether the start is over."""

    def begin(self, model: str, *, log_every_s: float) -> None:
        """Go on with another session, which reads with this model."""
        self._identity = replace(self._identity, model=model)
        self._throughput.every_s = log_every_s
        self._overflows, self._rescan_finds = self._facts.overflows, self._facts.rescan_finds

    def reloaded(self, error: str) -> None:
        """Note that the configuration was read again, or why that failed."""
        reloaded = self._identity.reloaded if error else time.time()
        self._identity = replace(self._identity, reloaded=reloaded, reload_error=error)
        self._reported_at = -math.inf

    def add(self, samples: Iterable[Sample]) -> None:
        """Count finished files."""
        now = time.monotonic()
        for sample in samples:
            self._throughput.add(sample, now)
            self._exporter.add(sample)
            self._chronicle.add(sample)
            self._has_news = True

    def observe(self, stage: Stage, seconds: float) -> None:
        """Count what a stage of a batch took."""
        self._exporter.observe(stage, seconds)

    def beat(self) -> None:
        """Note that the work goes on; cheap enough to be called for each page.

        Only here is the service manager's watchdog kept quiet, and only while a new start would mend nothing.
        """
        self._status.beat()
        self._exporter.beat()
        if self._stop and not self._is_stopping:
            self._is_stopping = True
            self._notifier.stopping()
        if (self._is_stopping or self._facts.state is State.STARTING) and not self._facts.trouble:
            self._notifier.extend_timeout()
        if self._facts.is_well:
            self._notifier.alive()

    def report(self, facts_of: Callable[[], Facts], *, at_once: bool = False) -> None:
        """Tell how it is, if it is time to, or at once after a change."""
        self._chronicle.go_on()
        now = time.monotonic()
        is_summed_up = not self._throughput.due_in_s(now)
        if not (at_once or is_summed_up or now >= self._due()):
            return
        self._reported_at, self._has_news = now, False
        facts = facts_of()
        self._facts = replace(
            facts,
            overflows=self._overflows + facts.overflows,
            rescan_finds=self._rescan_finds + facts.rescan_finds,
        )
        snapshot = Snapshot(identity=self._identity, facts=self._facts, totals=self._throughput.totals(now))
        self._status.show(snapshot)
        self._exporter.show(snapshot)
        self._chronicle.note(backlog=facts.backlog, oldest_s=facts.oldest_s)
        self._notifier.status(snapshot.line)
        if is_summed_up:
            self._sum_up()

    def due_in_s(self, now: float) -> float:
        """Return in how many seconds there will be something to tell."""
        return min(self._throughput.due_in_s(now), max(0.0, self._due() - now))

    def ready(self) -> None:
        """Tell that the start, or a reload, is over."""
        self.is_ready = True
        self._notifier.ready()

    def stopped(self, facts_of: Callable[[], Facts]) -> None:
        """Tell that it has come to its end, with a last throughput line."""
        self.report(facts_of, at_once=True)
        self._sum_up()

    def _due(self) -> float:
        return self._reported_at + (
            min(_NEWS_EVERY_S, self._report_every_s) if self._has_news else self._report_every_s
        )

    def _sum_up(self) -> None:
        facts = self._facts
        fields = self._throughput.line(now=time.monotonic(), backlog=facts.backlog, oldest_s=facts.oldest_s)
        logger.info("throughput", extra={"fields": fields})
