"""A process that answers messages in order, and is replaced when one of them ends it.

It is spawned, not forked: neither the interpreter of the model nor the threads of the parent survive a fork. It ends
when its pipe is closed, and is killed when its parent ends in any other way. Ctrl-C and `timeout` signal the whole
group; the parent decides what they mean, so the signals that stop are blocked here.
"""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Self

from digitd.errors import DigitdError

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE_S = 5
"""In which it may finish the message it works on, once it is told to end."""
_PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""


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

        self._process: BaseProcess | None = None

    def __enter__(self) -> Self:
        """Start the process; raises OSError when there can be no more processes."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.end()

    @property
    def is_running(self) -> bool:
        """Whether a process was started and not ended; it may have died."""
        return self._process is not None

    def start(self) -> None:
        """Start the process; raises OSError when there can be no more processes."""
        resource_tracker.ensure_running()  # starting with the first process, it unblocks signals (seen in CPython 3.11)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(self._begin, theirs, os.getpid()), daemon=True)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)  # a child inherits what is blocked
        try:
            process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()
        self._pipe, self._process = ours, process
        # through the pipe: multiprocessing would wait for ever for a child that dies while it takes its arguments
        self.send((self._subject, self._work))

    def end(self) -> None:
        """End the process, after the message that it works on if that does not take long; forget what was sent."""
        if self._process is None:
            return
        process, self._process = self._process, None
        self._pipe.close()
        process.join(timeout=_PATIENCE_S)
        process.kill()
        process.join()

    def dismiss(self) -> None:
        """Let the process end by itself once it has no more to do, and do not wait; there is nothing to send after."""
        self._pipe.close()

    @property
    def has_ended(self) -> bool:
        """Whether `end` would not wait."""
        return self._process is None or not self._process.is_alive()

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


def _serve(begin: Callable[[], None], pipe: Connection, parent: int) -> None:
    """Be the process: take the subject and the work, then answer until the pipe is closed."""
    _die_with(parent)
    begin()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent has all it wants
        subject, work = pipe.recv()
        while True:
            message = pipe.recv()
            try:
                pipe.send(work(subject, message))
            except DigitdError as error:
                pipe.send(error)


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends: nobody would undo or go on with what it writes then."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended already
        os._exit(1)
