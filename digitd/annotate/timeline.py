"""The last 24 hours as places on an axis: a minute each, with its time of day, and the gaps where there is none."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitd.values import Minute

PLACES = 1440

_LABEL_EVERY_HOURS = 3

Values = NDArray[np.float64]
"""(PLACES,) float64, oldest first, NaN where there is none."""


class Gap(NamedTuple):
    """Places [start, end) without a minute; before the first minute nothing is known, after it nothing ran."""

    start: int
    end: int
    is_before_all: bool


class Timeline:
    """Minutes of the 24 hours up to a moment.

    Parameters
    ----------
    minutes : sequence of Minute
        In order; those of other hours are left out.
    now : float
        Seconds since 1970.
    zone : tzinfo or None
        Of the times of day; None is the zone of this machine.
    """

    def __init__(self, minutes: Sequence[Minute], *, now: float, zone: tzinfo | None) -> None:
        self._now = now
        self._zone = zone
        self._first = int(now // 60) - PLACES + 1
        self.minutes = [minute for minute in minutes if 0 <= minute.number - self._first < PLACES]
        """Those of the 24 hours."""

    def values(self, of: Callable[[Minute], float | None]) -> Values:
        """Return a figure of each minute at its place."""
        values = np.full(PLACES, np.nan)
        for minute in self.minutes:
            value = of(minute)
            values[minute.number - self._first] = np.nan if value is None else value
        return values

    def gaps(self) -> Iterator[Gap]:
        """Yield where there are no minutes; the last one is taken to go on up to now."""
        places = [minute.number - self._first for minute in self.minutes]
        if not places:
            yield Gap(0, PLACES, is_before_all=True)
        elif places[0] > 0:
            yield Gap(0, places[0], is_before_all=True)
        for before, after in pairwise(places):
            if after - before > 1:
                yield Gap(before + 1, after, is_before_all=False)

    def time_of(self, place: int) -> str:
        """Return the time of day at a place."""
        return f"{self._at((self._first + place) * 60):%H:%M}"

    def ticks(self) -> tuple[list[int], list[str]]:
        """Return the places of every third full hour with their names; midnight has its date below."""
        places, names = [], []
        for place in range(PLACES):
            moment = self._at((self._first + place) * 60)
            if moment.minute == 0 and moment.hour % _LABEL_EVERY_HOURS == 0:
                places.append(place)
                names.append(f"{moment:%H:%M}" + (f"\n{moment.day} {moment:%B}" if moment.hour == 0 else ""))
        return places, names

    @property
    def moment(self) -> str:
        """The end of the 24 hours in words."""
        moment = self._at(self._now)
        return f"{moment:%H:%M} on {moment.day} {moment:%B %Y}"

    @property
    def zone(self) -> str:
        """The zone in words, with its distance from UTC at the end of the 24 hours."""
        moment = self._at(self._now)
        offset = moment.utcoffset() or timedelta()
        minutes = abs(offset) // timedelta(minutes=1)
        distance = f"UTC{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
        name = moment.tzname() or ""
        if name == "UTC":
            return name
        return f"{name} ({distance})" if name.isalpha() else distance

    def _at(self, seconds: float) -> datetime:
        moment = datetime.fromtimestamp(seconds, self._zone)
        return moment if self._zone else moment.astimezone()
