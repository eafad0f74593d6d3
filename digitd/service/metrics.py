"""The metrics of a daemon, counted as the work goes on: what Prometheus is given.

Their names are for people's dashboards and alerts to rely on; docs/service.md lists them. prometheus_client keeps and
formats them; it is imported only where metrics are configured.
"""

from typing import TYPE_CHECKING

from digitd.names import printable
from digitd.service.progress import Stage
from digitd.service.snapshot import Snapshot, State
from digitd.service.throughput import Sample
from digitd.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Thread
    from wsgiref.simple_server import WSGIServer

    from prometheus_client import CollectorRegistry, Metric

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Bounds of the histograms: from one digit of 28 pixels to a document of hundreds of pages."""

_PATIENCE_S = 5.0
"""With a client that does not finish its request: each has a thread and a descriptor."""


class _Named:
    """Adds a name to everything that is collected, so that several daemons can be told apart on one machine."""

    def __init__(self, registry: "CollectorRegistry", service: str) -> None:
        self._registry = registry
        self._service = service

    def collect(self) -> "Iterator[Metric]":
        for family in self._registry.collect():
            family.samples = [
                sample._replace(labels={"service": self._service, **sample.labels}) for sample in family.samples
            ]
            yield family


class Metrics:
    """The metrics of one daemon.

    Parameters
    ----------
    service : str
        Label of all of them.
    """

    def __init__(self, service: str) -> None:
        from prometheus_client import (
            CollectorRegistry,
            Counter,
            Gauge,
            Histogram,
            ProcessCollector,
            disable_created_metrics,
        )

        disable_created_metrics()  # type: ignore[no-untyped-call] # of a second series for each, of when it began
        self._registry = CollectorRegistry()
        self._named = CollectorRegistry()
        self._named.register(_Named(self._registry, service))
        self._shown: Snapshot | None = None
        ProcessCollector(namespace="digitd", registry=self._registry)  # the node exporter has its own

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"digitd_{name}", text, labels, registry=self._registry)

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"digitd_{name}", text, labels, registry=self._registry)

        self._files = counter("files", "Files that were finished, by whether any page could be read.", "result")
        self._readings = counter("readings", "Rows that were written, by their status.", "status")
        self._overflows = counter("watch_overflows", "Overflows of the kernel's queue of events.")
        self._rescan_finds = counter("rescan_finds", "Files that no event had told of.")
        self._rows = gauge("rows", "Sequence number of the last row.")
        self._backlog = gauge("backlog_files", "Files that wait, by inbox.", "inbox")
        self._oldest = gauge("oldest_waiting_seconds", "For how long the oldest waiting file has, by inbox.", "inbox")
        self._listed = gauge("inbox_listed", "1 while the inbox can be listed.", "inbox")
        self._events = gauge("watch_events", "1 while file system events arrive, 0 while inboxes are listed instead.")
        self._owed = gauge("pictures_owed", "Pictures that are not drawn yet.")
        self._last_success = gauge("last_success_timestamp_seconds", "When a file was last read that did not fail.")
        self._alive = gauge("alive_timestamp_seconds", "When the daemon last told how it is.")
        self._state = gauge("state", "1 for what the daemon is doing.", "state")
        self._reload_failed = gauge("reload_failed", "1 after a reload that failed, until one does not.")
        self._build = gauge("build_info", "1; which digitd this is.", "version")
        self._model = gauge("model_info", "1; which model reads.", "model")
        self._stages = Histogram(
            "digitd_stage_seconds",
            "Seconds by stage: wait and read of a file; commit, project, draw and settle of a batch.",
            ("stage",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._latency = Histogram(
            "digitd_latency_seconds",
            "From when a file was first seen to when its rows were in the CSV.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        for result in ("read", "failed"):
            self._files.labels(result)
        for status in Status:
            self._readings.labels(status.value)
        for stage in Stage:
            self._stages.labels(stage.value)

    def text(self) -> bytes:
        """Return all of them in Prometheus's text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._named)

    def listen(self, address: str, port: int) -> tuple["WSGIServer", "Thread"]:
        """Answer on a port, in threads; raises OSError where it cannot be had."""
        from prometheus_client import start_http_server

        server, thread = start_http_server(port, address, registry=self._named)
        patient = server.RequestHandlerClass
        server.RequestHandlerClass = type("Impatient", (patient,), {"timeout": _PATIENCE_S})  # type: ignore[arg-type]
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # it prints what a client did wrong
        return server, thread

    def add(self, sample: Sample) -> None:
        """Count a finished file."""
        self._files.labels("failed" if sample.is_failed else "read").inc()
        for status in sample.statuses:
            self._readings.labels(status.value).inc()
        self._latency.observe(sample.latency_s)
        self._stages.labels(Stage.WAIT.value).observe(sample.waited_s)
        self._stages.labels(Stage.READ.value).observe(sample.read_s)

    def observe(self, stage: Stage, seconds: float) -> None:
        """Count what a stage of a batch took."""
        self._stages.labels(stage.value).observe(seconds)

    def beat(self) -> None:
        """Note that the daemon lives."""
        self._alive.set_to_current_time()

    def show(self, snapshot: Snapshot) -> None:
        """Take over what is so at this moment."""
        facts, totals, identity = snapshot.facts, snapshot.totals, snapshot.identity
        if self._shown is not None:
            self._forget(self._shown, snapshot)
        for inbox in facts.inboxes:
            path = printable(inbox.path)
            self._backlog.labels(path).set(inbox.waiting)
            self._oldest.labels(path).set(inbox.oldest_s)
            self._listed.labels(path).set(inbox.is_listed)
        for state in State:
            self._state.labels(state.value).set(state is facts.state)
        overflows, rescan_finds = (
            (self._shown.facts.overflows, self._shown.facts.rescan_finds) if self._shown else (0, 0)
        )
        self._overflows.inc(max(0, facts.overflows - overflows))  # a reload counts from 0 again
        self._rescan_finds.inc(max(0, facts.rescan_finds - rescan_finds))
        self._rows.set(facts.rows)
        self._events.set(facts.watch_mode == "events")
        self._owed.set(facts.pictures_owed)
        self._last_success.set(totals.last_success or 0)
        self._reload_failed.set(bool(identity.reload_error))
        self._build.labels(identity.version).set(1)
        self._model.labels(identity.model).set(1)
        self._shown = snapshot

    def _forget(self, before: Snapshot, now: Snapshot) -> None:
        """Remove what has another label since a reload; the rest stays, since it may be read at any moment."""
        gone = {inbox.path for inbox in before.facts.inboxes} - {inbox.path for inbox in now.facts.inboxes}
        for path in gone:
            for labelled in (self._backlog, self._oldest, self._listed):
                labelled.remove(printable(path))
        if before.identity.model != now.identity.model:
            self._model.remove(before.identity.model)
