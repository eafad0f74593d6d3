"""Keep the history of a daemon, and have throughput.png drawn of it now and then, in a process of its own.

Nothing of this is needed for rows: where it cannot be kept or drawn, that is logged once and tried again in its turn.
A daemon that is killed forgets what came after the last turn, and shows it as a gap.
"""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from digitd.annotate import quiet_matplotlib
from digitd.durable import sweep, write_whole
from digitd.errors import DigitdError, OutputError
from digitd.service.history import History, load_history, save_history
from digitd.service.throughput import Sample
from digitd.service.worker import Worker, WorkerDied

logger = logging.getLogger(__name__)

HISTORY_NAME = "history.json"
PICTURE_NAME = "throughput.png"

_KEEP_EVERY_S = 300.0
"""Where nothing is drawn."""
_NICENESS = 10
"""Of the process that draws: rows come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the history is, and the outbox that its picture goes to."""

    history: Path
    outbox: Path


class Chronicle:
    """The history of one daemon; nothing here raises or waits while the daemon serves.

    Parameters
    ----------
    state, outbox : Path
    every_s : float
        Seconds between drawings, 0 for none; there is none without news.
    begin : callable
        Run once in each process that draws, to set up its logging.
    wall, monotonic : callable
        Seconds since 1970, and of a clock that is never set.
    """

    def __init__(
        self,
        state: Path,
        outbox: Path,
        *,
        every_s: float,
        begin: Callable[[], None],
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = Places(history=state / HISTORY_NAME, outbox=outbox)
        self._wall, self._monotonic = wall, monotonic
        for folder in (state, outbox):
            with suppress(OSError):
                sweep(folder)  # what a process that was killed was writing
        self._history = History(load_history(self._places.history, now=wall()))
        self._history.turn(wall(), monotonic())
        self._turned_at = monotonic()
        self._has_news = False
        self._drawing: Worker | None = None
        self._is_drawn = False
        self._trouble = ""
        self.configure(every_s=every_s, begin=begin)

    def configure(self, *, every_s: float, begin: Callable[[], None]) -> None:
        """Take other settings, as after a reload; what is being drawn is drawn to its end."""
        self._every_s = every_s
        self._begin = begin

    def add(self, sample: Sample) -> None:
        """Count a file that was finished just now."""
        self._history.add(sample)
        self._has_news = True

    def note(self, *, backlog: int, oldest_s: float) -> None:
        """Note how many files wait and how long one has; that they go on waiting is no news."""
        self._has_news |= self._history.note(backlog=backlog, oldest_s=oldest_s)

    def due_in_s(self) -> float:
        """Return in how many seconds `go_on` has something to do."""
        return max(0.0, self._turned_at + (self._every_s or _KEEP_EVERY_S) - self._monotonic())

    def go_on(self) -> None:
        """Do what is due; to be called often, a call costs microseconds."""
        self._history.turn(self._wall(), self._monotonic())
        if self._drawing is not None:
            self._look_after(self._drawing)
        if not self.due_in_s():
            self._turned_at = self._monotonic()
            if self._keep() and self._every_s and self._has_news and self._drawing is None:
                self._has_news = False
                self._draw()

    def close(self) -> None:
        """Keep the history, and give the process that draws some seconds to end."""
        self._history.turn(self._wall(), self._monotonic())
        self._keep()
        if self._drawing is not None:
            self._drawing.end()

    def _keep(self) -> bool:
        """Save the history and return whether it is."""
        try:
            save_history(self._places.history, self._history.minutes())
        except OSError as error:
            self._say(f"cannot write {self._places.history}: {error.strerror}", "make room or make it writable")
            return False
        return True

    def _draw(self) -> None:
        """Start a process that draws what is saved."""
        self._drawing, self._is_drawn = Worker(self._places, _draw, self._begin), False
        try:
            self._drawing.start()
        except OSError as error:
            self._drawing, self._has_news = None, True
            self._say(f"cannot start a process to draw it: {error.strerror}", "allow this user one more process")
        else:
            self._drawing.send(self._wall())

    def _look_after(self, drawing: Worker) -> None:
        """See whether the picture is drawn, then whether the process has ended."""
        if not self._is_drawn and drawing.has_answered():
            self._is_drawn = True
            self._take(drawing)
            drawing.dismiss()
        if self._is_drawn and drawing.has_ended:
            drawing.end()
            self._drawing = None

    def _take(self, drawing: Worker) -> None:
        try:
            drawing.answer()
        except WorkerDied:
            self._say("the process that draws it has ended", "see the log above, and whether it ran out of memory")
        except DigitdError as error:
            self._say(str(error), error.hint)
        else:
            self._trouble = ""
            return
        self._has_news = True

    def _say(self, trouble: str, hint: str) -> None:
        """Log a trouble, unless the last one was the same."""
        if trouble != self._trouble:
            self._trouble = trouble
            fields = {"picture": PICTURE_NAME, "hint": hint}
            logger.warning("the picture of the last day is not drawn: %s", trouble, extra={"fields": fields})


def _draw(places: Places, now: float) -> None:
    """Draw the history that was saved; raises OutputError where the outbox cannot be written."""
    with suppress(OSError):  # a sandbox may forbid it
        os.nice(_NICENESS)
    with quiet_matplotlib():
        from digitd.annotate.trend import draw_trend

        picture = draw_trend(load_history(places.history, now=now), now=now)
    path = places.outbox / PICTURE_NAME
    try:
        places.outbox.stat()  # where it is gone, none is made in its place
        write_whole(path, picture)
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror}", hint="make room or make the outbox writable"
        ) from error
