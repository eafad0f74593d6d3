"""Keep a flood of like lines from filling the journal: so many of each kind pass, the others are counted and summed up.

A kind is a message at a level, so that a flood of one never costs a line of another, or a warning. Nothing is lost by
what is held back: each file has its row. When the flood is over, or its window is, a line says how many there were.

journald itself drops lines of a service beyond 10,000 of one priority in 30 s (journald.conf(5)), whatever they say.
Four windows of a kind meet in that time: a flood of two kinds stays below it.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_WINDOW_S = 10.0
_AT_MOST = 1000
"""Lines of one kind in a window: more than anybody reads, and a hundred a second."""
_TRACEBACK_LINES = 20
"""What a traceback counts as: text under systemd is an entry of the journal for each of its lines."""

_Kind = tuple[int, str]
"""Level and message."""


@dataclass(slots=True)
class _Window:
    ends: float
    passed: int = 0
    held_back: int = 0
    timer: threading.Timer | None = None


class FloodGate(logging.Handler):
    """Passes records on to another handler, of each kind at most so many in a window of time.

    Parameters
    ----------
    target : Handler
        Closed with this one.
    clock : callable
        Monotonic seconds.
    window_s : float
    """

    def __init__(
        self, target: logging.Handler, *, clock: Callable[[], float] = time.monotonic, window_s: float = _WINDOW_S
    ) -> None:
        super().__init__()
        self._target = target
        self._clock = clock
        self._window_s = window_s
        self._windows: dict[_Kind, _Window] = {}  # of as many kinds as there are calls in the code

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on, or count it."""
        kind = (record.levelno, str(record.msg))
        now = self._clock()
        window = self._windows.get(kind)
        if window is None or now >= window.ends:
            self._end(kind)
            window = self._windows[kind] = _Window(now + self._window_s)
        if window.passed >= _AT_MOST:
            window.held_back += 1
            if window.timer is None:
                window.timer = self._wake_at_the_end(kind, window, window.ends - now)
            return
        window.passed += _TRACEBACK_LINES if record.exc_info else 1
        self._target.handle(record)

    def close(self) -> None:
        """Say what was held back, and close the target."""
        self.acquire()
        try:
            for kind in list(self._windows):
                self._end(kind)
        finally:
            self.release()
        self._target.close()
        super().close()

    def _wake_at_the_end(self, kind: _Kind, window: _Window, seconds: float) -> threading.Timer:
        timer = threading.Timer(seconds, self._end_in_time, [kind, window])
        timer.daemon = True
        with suppress(RuntimeError):  # no more threads: the next line of this kind, or the end, says it
            timer.start()
        return timer

    def _end_in_time(self, kind: _Kind, window: _Window) -> None:
        self.acquire()
        try:
            if self._windows.get(kind) is window:
                self._end(kind)
        finally:
            self.release()

    def _end(self, kind: _Kind) -> None:
        """End the window of a kind, and say what was held back in it."""
        window = self._windows.pop(kind, None)
        if window is None or not window.held_back:
            return
        if window.timer is not None:
            window.timer.cancel()
        level, message = kind
        summary = logging.LogRecord(__name__, level, __file__, 0, "lines like this were held back", None, None)
        summary.fields = {"line": message, "lines_held_back": window.held_back}
        self._target.handle(summary)
