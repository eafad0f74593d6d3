"""Spread jobs over worker processes and take the outcomes back in the order of the files.

Each worker gets every n-th chunk and works one chunk ahead. A file that ends its worker is found by giving the chunk to
a new worker file by file, and of a part of a file page by page, and fails with the reason ``crashed``. With a single
worker the work is done in this process, which such a file ends.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack

from digitd.job import Job
from digitd.score.parts import Work, join
from digitd.service.worker import Worker, WorkerDied
from digitd.values import Outcome, failed_outcome

_AHEAD = 2


def run_in_order(
    job: Job, chunks: Iterable[Sequence[Work]], workers: int, *, begin: Callable[[], None]
) -> Iterator[list[Outcome]]:
    """Run a job over chunks of works, yielding outcomes in order: a chunk at a time, or with one worker one by one.

    Parameters
    ----------
    job : Job
    chunks : iterable of sequences of Work
    workers : int
        Processes; with 1 the work is done in this one.
    begin : callable
        Run once in each new process, to set up its logging.

    Raises
    ------
    DigitdError
        What a worker raised.
    """
    if workers == 1:
        for chunk in chunks:
            for work in chunk:
                yield [_run(job, work)]
        return
    with ExitStack() as stack:
        crew = [_Hand(stack.enter_context(Worker(job, _run_chunk, begin))) for _ in range(workers)]
        waiting: deque[_Hand] = deque()
        for number, chunk in enumerate(chunks):
            hand = crew[number % workers]
            hand.give(chunk)
            waiting.append(hand)
            if len(waiting) >= _AHEAD * workers:
                yield waiting.popleft().take()
        while waiting:
            yield waiting.popleft().take()


class _Hand:
    """A worker with the chunks that it has been given."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._given: deque[Sequence[Work]] = deque()

    def give(self, chunk: Sequence[Work]) -> None:
        """Send a chunk."""
        self._given.append(chunk)
        self._worker.send(chunk)

    def take(self) -> list[Outcome]:
        """Return the outcomes of the chunk that was given first."""
        chunk = self._given.popleft()
        try:
            outcomes: list[Outcome] = self._worker.answer()
        except WorkerDied:
            return self._one_by_one(chunk)
        return outcomes

    def _one_by_one(self, chunk: Sequence[Work]) -> list[Outcome]:
        """Find the file of a chunk that ends the process; then go on with what was given since."""
        self._replace()
        outcomes = [join([self._alone(page) for page in work.pages]) for work in chunk]
        for later in self._given:
            self._worker.send(later)
        return outcomes

    def _alone(self, work: Work) -> Outcome:
        self._worker.send([work])
        try:
            outcomes: list[Outcome] = self._worker.answer()
        except WorkerDied:
            self._replace()
            detail = "the process that read this file was ended by it"
            return failed_outcome(work.name, "crashed", detail, page=work.first)
        return outcomes[0]

    def _replace(self) -> None:
        self._worker.end()
        self._worker.start()


def _run_chunk(job: Job, chunk: Sequence[Work]) -> list[Outcome]:
    return [_run(job, work) for work in chunk]


def _run(job: Job, work: Work) -> Outcome:
    return job.run(work.path, work.name, first=work.first, last=work.last)
