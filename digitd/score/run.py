"""Score files in bulk, once: the same rows and pictures as the daemon makes, and the inputs are left alone.

Rows appear in the order of the sorted names. What was scored with the same model and has not changed is skipped, so
an interrupted run is continued by running it again. What failed is tried again; only a new outcome gets a new row.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from digitd.config import Config
from digitd.job import Job, prepare_job
from digitd.ledger import Ledger
from digitd.projection import CsvProjection
from digitd.publish import commit
from digitd.score.collect import Source, find_sources
from digitd.score.pool import Work, run_in_order
from digitd.service.logs import configure_logging
from digitd.service.stop import StopRequest
from digitd.spool.lock import FolderLock
from digitd.values import Outcome, Status

_CHUNK = 16
"""Files that share one commit: one costs a millisecond, reading a file about as much."""

Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Given how many files there are, opens a display and yields what to call with the number just done."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a run came to."""

    files: int = 0
    skipped: int = 0
    passed_over: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    elapsed_s: float = 0.0
    is_interrupted: bool = False

    def add(self, outcome: Outcome) -> None:
        """Count an outcome; failures are kept as (file, reason, detail)."""
        self.files += 1
        for reading in outcome.readings:
            self.statuses[reading.status] += 1
            if reading.status is Status.FAILED:
                self.failures.append((outcome.name, reading.reason, reading.detail))


def run_score(
    config: Config, inputs: Sequence[Path], out: Path, *, annotate: str | None, workers: int, show_progress: Progress
) -> Tally:
    """Score files into a folder until all are done or a signal comes.

    Parameters
    ----------
    config : Config
        Gives the model, the limits and what is accepted; its inboxes and outbox are not used.
    inputs : sequence of Path
        Folders and files.
    out : Path
        Where the results go, and the ledger that makes a second run go on.
    annotate : str or None
        Instead of the configured one.
    workers : int
        Processes to use.
    show_progress : callable

    Raises
    ------
    InputError
        When there is nothing to score.
    ModelError
        When the model cannot be used.
    BusyError
        When another process writes to the same folder.
    OutputError
        When the results cannot be written.
    """
    begin = partial(configure_logging, config.service.log_format, level="WARNING")
    begin()
    found = find_sources(inputs, out, ignore=config.inboxes[0].ignore)
    began = time.monotonic()
    with ExitStack() as stack:
        stop = StopRequest()
        stack.enter_context(stop.listening())
        stack.enter_context(FolderLock(out, f"the folder {out}"))
        job = prepare_job(
            model_path=config.model_path,
            review=config.review,
            limits=config.limits,
            annotate=annotate or config.outbox.annotate,
            outbox=out,
        )
        ledger = stack.enter_context(Ledger.open(out / ".state"))
        advance = stack.enter_context(show_progress(len(found.sources)))
        run = partial(run_in_order, job, begin=begin)
        tally = _score(found.sources, job, ledger, run, workers, stop, advance)
    tally.passed_over = found.passed_over
    tally.elapsed_s = time.monotonic() - began
    return tally


def _score(
    sources: Sequence[Source],
    job: Job,
    ledger: Ledger,
    run: Callable[[Iterable[Sequence[Work]], int], Iterable[list[Outcome]]],
    workers: int,
    stop: StopRequest,
    advance: Callable[[int], None],
) -> Tally:
    csv = CsvProjection(job.outbox / "predictions.csv", ledger)
    csv.catch_up()
    reasons = ledger.settled(source.identity_for(job.model_id) for source in sources)
    todo = [source for source in sources if reasons.get(source.identity_for(job.model_id)) != ""]
    tally = Tally(skipped=len(sources) - len(todo))
    advance(tally.skipped)
    chunks = [todo[start : start + _CHUNK] for start in range(0, len(todo), _CHUNK)]
    work = ([(source.path, source.name) for source in chunk] for chunk in chunks)
    for chunk, outcomes in zip(chunks, run(work, min(workers, len(chunks))), strict=False):
        read = zip(chunk, outcomes, strict=True)
        news = [
            (source, outcome)
            for source, outcome in read
            if outcome.reason != reasons.get(source.identity_for(job.model_id))
        ]
        _commit(news, job, ledger)
        csv.catch_up()
        for outcome in outcomes:
            tally.add(outcome)
        advance(len(chunk))
        if stop:
            tally.is_interrupted = tally.files + tally.skipped < len(sources)
            break
    return tally


def _commit(news: Sequence[tuple[Source, Outcome]], job: Job, ledger: Ledger) -> None:
    deliveries = ledger.claim(
        (source.path.parent, source.name, source.identity_for(job.model_id)) for source, _ in news
    )
    committed = zip(deliveries, (outcome for _, outcome in news), strict=True)
    commit(ledger, committed, model_id=job.model_id, state="settled")
