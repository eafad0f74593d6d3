"""Spread jobs over worker processes and take the outcomes back in the order of the files.

Each worker gets every n-th chunk and works one chunk ahead. Workers are spawned, not forked: the interpreter of the
model does not survive a fork.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from digitd.errors import DigitdError
from digitd.job import Job
from digitd.values import Outcome

Work = tuple[Path, str]
"""Where a file lies, and its name."""

_AHEAD = 2


def run_in_order(job: Job, chunks: Iterable[Sequence[Work]], workers: int) -> Iterator[list[Outcome]]:
    """Run a job over chunks of files, yielding the outcomes of each chunk in order.

    Parameters
    ----------
    job : Job
    chunks : iterable of sequences of (source, name)
    workers : int
        Processes; with 1 the work is done in this one.

    Raises
    ------
    DigitdError
        What a worker raised, or that a worker process was killed.
    """
    if workers == 1:
        for chunk in chunks:
            yield [job.run(source, name) for source, name in chunk]
        return
    context = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    processes = []
    try:
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(job, theirs), daemon=True)
            process.start()
            theirs.close()
            pipes.append(ours)
            processes.append(process)
        yield from _deal(chunks, pipes)
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(timeout=10)
            process.kill()


def _deal(chunks: Iterable[Sequence[Work]], pipes: Sequence[Connection]) -> Iterator[list[Outcome]]:
    waiting: deque[tuple[Connection, Sequence[Work]]] = deque()
    for number, chunk in enumerate(chunks):
        pipe = pipes[number % len(pipes)]
        pipe.send(list(chunk))
        waiting.append((pipe, chunk))
        if len(waiting) >= _AHEAD * len(pipes):
            yield _receive(*waiting.popleft())
    while waiting:
        yield _receive(*waiting.popleft())


def _receive(pipe: Connection, chunk: Sequence[Work]) -> list[Outcome]:
    try:
        answer = pipe.recv()
    except (EOFError, ConnectionResetError) as error:
        raise DigitdError(
            f"a worker process was killed while it read the {len(chunk)} files from {chunk[0][1]!r}",
            hint="run the same command again: what is done is skipped; with --jobs 1 the guilty file can be found",
        ) from error
    if isinstance(answer, DigitdError):
        raise answer
    outcomes: list[Outcome] = answer
    return outcomes


def _serve(job: Job, pipe: Connection) -> None:
    """Be a worker: answer each chunk with its outcomes until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    try:
        while True:
            chunk = pipe.recv()
            try:
                pipe.send([job.run(source, name) for source, name in chunk])
            except DigitdError as error:
                pipe.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):  # the parent has all it wants
        return
