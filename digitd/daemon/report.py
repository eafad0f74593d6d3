"""Tell how a daemon is: in the status file, in metrics, to the service manager, and in a throughput line now and then.

It outlives a reload, so that what was counted stays counted.
"""

import logging
import time
from collections.abc import Callable, Iterable

from digitd.service.notify import Notifier
from digitd.service.progress import Progress
from digitd.service.scrape import Scrape
from digitd.service.snapshot import Facts, Identity, Snapshot, State
from digitd.service.status import StatusFile
from digitd.service.throughput import Sample, Throughput

logger = logging.getLogger(__name__)

_NEWS_EVERY_S, _REPORT_EVERY_S = 1.0, 5.0
"""Where files were finished, and where nothing happens: a fraction of the time after which it would seem hung."""


class Reporter(Progress):
    """Collects what there is to tell, and tells it when it is time to.

    Parameters
    ----------
    identity : Identity
    throughput : Throughput
    status : StatusFile
    scrape : Scrape
    notifier : Notifier
    """

    def __init__(
        self,
        identity: Identity,
        *,
        throughput: Throughput,
        status: StatusFile,
        scrape: Scrape,
        notifier: Notifier,
    ) -> None:
        self.identity = identity
        self.throughput = throughput
        self._status = status
        self._scrape = scrape
        self._notifier = notifier
        self._facts = Facts(state=State.STARTING)
        self._reported_at = float("-inf")
        self._has_news = False
        self.is_ready = False
        """Whether the start is over."""

    def add(self, samples: Iterable[Sample]) -> None:
        """Count finished files."""
        now = time.monotonic()
        for sample in samples:
            self.throughput.add(sample, now)
            self._scrape.add(sample)
            self._has_news = True

    def observe(self, stage: str, seconds: float) -> None:
        """Count what a stage of a batch took."""
        self._scrape.observe(stage, seconds)

    def beat(self) -> None:
        """Note that the work goes on; cheap enough to be called for each page.

        Only here is the service manager's watchdog kept quiet, and only while inboxes, watch and ledger are well.
        """
        self._status.beat()
        if self._facts.state in {State.STARTING, State.STOPPING} and not self._facts.trouble:
            self._notifier.ask_for_time()
        if self._facts.is_well:
            self._notifier.alive()

    def report(self, facts: Callable[[], Facts], *, at_once: bool = False) -> None:
        """Tell how it is, if it is time to, or at once after a change."""
        now = time.monotonic()
        if at_once or now >= self._due():
            self._reported_at, self._has_news = now, False
            self._facts = facts()
            snapshot = Snapshot(identity=self.identity, facts=self._facts, totals=self.throughput.totals(now))
            self._status.show(snapshot)
            self._scrape.show(snapshot)
            self._notifier.status(snapshot.line)
        if not self.throughput.due_in_s(now):
            self._sum_up(facts())

    def due_in_s(self, now: float) -> float:
        """Return in how many seconds there will be something to tell."""
        return min(self.throughput.due_in_s(now), max(0.0, self._due() - now))

    def ready(self) -> None:
        """Tell, once, that the start is over."""
        if not self.is_ready:
            self.is_ready = True
            self._notifier.ready()

    def stopping(self) -> None:
        """Tell that it is coming to its end."""
        self._notifier.stopping()

    def stopped(self, facts: Callable[[], Facts]) -> None:
        """Tell that it has come to its end, with a last throughput line."""
        self.report(facts, at_once=True)
        self._sum_up(facts())

    def _due(self) -> float:
        return self._reported_at + (_NEWS_EVERY_S if self._has_news else _REPORT_EVERY_S)

    def _sum_up(self, facts: Facts) -> None:
        fields = self.throughput.line(now=time.monotonic(), backlog=facts.backlog, oldest_s=facts.oldest_s)
        logger.info("throughput", extra={"fields": fields})
