"""Remove what has been kept long enough bit by bit, while a daemon has nothing better to do."""

import logging
import math
from collections.abc import Iterator, Sequence
from itertools import chain

from digitd.retention.walk import Removal, Walk

logger = logging.getLogger(__name__)

_EVERY_S = 3600.0
"""Between two passes. What is kept is kept for days."""
_REST_S = 0.1
"""Between two slices, which take a twentieth of that where there is little to remove."""


class Pruner:
    """Goes through folders of the outbox now and then; all times in monotonic seconds.

    Parameters
    ----------
    walks : sequence of Walk
        None where everything is kept.
    """

    def __init__(self, walks: Sequence[Walk]) -> None:
        self._walks = walks
        self._slices: Iterator[Sequence[Removal]] | None = None
        self._due = -math.inf
        self._files = self._bytes = 0

    def due_in_s(self, now: float) -> float:
        """Return in how many seconds there is something to do; 0 for now, infinity for never."""
        return max(0.0, self._due - now) if self._walks else math.inf

    def go_on(self, now: float) -> None:
        """Do what is due, for some milliseconds.

        Raises
        ------
        LedgerError
            When the ledger is damaged.
        OutputError
            When it cannot be read just now; it is tried again with the next pass.
        """
        if self.due_in_s(now) > 0:
            return
        slices, self._slices = self._slices, None
        self._due = now + _EVERY_S
        slices = slices or self._begin()
        if (removed := next(slices, None)) is None:
            self._sum_up()
            return
        self._files += len(removed)
        self._bytes += sum(removal.size_bytes for removal in removed)
        self._slices = slices
        self._due = now + _REST_S

    def _begin(self) -> Iterator[Sequence[Removal]]:
        self._files = self._bytes = 0
        return chain.from_iterable(walk.slices() for walk in self._walks)

    def _sum_up(self) -> None:
        if self._files:
            fields = {"files": self._files, "megabytes": round(self._bytes / 1e6, 1)}
            logger.info("removed what was kept long enough", extra={"fields": fields})
