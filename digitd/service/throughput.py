"""Count what goes through, and sum it up now and then in one line."""

import math
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass

from digitd.service.snapshot import Totals
from digitd.values import Status

_RECENT = 10_000
"""Latencies kept for the percentiles: enough for steady figures, little to sort."""
_WINDOW_S = 60.0
"""That the figures of `totals` look back on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One finished file.

    Attributes
    ----------
    statuses : tuple of Status
        Of its readings, in page order.
    latency_s : float
        From when the file was first seen to when its rows were in the CSV.
    waited_s : float
        Of these the time before it was taken.
    read_s : float
        And the time in which it was read.
    at : float
        When its rows were in the CSV, in seconds since 1970.
    is_failed : bool
        Whether no page of it could be read.
    """

    statuses: tuple[Status, ...]
    latency_s: float
    waited_s: float
    read_s: float
    at: float
    is_failed: bool

    @property
    def readings(self) -> int:
        """How many rows it has."""
        return len(self.statuses)


class Throughput:
    """Totals since the start and since the last line; all times in monotonic seconds."""

    def __init__(self, *, now: float, every_s: float) -> None:
        self.every_s = every_s
        self._started = self._line_began = now
        self._files = self._failed = 0
        self._readings: Counter[str] = Counter()
        self._files_before_line = 0
        self._latencies: deque[float] = deque(maxlen=_RECENT)
        self._last_minute: deque[tuple[float, float]] = deque(maxlen=_RECENT)
        """When files were finished, and their latencies."""
        self._last_success: float | None = None

    def add(self, sample: Sample, now: float) -> None:
        """Count a file."""
        self._files += 1
        self._readings.update(status.value for status in sample.statuses)
        self._failed += sample.is_failed
        self._latencies.append(sample.latency_s)
        self._last_minute.append((now, sample.latency_s))
        if not sample.is_failed:
            self._last_success = sample.at

    def totals(self, now: float) -> Totals:
        """Return what was done since the start, and how quickly in the last minute."""
        recent = self._last_minute
        while recent and now - recent[0][0] > _WINDOW_S:
            recent.popleft()
        is_full = len(recent) == recent.maxlen  # then it looks back on less than a minute
        seconds = now - recent[0][0] if is_full else min(_WINDOW_S, now - self._started)
        latencies = [latency_s for _, latency_s in recent]
        return Totals(
            files=self._files,
            failed=self._failed,
            readings=dict(self._readings),
            files_per_s=_rate(len(recent), seconds),
            p50_ms=_percentile_ms(latencies, 0.50),
            p95_ms=_percentile_ms(latencies, 0.95),
            last_success=self._last_success,
        )

    def due_in_s(self, now: float) -> float:
        """Return in how many seconds the next line is due; 0 when it is due now."""
        return max(0.0, self._line_began + self.every_s - now)

    def line(self, *, now: float, backlog: int, oldest_s: float) -> dict[str, object]:
        """Return the fields of a line and begin the next one."""
        fields: dict[str, object] = {
            "files": self._files,
            "readings": self._readings.total(),
            "failed": self._failed,
            "files_per_s": _rate(self._files - self._files_before_line, now - self._line_began),
            "files_per_s_since_start": _rate(self._files, now - self._started),
            "backlog": backlog,
            "oldest_s": round(oldest_s, 1),
            "p50_ms": _percentile_ms(self._latencies, 0.50),
            "p95_ms": _percentile_ms(self._latencies, 0.95),
        }
        self._line_began, self._files_before_line = now, self._files
        self._latencies.clear()
        return fields


def _rate(count: int, seconds: float) -> float:
    return round(count / seconds, 2) if seconds > 0 else 0.0


def percentile(latencies: Iterable[float], share: float) -> float | None:
    """Return the smallest latency that at least this share of files, above 0, did not exceed; None without files."""
    ranked = sorted(latencies)
    return ranked[math.ceil(share * len(ranked)) - 1] if ranked else None


def _percentile_ms(latencies: Iterable[float], share: float) -> float | None:
    latency_s = percentile(latencies, share)
    return None if latency_s is None else round(latency_s * 1000, 1)
