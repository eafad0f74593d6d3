"""How much of the machine others used during a run: figures of a busy machine say little."""

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.proc import TICKS_A_SECOND

_IDLE = (3, 4)
"""Of the fields of /proc/stat: idle, and waiting for a disk."""
_GUEST = 8
"""From here on what is counted in others already."""


def busy_s() -> float:
    """Return the seconds that all cores together have worked since the boot."""
    return parse_busy(Path("/proc/stat").read_text(encoding="utf-8"))


def own_s() -> float:
    """Return the seconds of this process and of all it started that have ended and were waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


class Others:
    """Counts, from when it is made, the time on the processors that is not of this process and those it ended.

    Parameters
    ----------
    busy_s, own_s, clock : callable
        Return seconds.
    """

    def __init__(
        self,
        busy_s: Callable[[], float] = busy_s,
        own_s: Callable[[], float] = own_s,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._others_s = lambda: busy_s() - own_s()
        self._clock = clock
        self._began = clock()
        self._before_s = self._others_s()

    def cores(self) -> float:
        """Return how many cores others used on average."""
        return max(0.0, self._others_s() - self._before_s) / (self._clock() - self._began)

    def line(self) -> str:
        """Say it in a line, as a report has it."""
        return f"Other processes took {self.cores():.2f} of {os.cpu_count()} cores during the run."


def parse_busy(text: str, ticks_a_second: int = TICKS_A_SECOND) -> float:
    """Return the seconds that all cores together have worked since the boot, given /proc/stat."""
    counts = [int(field) for field in text.splitlines()[0].split()[1 : 1 + _GUEST]]
    return sum(count for number, count in enumerate(counts) if number not in _IDLE) / ticks_a_second
