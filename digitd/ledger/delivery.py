"""What the ledger keeps of a file at one time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digitd.ledger.owed import Owed
from digitd.ledger.pages import Pages
from digitd.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One file at one time.

    Attributes
    ----------
    id : int
        Counted from 1, never used again.
    folder : Path
        The inbox.
    name : str
        Relative to it.
    state : str
        ``claimed``, ``committed``, ``settled``, or ``left`` where it cannot be moved.
    attempts : int
        How often it has been in work.
    reason, detail : str
        Set once the file as a whole has failed.
    place : Path or None
        Relative to the outbox: where the file is being moved, once that is decided.
    """

    id: int
    folder: Path
    name: str
    state: str
    attempts: int
    reason: str = ""
    detail: str = ""
    place: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is committed of a delivery: its rows, owed pictures, and its reason when the file as a whole failed.

    The rows of a form belong to its `pages`, one after the other.
    """

    delivery: Delivery
    rows: Sequence[Row]
    reason: str
    detail: str
    owed: Sequence[Owed] = ()
    pages: Pages | None = None
    state: str = "committed"
