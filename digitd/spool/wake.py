"""Wake a waiting loop from another thread or from a signal handler.

`threading.Event` cannot be set from a signal handler: its lock is not reentrant, and the handler may run while the main
thread holds it. An eventfd takes a write at any time.
"""

import os
import select
from types import TracebackType
from typing import Self


class Wake:
    """A flag that one loop waits for."""

    def __init__(self) -> None:
        self._descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def set(self) -> None:
        """Raise the flag; safe in threads and signal handlers."""
        os.eventfd_write(self._descriptor, 1)

    def wait(self, timeout_s: float, *others: int) -> bool:
        """Wait for the flag, or for another descriptor to be readable; lower the flag, return whether it was raised."""
        ready, _, _ = select.select([self._descriptor, *others], [], [], max(0.0, timeout_s))
        is_raised = self._descriptor in ready
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
