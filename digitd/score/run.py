"""Score files in bulk, once: the same rows and pictures as the daemon makes, and the inputs are left alone.

Rows appear in the order of the sorted names. What was scored with the same model and has not changed is skipped, so
an interrupted run is continued by running it again. What failed is tried again; only a new outcome gets a new row.

With a form, the same file scored again, because it or the template is another, replaces what it had before: in the
summary, and as the one that has a value that must be unique. Its rows stay.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from digitd.config import Config
from digitd.formcsv import FormCsvs
from digitd.job import Job, prepare_job
from digitd.ledger import Ledger
from digitd.projection import CsvProjection
from digitd.score.collect import Source, find_sources
from digitd.score.keep import keep
from digitd.score.parts import Assembly, Work
from digitd.score.pool import run_in_order
from digitd.score.summary import summarise, write_summary
from digitd.service.process import set_up_process
from digitd.service.stop import StopRequest
from digitd.spool.lock import FolderLock
from digitd.values import Form, Outcome, Status

_CHUNK = 16
"""Files that a worker is given at a time, fewer where there are few: a stop waits for two chunks of each."""

_COMMIT_EVERY_S = 0.1
"""Rows of so much time share a commit, which with the CSV costs some milliseconds; the first ones do not wait."""

_COMMIT_SHEETS_EVERY_S = 1.0
"""The same where each commit waits for the contact sheet to be written again, which takes 20 ms."""

Progress = Callable[[int], AbstractContextManager[Callable[[int, int], None]]]
"""Given how many files there are, opens a display and yields what to call with the numbers of files and pages done."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a run came to."""

    files: int = 0
    pages: int = 0
    skipped: int = 0
    passed_over: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    fields: Counter[Status] = field(default_factory=Counter)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    elapsed_s: float = 0.0
    is_interrupted: bool = False

    def add(self, outcome: Outcome) -> None:
        """Count an outcome; failures are kept as (file, with the page if it has several; reason; detail)."""
        pages = {reading.page for reading in outcome.readings}
        self.files += 1
        self.pages += len(pages)
        for reading in outcome.readings:
            self.statuses[reading.status] += 1
            if reading.field:
                self.fields[reading.status] += 1
            if reading.status is Status.FAILED:
                page = f" page {reading.page}" if len(pages) > 1 else ""
                self.failures.append((outcome.name + page, reading.reason, reading.detail))


def run_score(
    config: Config,
    inputs: Sequence[Path],
    out: Path,
    *,
    annotate: str | None,
    workers: int,
    show_progress: Progress,
    form: Path | None = None,
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
    form : Path or None
        The template of the form whose pages are read; None reads digits.

    Raises
    ------
    InputError
        When there is nothing to score.
    ModelError
        When the model cannot be used.
    ConfigError
        When the template cannot be used.
    BusyError
        When another process writes to the same folder.
    OutputError
        When the results cannot be written.
    """
    begin = partial(set_up_process, config.service.log_format, level="WARNING")
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
            form=form,
        )
        job.painter.tidy()
        ledger = stack.enter_context(Ledger.open(out / ".state"))
        sources = _without_form(found.sources, job)
        advance = stack.enter_context(show_progress(len(sources)))
        run = partial(run_in_order, job, begin=begin)
        tally = _score(sources, job, ledger, run, workers, stop, advance, began)
        tally.passed_over = found.passed_over + len(found.sources) - len(sources)
        tally.elapsed_s = time.monotonic() - began
        if job.form is not None:
            write_summary(summarise(ledger, job.form, job.model_id), out)
    return tally


def _without_form(sources: Sequence[Source], job: Job) -> list[Source]:
    """Pass over what the form is made of, where it lies among its pages: blank pages, and what a preview is called."""
    own = {path.resolve() for path in job.form_files}
    own |= {path.with_suffix(".preview.png") for path in own}
    return [source for source in sources if source.path not in own]


def _score(
    sources: Sequence[Source],
    job: Job,
    ledger: Ledger,
    run: Callable[[Iterable[Sequence[Work]], int], Iterable[list[Outcome]]],
    workers: int,
    stop: StopRequest,
    advance: Callable[[int, int], None],
    began: float,
) -> Tally:
    csvs = (CsvProjection(job.outbox / "predictions.csv", ledger), FormCsvs(job.outbox, ledger))
    _catch_up(csvs)
    reasons = ledger.settled(source.identity_for(job.reader_id) for source in sources)
    todo = [source for source in sources if reasons.get(source.identity_for(job.reader_id)) != ""]
    tally = Tally(skipped=len(sources) - len(todo))
    advance(tally.skipped, 0)
    is_form = job.form is not None
    chunk = 1 if is_form else max(1, min(_CHUNK, len(todo) // (2 * workers)))
    assembly = Assembly(todo, chunk=chunk, limits=job.limits, splits=is_form)
    every_s = _COMMIT_SHEETS_EVERY_S if job.makes_sheets else _COMMIT_EVERY_S
    for outcomes in _groups(run(assembly.chunks(workers), assembly.occupied(workers)), every_s):
        read, pages = assembly.add(outcomes)
        news = [
            (source, outcome)
            for source, outcome in read
            if outcome.reason != reasons.get(source.identity_for(job.reader_id))
        ]
        committed = dict(keep(news, job, ledger))
        if news and job.form is not None:
            began = _note_time(ledger, job.form, began)
        _catch_up(csvs)
        for source, outcome in read:
            tally.add(committed.get(source, outcome))
        advance(len(read), pages)
        if stop:
            tally.is_interrupted = tally.files < len(todo)
            break
    return tally


def _note_time(ledger: Ledger, form: Form, since: float) -> float:
    """Add the time since the last rows to that of a form, so that it is kept where rows are; return the time now."""
    now = time.monotonic()
    ledger.forms.add_elapsed(form.name, now - since)
    return now


def _catch_up(csvs: Iterable[CsvProjection | FormCsvs]) -> None:
    for csv in csvs:
        csv.catch_up()


def _groups(parts: Iterable[list[Outcome]], every_s: float) -> Iterator[list[Outcome]]:
    """Put together the outcomes of so much time, which share a commit."""
    group: list[Outcome] = []
    ends = -math.inf
    for part in parts:
        group += part
        if time.monotonic() >= ends:
            yield group
            group = []
            ends = time.monotonic() + every_s
    if group:
        yield group
