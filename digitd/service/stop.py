"""React to being told to stop, by a person (SIGINT) or by the system (SIGTERM)."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_stop_signal(react: Callable[[signal.Signals], None]) -> Iterator[None]:
    """Call a function on the first SIGINT or SIGTERM while the block runs; a second one ends the process at once.

    Parameters
    ----------
    react : callable
        Runs in the signal handler, so it may only set flags.
    """

    def handle(number: int, _frame: object) -> None:
        received = signal.Signals(number)
        for each in previous:
            signal.signal(each, signal.SIG_DFL)
        react(received)

    previous = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
