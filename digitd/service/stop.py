"""React to being told to stop, by a person (SIGINT) or by the system (SIGTERM)."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StopRequest:
    """Remembers the signal that asked to stop, from the handler to whoever looks next.

    Parameters
    ----------
    wake : callable
        Called in the signal handler, to end a wait; it may only set flags.
    """

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self.received: signal.Signals | None = None
        self._wake = wake

    def __bool__(self) -> bool:
        """Whether a signal has come."""
        return self.received is not None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for the first SIGINT or SIGTERM while the block runs; a second one ends the process at once."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        previous = {number: signal.signal(number, self._handle) for number in numbers}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _handle(self, number: int, _frame: object) -> None:
        if self.received is not None:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.received = signal.Signals(number)
        self._wake()
