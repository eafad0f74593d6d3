"""A pause: nothing can be delivered, what is in the inbox stays there, and now and then it is tried again."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from digitd.errors import DigitdError, LedgerBusyError, OutputError

logger = logging.getLogger(__name__)

_FIRST_RETRY_S = 1.0
_LAST_RETRY_S = 15.0
"""Between two attempts to go on: from the first, doubled each time, up to the last."""


class Pause:
    """What keeps a daemon from delivering; false while nothing does."""

    def __init__(self) -> None:
        self._trouble: DigitdError | None = None
        self._since = 0.0
        self._retry_s = _FIRST_RETRY_S

    def __bool__(self) -> bool:
        """Whether there is a trouble."""
        return self._trouble is not None

    @property
    def because(self) -> str:
        """The trouble in a sentence; empty while there is none."""
        return str(self._trouble or "")

    @property
    def hint(self) -> str:
        """What to do about it."""
        return self._trouble.hint if self._trouble else ""

    @property
    def is_of_the_ledger(self) -> bool:
        """Whether it is the ledger that cannot be used; a new process may be able to."""
        return isinstance(self._trouble, LedgerBusyError)

    def begin(self, trouble: DigitdError) -> None:
        """Say why nothing goes on, once for each trouble."""
        if self._trouble is None:
            self._since = time.monotonic()
        if str(trouble) != self.because:
            logger.error("paused: %s", trouble, extra={"fields": {"hint": trouble.hint}})
        self._trouble = trouble

    def retry_s(self) -> float:
        """Return how long to wait before the next attempt, longer each time."""
        retry_s, self._retry_s = self._retry_s, min(2 * self._retry_s, _LAST_RETRY_S)
        return retry_s

    def end(self) -> bool:
        """Say that it is over, if there was a trouble; return whether there was."""
        if self._trouble is None:
            return False
        logger.warning("going on", extra={"fields": {"paused_s": time.monotonic() - self._since}})
        self._trouble, self._retry_s = None, _FIRST_RETRY_S
        return True


@contextmanager
def troubles() -> Iterator[None]:
    """Take for a trouble what a file system says out of turn, of a forbidden folder or a dead mount."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{error.filename or 'a folder'} cannot be used: {error.strerror}",
            hint="check its mount and who may use it",
        ) from error
