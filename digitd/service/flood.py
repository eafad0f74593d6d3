"""Keep a flood of like lines from filling the journal: so many of each kind pass, the others are counted and summed up.

Whatever comes once in a while always passes. Nothing is lost by it: each file has its row.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_WINDOW_S = 10.0
_AT_MOST = 1000
"""Lines of one kind in a window: more than anybody reads, and a hundred a second."""


@dataclass(slots=True)
class _Window:
    began: float
    passed: int = 0
    held_back: int = 0


@dataclass(slots=True)
class FloodFilter:
    """Lets at most so many lines with the same message pass in each window of time.

    The first line that passes after lines were held back says in its fields how many they were.

    Parameters
    ----------
    clock : callable
        Monotonic seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _windows: dict[str, _Window] = field(default_factory=dict)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record passes."""
        now = self.clock()
        window = self._windows.setdefault(str(record.msg), _Window(now))
        held_back = window.held_back
        if now - window.began >= _WINDOW_S:
            window = self._windows[str(record.msg)] = _Window(now)
        elif window.passed >= _AT_MOST:
            window.held_back += 1
            return False
        window.passed += 1
        if held_back and window.passed == 1:
            record.fields = {**getattr(record, "fields", {}), "lines_held_back": held_back}
        return True
