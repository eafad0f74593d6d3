"""Where pictures are drawn: here and now, or in a process beside this one while the next files are read."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, Self

from digitd.errors import OutputError
from digitd.names import printable
from digitd.painter import Commission, Painter
from digitd.service.worker import Worker, WorkerDied

logger = logging.getLogger(__name__)

SMALL = 64
"""Pictures of readings: two batches of so many are in the pipe at once, which holds them without blocking.

Of a form, each box weighs as much as a reading, so that most pages are given alone.
"""


class Drawing(Protocol):
    """Draws batches of pictures in the order in which they are given."""

    def has_room(self, pictures: int) -> bool:
        """Return whether a batch of so many pictures can be given now."""

    def give(self, batch: Sequence[Commission]) -> None:
        """Have a batch drawn; raises OutputError where that cannot begin."""

    def take(self, *, wait: bool) -> bool:
        """Return whether the batch that was given first is drawn and on disk; raises OutputError if it cannot be."""

    def forget(self) -> None:
        """Forget what was given and not taken; some of it may still be drawn."""

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

    Where a batch ends that process, its files are drawn one by one: each twice with its pages, since what was too much
    may have been another program's, then twice without, then not at all. Nobody waits for that.

    Parameters
    ----------
    painter : Painter
    begin : callable
        Run once in each new process, to set up its logging.
    """

    def __init__(self, painter: Painter, begin: Callable[[], None]) -> None:
        self._painter = painter
        self._worker = Worker(painter, _paint, begin)
        self._given: deque[Sequence[Commission]] = deque()
        self._one_by_one: deque[deque[Commission]] = deque()
        """Of the first batch, once it has ended the process: for each file that is left the attempts that are."""

    def __enter__(self) -> Self:
        """Return itself; no process is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process; it has some seconds to finish its batch."""
        self.forget()

    def has_room(self, pictures: int) -> bool:
        """Return whether a batch can be given, and will be in the pipe at once but for the very first."""
        if not self._given:
            return True
        return len(self._given) == 1 and not self._one_by_one and max(pictures, _count(self._given[0])) <= SMALL

    def give(self, batch: Sequence[Commission]) -> None:
        """Send a batch to the process, starting it where it does not run."""
        if not self._worker.is_running:
            self._start()
        self._given.append(batch)
        self._worker.send(batch)

    def take(self, *, wait: bool) -> bool:
        """Return whether the first batch is drawn, waiting for that if asked to."""
        while self._given and (wait or self._worker.has_answered()):
            is_apart = bool(self._one_by_one)
            try:
                self._worker.answer()
            except WorkerDied:
                self._take_apart()
                is_apart = True
            else:
                if is_apart:
                    self._one_by_one.popleft()
            if self._one_by_one:
                self._worker.send([self._one_by_one[0][0]])
                continue
            self._given.popleft()
            if is_apart:
                for later in self._given:  # sent before, to a process that died
                    self._worker.send(later)
            return True
        return False

    def forget(self) -> None:
        """End the process, which has some seconds to finish its batch; the next batch starts another."""
        self._given.clear()
        self._one_by_one.clear()
        self._worker.end()

    @property
    def waits_for(self) -> tuple[int, ...]:
        """The pipe, while a batch is being drawn."""
        return (self._worker.fileno(),) if self._given else ()

    def _start(self) -> None:
        try:
            self._worker.start()
        except OSError as error:
            raise OutputError(
                f"cannot start a process to draw pictures: {error.strerror}",
                hint='allow this user one more process and some open files, or set [outbox] annotate = "none"',
            ) from error

    def _take_apart(self) -> None:
        """Start a new process; next is another attempt at the file that ended the last one, or the next file."""
        self._worker.end()
        self._painter.tidy()
        self._start()
        if not self._one_by_one:
            self._one_by_one.extend(_attempts(commission) for commission in self._given[0])
        else:
            failed = self._one_by_one[0].popleft()
            if not self._one_by_one[0]:
                self._one_by_one.popleft()
                fields = {"file": printable(failed.name)}
                logger.error("a picture ends the process that draws it; there is none", extra={"fields": fields})


def _attempts(commission: Commission) -> deque[Commission]:
    bare = replace(commission, source=None)
    return deque((commission, commission, bare, bare))


def _count(batch: Sequence[Commission]) -> int:
    return sum(owed.weight for commission in batch for owed in commission.owed)


def _paint(painter: Painter, batch: Sequence[Commission]) -> None:
    painter.paint(batch)
