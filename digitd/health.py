"""Find out from outside how a daemon is, also when it is dead or hung: by its status file, its process and its ledger.

Residual risk: where the status file is on a disk that has become read-only, a daemon that waits there looks hung.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from digitd.errors import OutputError
from digitd.ledger import Ledger
from digitd.service.snapshot import Snapshot, State
from digitd.service.status import HUNG_AFTER_S, STATUS_NAME, Sighting, is_there, read_status


class Health(IntEnum):
    """How a daemon is; the numbers are the exit codes of ``digitd health``."""

    OK = 0
    DEGRADED = 1
    DEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFacts:
    """What the ledger says, whoever runs: the last row, deliveries begun and not ended, pictures not yet drawn."""

    rows: int
    in_work: int
    pictures_owed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a daemon was found.

    Attributes
    ----------
    health : Health
    because : tuple of str
        What is not as it should be, in sentences.
    state : str
        What it is doing, or ``not running``, or ``hung``.
    pid : int or None
        Of its process, while that runs.
    silent_s : float or None
        Seconds since its last sign of life; None where nothing is known of any.
    ledger : LedgerFacts or None
        None where there is none yet, or it cannot be read.
    snapshot : Snapshot or None
        What it last said of itself.
    """

    health: Health
    because: tuple[str, ...]
    state: str
    pid: int | None = None
    silent_s: float | None = None
    ledger: LedgerFacts | None = None
    snapshot: Snapshot | None = None

    def members(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        return asdict(self) | {"health": self.health.name.lower()}


def examine(state: Path) -> Condition:
    """Find out how the daemon of a state folder is.

    Raises
    ------
    InputError
        When the state folder may not be read.
    """
    sighting = read_status(state)
    ledger, ledger_trouble = _look_at_ledger(state)
    if sighting is None:
        file = state / STATUS_NAME
        what = f"{file} cannot be understood" if os.path.lexists(file) else f"no digitd has run with {state}"
        because: tuple[str, ...] = (what,)
        return Condition(health=Health.DEAD, because=because, state="not running", ledger=ledger)
    snapshot, pid = sighting.snapshot, sighting.process.pid
    silent_s = round(max(0.0, time.monotonic() - sighting.beat), 1)
    if because_gone := _why_gone(sighting, silent_s):
        return Condition(
            health=Health.DEAD, because=(because_gone,), state="not running", ledger=ledger, snapshot=snapshot
        )
    is_hung = silent_s > HUNG_AFTER_S
    if is_hung:
        because = (f"its process {pid} is there and has given no sign of life for {silent_s:.0f} s",)
    else:
        because = (*_troubles(snapshot), *ledger_trouble)
    return Condition(
        health=Health.DEAD if is_hung else Health.DEGRADED if because else Health.OK,
        because=because,
        state="hung" if is_hung else snapshot.facts.state.value,
        pid=pid,
        silent_s=silent_s,
        ledger=ledger,
        snapshot=snapshot,
    )


def _why_gone(sighting: Sighting, silent_s: float) -> str:
    """Return how it is known that the process is no more, or nothing where it still is."""
    if sighting.snapshot.facts.state is State.STOPPED:
        return "it was stopped"
    is_alive = is_there(sighting.process)
    if is_alive is False or (is_alive is None and silent_s > HUNG_AFTER_S):
        return f"its process {sighting.process.pid} has ended without a word"
    return ""


def _troubles(snapshot: Snapshot) -> Iterator[str]:
    """Yield what keeps a daemon that gives signs of life from its work."""
    facts, identity = snapshot.facts, snapshot.identity
    if facts.trouble:
        yield f"paused: {facts.trouble}"
    elif facts.state is not State.WATCHING:
        yield f"it is {facts.state}"
    for inbox in facts.inboxes:
        if not inbox.is_listed:
            yield f"the inbox {inbox.path} cannot be listed"
    if identity.reload_error:
        yield f"the last reload failed, so it goes on as before: {identity.reload_error}"


def _look_at_ledger(state: Path) -> tuple[LedgerFacts | None, tuple[str, ...]]:
    """Return what the ledger says, and what is wrong with it."""
    if not (state / Ledger.NAME).is_file():
        return None, ()
    try:
        with Ledger.open_to_read(state) as ledger:
            facts = LedgerFacts(rows=ledger.last_seq(), in_work=ledger.in_work(), pictures_owed=ledger.pictures_owed())
    except OutputError as error:
        return None, (str(error),)
    return facts, ()
