"""What the ledger knows of the files in the outbox: whose they are, and whether anybody still works with them."""

import os
from dataclasses import dataclass
from pathlib import Path

from digitd.ledger.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A row, and the delivery that it is of.

    Attributes
    ----------
    seq : int
    line : bytes
        Of the CSV; it names the picture.
    delivery : int
    place : Path or None
        Relative to the outbox: where the file was moved.
    is_settled : bool
        Whether it is there, and the pictures are drawn.
    """

    seq: int
    line: bytes
    delivery: int
    place: Path | None
    is_settled: bool


class EndedFiles:
    """Files in the outbox, as one ledger knows them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, seq: int, *, at_most: int) -> list[Ended]:
        """Return so many rows after a sequence number with their deliveries, in order."""
        query = (
            "SELECT seq, bytes, delivery.id, place, state = 'settled'"
            " FROM line JOIN delivery ON delivery.id = line.delivery WHERE seq > ? ORDER BY seq LIMIT ?"
        )
        with self._database.reading() as execute:
            return [
                Ended(
                    seq=number,
                    line=line,
                    delivery=delivery,
                    place=None if place is None else Path(os.fsdecode(place)),
                    is_settled=bool(is_settled),
                )
                for number, line, delivery, place, is_settled in execute(query, (seq, at_most))
            ]

    def promised(self) -> set[Path]:
        """Return the places, relative to the outbox, that files are being moved to."""
        query = "SELECT place FROM delivery WHERE state != 'settled' AND state = 'committed' AND place IS NOT NULL"
        with self._database.reading() as execute:
            return {Path(os.fsdecode(place)) for (place,) in execute(query)}

    def is_owed(self, picture: Path) -> bool:
        """Return whether a picture, by its path relative to the outbox, has still to be drawn, or a part of it."""
        with self._database.reading() as execute:
            return execute("SELECT 1 FROM owed WHERE picture = ? LIMIT 1", (str(picture),)).fetchone() is not None
