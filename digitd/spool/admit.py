"""Tell which files are finished: those that have not changed for the quiet period, by a monotonic clock.

File times may be forged or lie in the future, so they are only compared with themselves. Known limit: a writer that
pauses for longer than the quiet period is taken for finished.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from digitd.spool.scan import Candidate, Stamp


@dataclass(frozen=True, slots=True)
class _Sighting:
    stamp: Stamp
    unchanged_since: float
    first_seen: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A finished file; ``first_seen`` in monotonic seconds."""

    candidate: Candidate
    first_seen: float


class Admission:
    """Remembers when each file of one inbox last changed."""

    def __init__(self, quiet_s: float) -> None:
        self._quiet_s = quiet_s
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
        sightings = {}
        arrivals = []
        for candidate in candidates:
            known = self._sightings.get(candidate.name)
            if known is None:
                known = _Sighting(candidate.stamp, now, now)
            elif known.stamp != candidate.stamp:
                known = _Sighting(candidate.stamp, now, known.first_seen)
            sightings[candidate.name] = known
            if not candidate.is_regular or now - known.unchanged_since >= self._quiet_s:
                arrivals.append(Arrival(candidate=candidate, first_seen=known.first_seen))
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
        """Return in how many seconds the next file may be finished, or None where none is waiting."""
        due = [sighting.unchanged_since + self._quiet_s - now for sighting in self._sightings.values()]
        return max(0.0, min(due)) if due else None
