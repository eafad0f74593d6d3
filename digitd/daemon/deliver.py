"""Bring files from an inbox to their rows and to the place where they end: claim, read, commit, project, settle.

Every step leaves a state that the next process can take up: see `recover`. The same holds for a step that fails because
the outbox or the ledger cannot be written: everything begun stays in the ledger until that works again.
"""

import errno
import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

from digitd import failpoints
from digitd.daemon.backlog import Backlog
from digitd.daemon.settle import Settler
from digitd.daemon.studio import Drawing, Easel
from digitd.durable import sync_folders
from digitd.errors import OutputError
from digitd.formcsv import FormCsvs
from digitd.job import Job
from digitd.ledger import Delivery, Ledger
from digitd.logline import summary
from digitd.projection import CsvProjection
from digitd.publish import commit, owner_of
from digitd.service.progress import Progress, Stage
from digitd.service.stop import StopRequest
from digitd.service.throughput import Sample
from digitd.spool.admit import Arrival
from digitd.spool.inbox import WORK_FOLDER, Inbox
from digitd.unique import Rivals
from digitd.values import Outcome, failed_outcome

logger = logging.getLogger(__name__)

_IMMOVABLE = frozenset({errno.EPERM, errno.EACCES, errno.EXDEV, errno.EBUSY})
"""What a rename says of one entry that will never move; anything else is a trouble of the file system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A delivery whose file is in the work folder; when it was first seen and when taken, in monotonic seconds."""

    delivery: Delivery
    source: Path
    first_seen: float
    taken: float


