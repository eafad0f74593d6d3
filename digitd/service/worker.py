"""A process that answers messages in order, and is replaced when one of them ends it.

It is spawned, not forked: neither the interpreter of the model nor the threads of the parent survive a fork. It is told
to end by its pipe, which the kernel closes when the parent ends, however that happens. Ctrl-C and `timeout` signal the
whole group; the parent decides what they mean, so the signals that stop are blocked here.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Self

from digitd.errors import DigitdError

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_PATIENCE_S = 10
"""In which it may finish the message it works on, once it is told to end."""


class WorkerDied(Exception):  # noqa: N818 - what happened, not what is wrong with the caller
    """The process ended before it answered."""


class Worker:
    """A process; a context manager that ends it.

    Parameters
    ----------
    subject : object
        What the work is done with; sent to the process once, so it must be picklable.
    work : callable
        A function of a module, from the subject and a message to the answer.
    begin : callable
        Run once in each new process, to set up its logging.
    """

    def __init__(self, subject: object, work: Callable[[Any, Any], object], begin: Callable[[], None]) -> None:
        self._subject = subject
        self._work = work
        self._begin = begin

    def __enter__(self) -> Self:
        """Start the process; raises OSError when there can be no more processes."""
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, after the message that it works on."""
        self._pipe.close()
        self._process.join(timeout=_PATIENCE_S)
        self._process.kill()
        self._process.join()

    def send(self, message: object) -> None:
        """Send a message; that the process is dead is noticed when its answer is taken."""
        try:
            self._pipe.send(message)
        except (BrokenPipeError, ConnectionResetError):
            return

    def answer(self) -> Any:  # noqa: ANN401 - whatever the work returns
        """Wait for the answer to the message that was sent first.

        Raises
        ------
        WorkerDied
            When there is none.
        DigitdError
            What the work raised.
        """
        try:
            answer = self._pipe.recv()
        except (EOFError, ConnectionResetError) as error:
            raise WorkerDied from error
        if isinstance(answer, DigitdError):
            raise answer
        return answer

    def has_answered(self) -> bool:
        """Return whether `answer` would not wait: there is an answer, or the process has died."""
        return self._pipe.poll()

    def fileno(self) -> int:
        """Return the descriptor that can be read once there is an answer."""
        return self._pipe.fileno()

    def replace(self) -> None:
        """Start a new process in the place of one that died; what was sent to it is forgotten."""
        self.__exit__()
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._begin, theirs, os.getpid()), daemon=True)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)  # a child inherits what is blocked
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()
        # through the pipe: multiprocessing would wait for ever for a child that dies while it takes its arguments
        self.send((self._subject, self._work))


def _serve(begin: Callable[[], None], pipe: Connection, parent: int) -> None:
    """Be the process: take the subject and the work, then answer until the pipe is closed or the parent is gone."""
    begin()
    try:
        subject, work = pipe.recv()
        while True:
            message = pipe.recv()
            if os.getppid() != parent:  # what it had sent is still in the pipe
                return
            try:
                pipe.send(work(subject, message))
            except DigitdError as error:
                pipe.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):  # the parent has all it wants
        return
