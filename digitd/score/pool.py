"""Spread jobs over worker processes and take the outcomes back in the order of the files.

Each worker gets every n-th chunk and works one chunk ahead. Workers are spawned, not forked: the interpreter of the
model does not survive a fork. A file that ends its worker is found by giving the chunk to a new worker file by file,
and fails with the reason ``crashed``. With a single worker the work is done in this process, which such a file ends.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from digitd.errors import DigitdError
from digitd.job import Job
from digitd.values import Outcome, failed_outcome

Work = tuple[Path, str]
"""Where a file lies, and its name."""

_AHEAD = 2
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run_in_order(
    job: Job, chunks: Iterable[Sequence[Work]], workers: int, *, begin: Callable[[], None]
) -> Iterator[list[Outcome]]:
    """Run a job over chunks of files, yielding the outcomes of each chunk in order.

    Parameters
    ----------
    job : Job
    chunks : iterable of sequences of (source, name)
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
            yield [job.run(source, name) for source, name in chunk]
        return
    with ExitStack() as stack:
        crew = [stack.enter_context(_Worker(job, begin)) for _ in range(workers)]
        waiting: deque[_Worker] = deque()
        for number, chunk in enumerate(chunks):
            worker = crew[number % workers]
            worker.give(chunk)
            waiting.append(worker)
            if len(waiting) >= _AHEAD * workers:
                yield waiting.popleft().take()
        while waiting:
            yield waiting.popleft().take()


class _Worker:
    """A process that answers chunks with outcomes, and is replaced when it dies."""

    def __init__(self, job: Job, begin: Callable[[], None]) -> None:
        self._job = job
        self._begin = begin
        self._given: deque[Sequence[Work]] = deque()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def give(self, chunk: Sequence[Work]) -> None:
        """Send a chunk; that the process is dead is noticed when its answer is taken."""
        self._given.append(chunk)
        self._send(list(chunk))

    def take(self) -> list[Outcome]:
        """Return the outcomes of the chunk that was given first."""
        chunk = self._given.popleft()
        outcomes = self._answer()
        return self._one_by_one(chunk) if outcomes is None else outcomes

    def _one_by_one(self, chunk: Sequence[Work]) -> list[Outcome]:
        """Find the file of a chunk that ends the process; then go on with what was given since."""
        outcomes = []
        self._replace()
        for work in chunk:
            self._send([work])
            answer = self._answer()
            if answer is None:
                self._replace()
                detail = "the process that read this file was ended by it"
                answer = [failed_outcome(work[1], "crashed", detail)]
            outcomes += answer
        for later in self._given:
            self._send(list(later))
        return outcomes

    def _send(self, message: object) -> None:
        try:
            self._pipe.send(message)
        except (BrokenPipeError, ConnectionResetError):
            return  # its answer will be missing

    def _answer(self) -> list[Outcome] | None:
        """Return what the process answers, or None when it is dead."""
        try:
            answer = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        if isinstance(answer, DigitdError):
            raise answer
        outcomes: list[Outcome] = answer
        return outcomes

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._begin, theirs), daemon=True)
        # Ctrl-C and `timeout` signal the whole group; the parent decides, and a child inherits what is blocked
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        # through the pipe: multiprocessing would wait for ever for a child that dies while it takes its arguments
        self._send(self._job)

    def _end(self) -> None:
        self._pipe.close()
        self._process.join(timeout=10)
        self._process.kill()
        self._process.join()

    def _replace(self) -> None:
        self._end()
        self._start()


def _serve(begin: Callable[[], None], pipe: Connection) -> None:
    """Be a worker: take the job, then answer each chunk with its outcomes until the pipe is closed."""
    begin()
    try:
        job = pipe.recv()
        while True:
            chunk = pipe.recv()
            try:
                pipe.send([job.run(source, name) for source, name in chunk])
            except DigitdError as error:
                pipe.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):  # the parent has all it wants
        return
