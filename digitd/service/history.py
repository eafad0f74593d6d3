"""Keep what happened in each minute of the last day, over restarts.

Times are of the wall clock, which may be set. What it says has not happened yet is forgotten; a step back of a minute
or two is waited out. A minute is there if the daemon ran in it, busy or not: the others are gaps.
"""

import json
import logging
import os
from collections import deque
from collections.abc import Iterable
from dataclasses import astuple
from itertools import pairwise
from pathlib import Path

from digitd.durable import write_whole
from digitd.errors import Rejection
from digitd.intake import read_bytes
from digitd.service.throughput import Sample, percentile
from digitd.values import Minute

logger = logging.getLogger(__name__)

DAY_MINUTES = 1440

_VERSION = 1
_MOST_BYTES = 1 << 20
"""Of the file: a whole day has some 60 kB."""
_MOST = 1e12
"""Of any figure in it: what is larger was not written by a daemon, and cannot be drawn."""
_STEP_BACK = 2
"""Minutes by which the clock may be set back, or a clock of another start be ahead, without any harm."""
_LATENCIES = 1 << 15
"""Kept of a minute: all up to 500 files a second, and the last ones beyond that."""


class History:
    """The minutes of the last day, up to the one that goes on.

    Parameters
    ----------
    minutes : iterable of Minute
        Of an earlier run, in order.
    """

    def __init__(self, minutes: Iterable[Minute] = ()) -> None:
        self._over: deque[Minute] = deque(minutes, maxlen=DAY_MINUTES - 1)
        self._now = Minute(number=0)
        self._latencies: deque[float] = deque(maxlen=_LATENCIES)
        self._files = self._readings = self._failed = 0
        self._backlog, self._oldest_s = 0, 0.0
        self._most_backlog, self._most_oldest_s = 0, 0.0
        self._seen: tuple[float, float] | None = None

    def turn(self, wall: float, monotonic: float) -> None:
        """Come to a moment: the minutes before it are over.

        Minutes that passed since the last call are quiet ones, unless the clocks disagree: then the machine slept, or
        its clock was set.

        Parameters
        ----------
        wall : float
            Seconds since 1970.
        monotonic : float
            Seconds of a clock that stands still with the machine.
        """
        before, self._seen = self._seen, (wall, monotonic)
        number = int(wall // 60)
        if before is None:
            self._begin(number)
            return
        ahead = number - self._now.number
        if -_STEP_BACK <= ahead <= 0:
            return
        over = self._so_far()
        self._over.append(over)
        if abs((wall - before[0]) - (monotonic - before[1])) < 60:
            for quiet in range(max(over.number + 1, number - DAY_MINUTES), number):
                self._over.append(Minute(number=quiet, backlog=self._backlog, oldest_s=self._oldest_s))
        self._begin(number)

    def add(self, sample: Sample) -> None:
        """Count a file that was finished just now."""
        self._files += 1
        self._readings += sample.readings
        self._failed += sample.is_failed
        self._latencies.append(sample.latency_s)

    def note(self, *, backlog: int, oldest_s: float) -> bool:
        """Note how many files wait and how long one has, and return whether these are more or fewer than before."""
        is_news = backlog != self._backlog
        self._backlog, self._oldest_s = backlog, oldest_s
        self._most_backlog = max(self._most_backlog, backlog)
        self._most_oldest_s = max(self._most_oldest_s, oldest_s)
        return is_news

    def minutes(self) -> tuple[Minute, ...]:
        """Return the minutes of the last day in order, the one that goes on as far as it is known."""
        first = self._now.number - DAY_MINUTES + 1
        return (*(minute for minute in self._over if minute.number >= first), self._so_far())

    def _begin(self, number: int) -> None:
        """Begin a minute, or go on with it where an earlier run began it."""
        self._now = Minute(number=number)
        while self._over and self._over[-1].number >= number:
            last = self._over.pop()
            if last.number == number:
                self._now = last
        self._latencies.clear()
        self._files = self._readings = self._failed = 0
        self._most_backlog, self._most_oldest_s = self._backlog, self._oldest_s

    def _so_far(self) -> Minute:
        """Return the minute that goes on; where an earlier run began it, the latencies are those of the later files."""
        now = self._now
        has_files = bool(self._latencies)
        return Minute(
            number=now.number,
            files=now.files + self._files,
            readings=now.readings + self._readings,
            failed=now.failed + self._failed,
            backlog=max(now.backlog, self._most_backlog),
            oldest_s=max(now.oldest_s, self._most_oldest_s),
            p50_s=percentile(self._latencies, 0.50) if has_files else now.p50_s,
            p95_s=percentile(self._latencies, 0.95) if has_files else now.p95_s,
        )


def save_history(path: Path, minutes: Iterable[Minute]) -> None:
    """Write minutes to a file, which is there as a whole or as it was; raises OSError."""
    content = {"version": _VERSION, "minutes": [astuple(minute) for minute in minutes]}
    write_whole(path, json.dumps(content, separators=(",", ":")).encode())


def load_history(path: Path, *, now: float) -> tuple[Minute, ...]:
    """Read minutes from a file.

    Parameters
    ----------
    path : Path
    now : float
        Seconds since 1970.

    Returns
    -------
    tuple of Minute
        In order; none, with a line in the log, where the file is damaged, of another version or from the future.
    """
    if not os.path.lexists(path):
        return ()
    try:
        return _parsed(read_bytes(path, _MOST_BYTES), latest=int(now // 60) + _STEP_BACK)
    except (Rejection, ValueError) as error:
        fields = {"file": str(path), "because": str(error)}
        logger.warning("the history of the last day begins anew", extra={"fields": fields})
        return ()


def _parsed(content: bytes, *, latest: int) -> tuple[Minute, ...]:
    """Take a file apart; raises ValueError where it is not as `save_history` writes it."""
    try:
        members = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is damaged") from error
    if not isinstance(members, dict) or not isinstance(members.get("minutes"), list):
        raise ValueError("it is no history")  # noqa: TRY004 - what is wrong is the content
    if members.get("version") != _VERSION:
        raise ValueError("it is of another version of digitd")
    minutes = tuple(_minute(values) for values in members["minutes"][-DAY_MINUTES:])
    if any(later.number <= earlier.number for earlier, later in pairwise(minutes)):
        raise ValueError("its minutes are not in order")
    if minutes and minutes[-1].number > latest:
        raise ValueError("it is from the future")
    return minutes


def _minute(values: object) -> Minute:
    if not isinstance(values, list) or len(values) != len(Minute.__slots__):
        raise ValueError("it has a minute that is none")
    *counts, oldest_s, p50_s, p95_s = values
    if any(type(count) is not int for count in counts):
        raise ValueError("it has a count that is no number")
    seconds = [value for value in (p50_s, p95_s) if value is not None]
    if any(type(value) not in {int, float} for value in (oldest_s, *seconds)):
        raise ValueError("it has a time that is no number")
    if not all(0 <= value <= _MOST for value in (*counts, oldest_s, *seconds)):
        raise ValueError("it has a number that cannot be")
    return Minute(**dict(zip(Minute.__slots__, values, strict=True)))
