"""Count what goes through, and sum it up now and then in one line."""

import math
from collections import deque
from dataclasses import dataclass

_RECENT = 10_000
"""Latencies kept for the percentiles: enough for steady figures, little to sort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One finished file; ``latency_s`` from when it was first seen to when its rows were in the CSV."""

    readings: int
    latency_s: float
    is_failed: bool


class Throughput:
    """Totals since the start and since the last line; all times in monotonic seconds."""

    def __init__(self, *, now: float, every_s: float) -> None:
        self._every_s = every_s
        self._started = self._line_began = now
        self._files = self._readings = self._failed = 0
        self._files_before_line = 0
        self._latencies: deque[float] = deque(maxlen=_RECENT)

    def add(self, sample: Sample) -> None:
        """Count a file."""
        self._files += 1
        self._readings += sample.readings
        self._failed += sample.is_failed
        self._latencies.append(sample.latency_s)

    def due_in_s(self, now: float) -> float:
        """Return in how many seconds the next line is due; 0 when it is due now."""
        return max(0.0, self._line_began + self._every_s - now)

    def line(self, *, now: float, backlog: int, oldest_s: float) -> dict[str, object]:
        """Return the fields of a line and begin the next one."""
        fields: dict[str, object] = {
            "files": self._files,
            "readings": self._readings,
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


def _percentile_ms(latencies: deque[float], share: float) -> float | None:
    """Return the smallest latency that at least this share of files did not exceed, in milliseconds."""
    if not latencies:
        return None
    ranked = sorted(latencies)
    return round(ranked[math.ceil(share * len(ranked)) - 1] * 1000, 1)