class Deliverer:
    """Delivers files of any inbox to one outbox.

    Parameters
    ----------
    job : Job
        For all but those inboxes that have one of their own.
    ledger : Ledger
    stop : StopRequest
        Asked before each file is taken.
    drawing : Drawing, optional
        Where pictures are drawn; by default in this process.
    progress : Progress, optional
        Told of each page that is read, and how long the stages take.
    rotates_daily : bool
        Put predictions.csv by when a day is over.
    jobs : mapping of Path to Job
        Of inboxes by their folders, for the same outbox.
    """

    def __init__(
        self,
        job: Job,
        ledger: Ledger,
        stop: StopRequest,
        drawing: Drawing | None = None,
        progress: Progress | None = None,
        *,
        rotates_daily: bool = False,
        jobs: Mapping[Path, Job] = MappingProxyType({}),
    ) -> None:
        self.job = job
        self._jobs = jobs
        self.ledger = ledger
        self._stop = stop
        self._progress = progress or Progress()
        self._csv = CsvProjection(job.outbox / "predictions.csv", ledger, rotates_daily=rotates_daily)
        self._form_csvs = FormCsvs(job.outbox, ledger)
        self._settler = Settler(job.outbox, ledger, self._progress)
        self.backlog = Backlog(ledger, drawing or Easel(job.painter), self._settler, self._progress)

    def deliver(self, arrivals: Sequence[tuple[Inbox, Arrival]]) -> list[Sample]:
        """Deliver a batch of arrivals with one commit.

        Raises
        ------
        LedgerError
            When the ledger is damaged.
        OutputError
            When the outbox, the ledger or an inbox cannot be written. What was begun is for `recover` to take up.
        """
        failpoints.reach("claiming")
        deliveries = self.ledger.claim(
            (inbox.path, arrival.candidate.name, arrival.candidate.identity) for inbox, arrival in arrivals
        )
        failpoints.reach("claimed")
        return self.work(deliveries, self._take(arrivals, deliveries))

    def work(self, deliveries: Sequence[Delivery], taken: Iterable[Taken]) -> list[Sample]:
        """Read and finish files whose attempt is counted; where digitd cannot write, the attempt does not count."""
        with self._attempt(deliveries):
            samples = self.finish(self._read(taken))
        self.backlog.go_on()
        return samples

    def finish(self, outcomes: Iterable[tuple[Taken, Outcome]]) -> list[Sample]:
        """Commit and project what was read; the backlog brings it to its end."""
        batch = list(outcomes)
        if not batch:
            return []
        began = time.monotonic()
        groups = groupby(batch, key=lambda entry: id(self._job_for(entry[0].delivery)))  # arrays cannot be compared
        batch = [entry for _, group in groups for entry in self._commit(list(group))]
        failpoints.reach("committed")
        self._progress.observe(Stage.COMMIT, time.monotonic() - began)
        self.backlog.expect(item.delivery for item, _ in batch)
        began = time.monotonic()
        self.project()
        now, at = time.monotonic(), time.time()
        self._progress.observe(Stage.PROJECT, now - began)
        return [
            Sample(
                statuses=tuple(reading.status for reading in outcome.readings),
                latency_s=now - item.first_seen,
                waited_s=item.taken - item.first_seen,
                read_s=outcome.elapsed_ms / 1000,
                at=at,
                is_failed=outcome.is_failed,
            )
            for item, outcome in batch
        ]

    def _commit(self, batch: Sequence[tuple[Taken, Outcome]]) -> Sequence[tuple[Taken, Outcome]]:
        """Commit what was read by one and the same job; return it as it was committed."""
        job = self._job_for(batch[0][0].delivery)
        if job.form is not None:
            rivals = Rivals(self.ledger, job.form, job.annotate)
            batch = [(item, rivals.judge(outcome, owner_of(item.delivery, {}))) for item, outcome in batch]
        commit(
            self.ledger,
            ((item.delivery, outcome) for item, outcome in batch),
            model_id=job.model_id,
            state="committed",
            owes_pictures=True,
            sheets=job.makes_sheets,
            form=job.form,
        )
        return batch

    def _job_for(self, delivery: Delivery) -> Job:
        return self._jobs.get(delivery.folder, self.job)

    def project(self) -> None:
        """Bring the CSVs up to date with the ledger."""
        self._csv.catch_up()
        self._form_csvs.catch_up()

    def end_day(self, now: datetime) -> None:
        """Put the CSV by where the day of its last row is over, also without a new row; costs nothing until then."""
        self._csv.end_day(now)

    @contextmanager
    def _attempt(self, deliveries: Sequence[Delivery]) -> Iterator[None]:
        try:
            yield
        except OutputError:
            with suppress(OutputError):  # then it counts, which a few times is no harm
                self.ledger.take_back_attempts(deliveries)
            raise

    def _read(self, taken: Iterable[Taken]) -> Iterator[tuple[Taken, Outcome]]:
        """Read files that were taken, one by one."""
        for item in taken:
            failpoints.reach("reading")
            job = self._job_for(item.delivery)
            outcome = job.read(item.source, item.delivery.name, self._progress.beat)
            failpoints.reach("read")
            if not os.path.lexists(item.source) and not os.path.lexists(item.source.parent):
                continue  # its inbox was moved away with it, and is adopted wherever it is served again
            logger.info("read", extra={"fields": summary(outcome)})
            yield item, outcome

    def _take(self, arrivals: Sequence[tuple[Inbox, Arrival]], deliveries: Sequence[Delivery]) -> Iterator[Taken]:
        """Move files into their work folders one by one; that is durable when the last of them was asked for."""
        changed: set[Path] = set()
        for (inbox, arrival), delivery in zip(arrivals, deliveries, strict=True):
            if self._stop:
                self.ledger.withdraw(delivery)
                continue
            try:
                if not self._can_end(inbox, arrival):
                    raise OSError(errno.EXDEV, "it could not be moved on to the file system of the outbox")
                failpoints.reach("taking")
                inbox.take(arrival, delivery.id, sync=changed.add)
                failpoints.reach("taken")
            except FileNotFoundError:  # its owner took it back, or writes to it again
                self.ledger.withdraw(delivery)
            except OSError as error:
                self._leave(inbox, arrival, delivery, error)
            else:
                source = inbox.work_path(delivery.id, delivery.name)
                now = time.monotonic()
                yield Taken(delivery=delivery, source=source, first_seen=arrival.first_seen, taken=now)
        make_durable(changed)

    def _can_end(self, inbox: Inbox, arrival: Arrival) -> bool:
        """Return whether a file that is taken can be moved on: to another file system only what can be copied is."""
        path = inbox.path / arrival.candidate.name
        if os.path.islink(path) or (arrival.candidate.is_regular and os.access(path, os.R_OK)):  # noqa: PTH114
            return True
        return self._settler.renames_from(inbox.path / WORK_FOLDER)

    def _leave(self, inbox: Inbox, arrival: Arrival, delivery: Delivery, error: OSError) -> None:
        """Give a file that cannot be moved its failed row, and pass it over from now on."""
        folders = (inbox.path, inbox.path / WORK_FOLDER)
        is_for_good = error.errno in _IMMOVABLE and all(os.access(folder, os.W_OK | os.X_OK) for folder in folders)
        if not is_for_good:
            raise OutputError(
                f"cannot take files out of the inbox {inbox.path}: {error.strerror}",
                hint=f"make it and {WORK_FOLDER} in it writable for this user",
            ) from error
        detail = f"the file cannot be moved and is left where it is: {error.strerror}"
        outcome = failed_outcome(delivery.name, "immovable", detail)
        form = self._job_for(delivery).form
        commit(self.ledger, [(delivery, outcome)], model_id=self.job.model_id, state="left", form=form)
        inbox.leave(arrival)  # before anything can fail: it must not be committed twice
        self.project()
        logger.warning("read", extra={"fields": summary(outcome)})


def make_durable(folders: Iterable[Path]) -> None:
    """Make renames inside folders durable; raises OutputError where they cannot be."""
    try:
        sync_folders(folders)
    except OSError as error:
        raise OutputError(f"cannot make renames durable: {error.strerror}", hint="check the disk") from error
