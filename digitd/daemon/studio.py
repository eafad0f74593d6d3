"""Where pictures are drawn: here and now, or in a process beside this one while the next files are read."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol, Self

from digitd.errors import OutputError
from digitd.names import printable
from digitd.painter import Commission, Painter
from digitd.service.worker import Worker, WorkerDied

logger = logging.getLogger(__name__)

_SMALL = 64
"""Pictures: two batches of so many are in the pipe at once, which holds their readings without blocking."""


class Drawing(Protocol):
    """Draws batches of pictures in the order in which they are given."""

    def has_room(self, pictures: int) -> bool:
        """Return whether a batch of so many pictures can be given now."""

    def give(self, batch: Sequence[Commission]) -> None:
        """Have a batch drawn; raises OutputError where that cannot begin."""

    def take(self, *, wait: bool) -> bool:
        """Return whether the batch that was given first is drawn and on disk; raises OutputError if it cannot be."""

    def forget(self) -> None:
        """Forget what was given and not taken; what is being drawn is finished."""

    @property
    def waits_for(self) -> tuple[int, ...]:
        """Descriptors that can be read once there is something to take."""


class Easel:
    """Draws in this process."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self._drawn = 0
        self.waits_for = ()

    def has_room(self, pictures: int) -> bool:  # noqa: ARG002 - of a protocol
        """Return True: a batch is drawn as soon as it is given."""
        return True

    def give(self, batch: Sequence[Commission]) -> None:
        """Draw a batch."""
        self._painter.paint(batch)
        self._drawn += 1

    def take(self, *, wait: bool) -> bool:  # noqa: ARG002 - of a protocol
        """Return whether a batch has been drawn since."""
        if not self._drawn:
            return False
        self._drawn -= 1
        return True

    def forget(self) -> None:
        """Forget what was drawn."""
        self._drawn = 0


class Studio:
    """Draws in a process of its own, which is started with the first picture; a context manager that ends it.

    A file whose picture ends that process is drawn without its page, and if that ends it too, not at all.

    Parameters
    ----------
    painter : Painter
    begin : callable
        Run once in each new process, to set up its logging.
    """

    def __init__(self, painter: Painter, begin: Callable[[], None]) -> None:
        self._painter = painter
        self._worker = Worker(painter, _paint, begin)
        self._running = ExitStack()
        self._is_running = False
        self._given: deque[Sequence[Commission]] = deque()

    def __enter__(self) -> Self:
        """Return itself; no process is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process once it has finished the picture it is at."""
        self.forget()

    def has_room(self, pictures: int) -> bool:
        """Return whether a batch can be given without waiting for the pipe."""
        return not self._given or (len(self._given) == 1 and max(pictures, _count(self._given[0])) <= _SMALL)

    def give(self, batch: Sequence[Commission]) -> None:
        """Send a batch to the process, starting it where it does not run."""
        if not self._is_running:
            try:
                self._running.enter_context(self._worker)
            except OSError as error:
                raise OutputError(
                    f"cannot start a process to draw pictures: {error.strerror}",
                    hint='allow this user one more process, or set [outbox] annotate = "none"',
                ) from error
            self._is_running = True
        self._given.append(batch)
        self._worker.send(batch)

    def take(self, *, wait: bool) -> bool:
        """Return whether the first batch is drawn, waiting for that if asked to."""
        if not self._given or not (wait or self._worker.has_answered()):
            return False
        batch = self._given.popleft()
        try:
            self._worker.answer()
        except WorkerDied:
            self._one_by_one(batch)
        return True

    def forget(self) -> None:
        """End the process; the next batch starts another."""
        self._given.clear()
        self._is_running = False
        self._running.close()

    @property
    def waits_for(self) -> tuple[int, ...]:
        """The pipe, while a batch is being drawn."""
        return (self._worker.fileno(),) if self._given else ()

    def _one_by_one(self, batch: Sequence[Commission]) -> None:
        """Draw a batch that has ended the process, file by file; then go on with what was given since."""
        self._replace()
        for commission in batch:
            bare = replace(commission, source=None)
            # each twice: what ended the process may have been another, that looked for memory
            if not any(self._survives(attempt) for attempt in (commission, commission, bare, bare)):
                fields = {"file": printable(commission.name)}
                logger.error("a picture ends the process that draws it; there is none", extra={"fields": fields})
        for later in self._given:
            self._worker.send(later)

    def _survives(self, commission: Commission) -> bool:
        self._worker.send([commission])
        try:
            self._worker.answer()
        except WorkerDied:
            self._replace()
            return False
        return True

    def _replace(self) -> None:
        """Start a new process, and remove what the one that died was writing."""
        self._worker.replace()
        self._painter.tidy()


def _count(batch: Sequence[Commission]) -> int:
    return sum(len(commission.owed) for commission in batch)


def _paint(painter: Painter, batch: Sequence[Commission]) -> None:
    painter.paint(batch)
