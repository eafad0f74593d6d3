"""Tell which files are finished.

One that ends as its format does and that nobody has open to write is taken at once. Any other must not have changed for
the quiet period, by a monotonic clock; one that is cut off or still open, for ten of them: it is "not yet" rather than
"bad" while it is young. Where uploaders say by a marker that they are done, nothing else counts.

File times may be forged or lie in the future, so they are only compared with themselves. Known limit: an uploader that
closes a whole image and opens it again to write more is taken for finished in between.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from digitd.imaging.endings import Ending
from digitd.spool.scan import Candidate, Stamp
from digitd.spool.signs import NO_SIGNS, Signs

_PATIENCE = 10.0
"""Quiet periods after which a file that looks unfinished is taken all the same, maybe to be refused with its reason."""


class _Sighting(NamedTuple):
    stamp: Stamp
    unchanged_since: float
    first_seen: float
    signs: Signs | None = None
    """None before its turn to be looked at has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A finished file; ``first_seen`` in monotonic seconds."""

    candidate: Candidate
    first_seen: float


class Admission:
    """Remembers when each file of one inbox last changed.

    Parameters
    ----------
    quiet_s : float
    signs_of : callable
        Looks at the file of a name, relative to the inbox.
    marker : str
        What is appended to the name of a finished file to name its marker; empty where uploaders leave none.
    """

    def __init__(self, quiet_s: float, signs_of: Callable[[str], Signs], *, marker: str = "") -> None:
        self._quiet_s = quiet_s
        self._signs_of = signs_of
        self._marker = marker
        self._sightings: dict[str, _Sighting] = {}
        self.newly_seen = 0
        """How many files the last list had that the one before had not."""

    def admit(self, candidates: Iterable[Candidate], now: float) -> Iterator[Arrival]:
        """Take note of a complete list, and yield the finished files of it, those seen first leading.

        What is not listed is forgotten. Each file is looked at when its turn comes: where 100,000 wait, the first is
        yielded before the last is opened.

        Parameters
        ----------
        candidates : iterable of Candidate
            Everything that lies in the inbox now.
        now : float
            Monotonic seconds.
        """
        found = {candidate.name: candidate for candidate in candidates}
        if self._marker:
            marked = {name for name in found if name + self._marker in found}
            found = {name: candidate for name, candidate in found.items() if not name.endswith(self._marker)}
        self.newly_seen = len(found.keys() - self._sightings.keys())
        self._sightings = {name: self._see(candidate, now) for name, candidate in found.items()}
        first_seen = {name: sighting.first_seen for name, sighting in self._sightings.items()}
        listed = sorted(found.values(), key=lambda candidate: (first_seen[candidate.name], candidate.name))
        if self._marker:
            listed = [candidate for candidate in listed if candidate.name in marked]
        return self._finished(listed, now)

    def forget(self, name: str) -> None:
        """Forget a file that has been taken, so that the next of its name is a new one."""
        self._sightings.pop(name, None)

    @property
    def waiting(self) -> int:
        """How many files are known and not yet taken."""
        return len(self._sightings)

    def oldest_s(self, now: float) -> float:
        """Return for how many seconds the file that waits longest has been waiting; 0 where none waits."""
        return max((now - sighting.first_seen for sighting in self._sightings.values()), default=0.0)

    def due_in_s(self, now: float) -> float | None:
        """Return in how many seconds the next file may be finished, or None where none will be by waiting alone."""
        if self._marker or not self._sightings:
            return None
        return max(0.0, min(self._due(sighting) for sighting in self._sightings.values()) - now)

    def _see(self, candidate: Candidate, now: float) -> _Sighting:
        """Note when a file was first seen as it is now."""
        known = self._sightings.get(candidate.name)
        if known is None:
            return _Sighting(candidate.stamp, unchanged_since=now, first_seen=now)
        if known.stamp != candidate.stamp:
            return _Sighting(candidate.stamp, unchanged_since=now, first_seen=known.first_seen)
        return known

    def _finished(self, listed: Iterable[Candidate], now: float) -> Iterator[Arrival]:
        for candidate in listed:
            sighting = self._sightings[candidate.name]
            if not self._marker and candidate.is_regular:
                sighting = self._sightings[candidate.name] = self._look_at(candidate.name, sighting)
            if self._marker or self._is_finished(candidate, sighting, now):
                yield Arrival(candidate=candidate, first_seen=sighting.first_seen)

    def _look_at(self, name: str, sighting: _Sighting) -> _Sighting:
        """Look at the signs of a file that is new or has changed; and again while it is open: its writer closes it."""
        if sighting.signs is not None and sighting.signs.is_open is not True:
            return sighting
        return sighting._replace(signs=self._signs_of(name))

    def _is_finished(self, candidate: Candidate, sighting: _Sighting, now: float) -> bool:
        if not candidate.is_regular:
            return True
        signs = sighting.signs or NO_SIGNS
        if signs.is_open is False and signs.ending is Ending.WHOLE:
            return True
        return now >= self._due(sighting)

    def _due(self, sighting: _Sighting) -> float:
        """Return when a file that does not change any more counts as finished, in monotonic seconds."""
        signs = sighting.signs or NO_SIGNS
        is_doubtful = signs.ending is Ending.CUT or signs.is_open
        patience = _PATIENCE if is_doubtful else 1.0
        return sighting.unchanged_since + patience * self._quiet_s
