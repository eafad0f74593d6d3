"""What can be set, as values. Each stage takes the narrow part it needs, never the whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxConfig:
    """One watched folder; ``form`` is the template where ``kind`` is ``form``, and else None."""

    path: Path
    kind: str
    form: Path | None
    recursive: bool
    ignore: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxConfig:
    """Where results go; ``annotate`` is one of `digitd.values.ANNOTATE`, ``rotate`` of `digitd.values.ROTATE`."""

    path: Path
    annotate: str
    rotate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """When a file counts as finished: times in seconds; ``marker`` is the ending of marker files, empty for none."""

    quiet_s: float
    rescan_s: float
    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a single file may cost before it is refused."""

    max_bytes: int
    max_pixels: int
    max_pages: int
    max_attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """When a value is accepted: by a bearable share of errors, 0-1, or by a fixed confidence above 0."""

    target_error: float
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """For how many days what has ended is kept in each folder of the outbox; 0 is for ever."""

    done_keep_days: float
    failed_keep_days: float
    annotated_keep_days: float
    review_keep_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How the daemon reports.

    Attributes
    ----------
    log_every_s : float
        Seconds between throughput lines.
    log_format : str
        One of `digitd.values.LOG_FORMATS`.
    picture_every_s : float
        Seconds between drawings of throughput.png; 0 for none.
    """

    log_every_s: float
    log_format: str
    picture_every_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Where metrics go: a file, every so many seconds, and a port of an address; None and 0 for none."""

    textfile: Path | None
    every_s: float
    port: int
    address: str


@dataclass(frozen=True, slots=True)
class Effective:
    """A parsed value, and where it came from: a file, a variable, a flag, or ``default``."""

    value: object
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that can be set.

    ``effective`` holds each value again by its dotted key, with where it came from; ``file`` is the one that was read.
    """

    inboxes: tuple[InboxConfig, ...]
    outbox: OutboxConfig
    state_path: Path
    model_path: Path | None
    settle: Settle
    limits: Limits
    review: Review
    retention: Retention
    service: Service
    metrics: Metrics
    effective: Mapping[str, Effective]
    file: Path | None = None
