"""Wake a waiting loop from another thread or from a signal handler.

`threading.Event` cannot be set from a signal handler: its lock is not reentrant, and the handler may run while the main
thread holds it. An eventfd takes a write at any time.
"""

import math
import os
import select
from types import TracebackType
from typing import Self

_LONGEST_MS = 86_400_000
"""A day; poll(2) can wait for 24."""


class Wake:
    """A flag that one loop waits for."""

    def __init__(self) -> None:
        self._descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def set(self) -> None:
        """Raise the flag; safe in threads and signal handlers."""
        os.eventfd_write(self._descriptor, 1)

    def wait(self, timeout_s: float, *others: int) -> bool:
        """Wait for the flag, or for another descriptor to be readable; lower the flag, return whether it was raised."""
        poll = select.poll()  # select(2) takes no descriptor above 1,023
        for descriptor in (self._descriptor, *others):
            poll.register(descriptor, select.POLLIN)
        ready = poll.poll(min(_LONGEST_MS, math.ceil(max(0.0, timeout_s) * 1000)))
        is_raised = any(descriptor == self._descriptor for descriptor, _ in ready)
        if is_raised:
            os.eventfd_read(self._descriptor)
        return is_raised

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the descriptor."""
        os.close(self._descriptor)
