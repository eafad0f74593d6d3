"""React to being told to read the configuration again (SIGHUP)."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class ReloadRequest:
    """Remembers that a reload was asked for, from the signal handler to whoever looks next.

    Parameters
    ----------
    wake : callable
        Called in the signal handler, to end a wait; it may only set flags.
    """

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self._is_asked = False
        self._wake = wake

    def take(self) -> bool:
        """Return whether a reload was asked for since the last time."""
        if not self._is_asked:
            return False
        self._is_asked = False  # before anything is read: a signal that comes now asks for another reload
        return True

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for SIGHUP while the block runs.

        Where it is the hangup of a terminal it keeps its meaning: nobody is there any more. So it does where it is
        ignored from the first, as under nohup(1).
        """
        if not _means_reload():
            yield
            return
        signal.signal(signal.SIGHUP, self._handle)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        try:
            yield
        finally:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)

    def _handle(self, _number: int, _frame: object) -> None:
        self._is_asked = True
        self._wake()


def hold_hangups() -> None:
    """Keep a SIGHUP that comes during the start until `ReloadRequest.listening`; it would end the process."""
    if _means_reload():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})


def _means_reload() -> bool:
    has_terminal = sys.stderr is not None and sys.stderr.isatty()
    return signal.getsignal(signal.SIGHUP) is signal.SIG_DFL and not has_terminal
