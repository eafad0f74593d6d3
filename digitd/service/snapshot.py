"""What a running daemon knows of itself at one moment: the one source of its status file, metrics and status line."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Self


class State(StrEnum):
    """What a daemon is doing."""

    STARTING = "starting"
    WATCHING = "watching"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxState:
    """One inbox: whether it can be listed, how many files wait in it, and the longest for how many seconds."""

    path: str
    is_listed: bool = True
    waiting: int = 0
    oldest_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How the work stands.

    Attributes
    ----------
    state : State
    trouble, hint : str
        Why it is paused and what to do, empty where it is not.
    is_well : bool
        Whether the ledger can be used and an inbox be listed. Where not, a new process may be able to.
    inboxes : tuple of InboxState
    watch_mode : str
        ``events``, or ``listing`` where file system events cannot be relied on.
    watch_because : str
        Why it is ``listing``.
    overflows : int
        How often the kernel's queue of events has overflowed.
    rescan_finds : int
        Files that were found by a look at the inbox which no event had asked for.
    rows : int
        Sequence number of the last row.
    pictures_owed : int
        Pictures that are not drawn yet.
    """

    state: State
    trouble: str = ""
    hint: str = ""
    is_well: bool = True
    inboxes: tuple[InboxState, ...] = ()
    watch_mode: str = "events"
    watch_because: str = ""
    overflows: int = 0
    rescan_finds: int = 0
    rows: int = 0
    pictures_owed: int = 0

    @property
    def backlog(self) -> int:
        """How many files wait."""
        return sum(inbox.waiting for inbox in self.inboxes)

    @property
    def oldest_s(self) -> float:
        """For how many seconds the file that waits longest has been waiting."""
        return max((inbox.oldest_s for inbox in self.inboxes), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What was done since the start; rates and latencies are of the last minute.

    Attributes
    ----------
    files, failed : int
        Files that were finished, and those of them of which no page could be read.
    readings : mapping of str to int
        Rows by their status.
    files_per_s : float
    p50_ms, p95_ms : float or None
        From when a file was first seen to when its rows were in the CSV.
    last_success : float or None
        When the last file was read that did not fail, in seconds since 1970.
    """

    files: int = 0
    failed: int = 0
    readings: Mapping[str, int] = field(default_factory=dict)
    files_per_s: float = 0.0
    p50_ms: float | None = None
    p95_ms: float | None = None
    last_success: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which daemon this is, and with what it reads.

    Attributes
    ----------
    version : str
        Of digitd.
    started : float
        Seconds since 1970.
    config : str
        The configuration file, empty for none.
    outbox : str
    model : str
        First 12 hex digits of the artefact's sha256.
    reloaded : float or None
        When the configuration was last read again, in seconds since 1970.
    reload_error : str
        Why the last attempt at that failed, empty where it did not.
    """

    version: str
    started: float
    config: str = ""
    outbox: str = ""
    model: str = ""
    reloaded: float | None = None
    reload_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything together."""

    identity: Identity
    facts: Facts
    totals: Totals

    def to_json(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))  # in ASCII: paths may hold bytes that are not UTF-8

    @classmethod
    def from_dict(cls, members: Mapping[str, Any]) -> Self:
        """Make it of the members of its JSON, also of another version's; raises KeyError, TypeError or ValueError."""
        facts = _known(Facts, members["facts"])
        facts["state"] = State(facts["state"])
        facts["inboxes"] = tuple(InboxState(**_known(InboxState, inbox)) for inbox in facts["inboxes"])
        return cls(
            identity=Identity(**_known(Identity, members["identity"])),
            facts=Facts(**facts),
            totals=Totals(**_known(Totals, members["totals"])),
        )

    @property
    def line(self) -> str:
        """Return it in one line for people."""
        facts, totals = self.facts, self.totals
        if facts.trouble:
            return f"{facts.state}: {facts.trouble}"
        counts = f"{totals.files} files read, {totals.failed} of them failed; {facts.backlog} waiting"
        gone = [inbox.path for inbox in facts.inboxes if not inbox.is_listed]
        return f"{facts.state}; {counts}" + (f"; cannot list {', '.join(gone)}" if gone else "")


def _known(kind: type[Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """Return those members that a dataclass of this version has."""
    return {item.name: members[item.name] for item in fields(kind) if item.name in members}
