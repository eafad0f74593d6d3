"""Tell which files are finished.

One that ends as its format does and that nobody has open to write is taken at once. Any other must not have changed for
the quiet period, by a monotonic clock; one that is cut off or still open, for ten of them: it is "not yet" rather than
"bad" while it is young. Where uploaders say by a marker that they are done, nothing else counts.

File times may be forged or lie in the future, so they are only compared with themselves. Known limit: an uploader that
closes a whole image and opens it again to write more is taken for finished in between.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from digitd.imaging.endings import Ending
from digitd.spool.scan import Candidate, Stamp
from digitd.spool.signs import NO_SIGNS, Signs

_PATIENCE = 10.0
"""Quiet periods after which a file that looks unfinished is taken all the same, maybe to be refused with its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighting:
    stamp: Stamp
    unchanged_since: float
    first_seen: float
    signs: Signs


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

    def admit(self, candidates: Iterable[Candidate], now: float) -> list[Arrival]:
        """Return the finished files of a complete list, those seen first leading; what is not listed is forgotten.

        Parameters
        ----------
        candidates : iterable of Candidate
            Everything that lies in the inbox now.
        now : float
            Monotonic seconds.
        """
        found = {candidate.name: candidate for candidate in candidates}
        sightings = {}
        arrivals = []
        for name, candidate in found.items():
            if self._marker and name.endswith(self._marker):
                continue
            sighting = self._see(candidate, now)
            sightings[name] = sighting
            is_marked = bool(self._marker) and name + self._marker in found
            if is_marked or (not self._marker and self._is_finished(candidate, sighting, now)):
                arrivals.append(Arrival(candidate=candidate, first_seen=sighting.first_seen))
        self._sightings = sightings
        return sorted(arrivals, key=lambda arrival: (arrival.first_seen, arrival.candidate.name))

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
        """Note when a file was first seen as it is now. Signs may change without it: its writer closes it."""
        known = self._sightings.get(candidate.name)
        since = now if known is None or known.stamp != candidate.stamp else known.unchanged_since
        is_told = known is not None and since != now and known.signs.is_open is not True
        signs = NO_SIGNS
        if candidate.is_regular and not self._marker:
            signs = known.signs if known is not None and is_told else self._signs_of(candidate.name)
        return _Sighting(
            stamp=candidate.stamp,
            unchanged_since=since,
            first_seen=now if known is None else known.first_seen,
            signs=signs,
        )

    def _is_finished(self, candidate: Candidate, sighting: _Sighting, now: float) -> bool:
        if not candidate.is_regular:
            return True
        if sighting.signs.is_open is False and sighting.signs.ending is Ending.WHOLE:
            return True
        return now >= self._due(sighting)

    def _due(self, sighting: _Sighting) -> float:
        """Return when a file that does not change any more counts as finished, in monotonic seconds."""
        is_doubtful = sighting.signs.ending is Ending.CUT or sighting.signs.is_open
        patience = _PATIENCE if is_doubtful else 1.0
        return sighting.unchanged_since + patience * self._quiet_s
