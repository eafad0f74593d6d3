"""Pictures that are owed: rows never wait for them, and whoever draws them later must show what the row says."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from digitd.values import Box, BoxReading, Reading, Sheet, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """The picture of a reading, or of a page of a form with all that was read on it.

    Attributes
    ----------
    picture : str
        Its path, relative to the outbox.
    reading : Reading or Sheet
    cell : int or None
        Where it goes on the contact sheet at that path, from 0; None where the picture is of this reading alone.
    """

    picture: str
    reading: Reading | Sheet
    cell: int | None = None

    @property
    def page(self) -> int:
        """Of the file, from 1."""
        return self.reading.page

    @property
    def weight(self) -> int:
        """How much it is to be sent to another process: a reading is 1."""
        if isinstance(self.reading, Reading):
            return 1
        return sum(1 + len(reading.boxes) for reading in self.reading.readings)


def encode_reading(reading: Reading | Sheet) -> str:
    """Return what was read as JSON."""
    return json.dumps(asdict(reading))


def decode_reading(text: str) -> Reading | Sheet:
    """Return what was read from JSON; the same as was encoded."""
    fields = json.loads(text)
    return _sheet(fields) if "readings" in fields else _reading(fields)


def _sheet(fields: dict[str, Any]) -> Sheet:
    tuples = {name: tuple(fields[name]) for name in ("size_mm", "transform", "tried")}
    return Sheet(**fields | tuples | {"readings": tuple(map(_reading, fields["readings"]))})


def _reading(fields: dict[str, Any]) -> Reading:
    """Make a reading of its fields, also of those that older versions knew."""
    return Reading(
        **fields
        | {
            "status": Status(fields["status"]),
            "probabilities": tuple(fields["probabilities"]),
            "box": Box(**fields["box"]) if fields["box"] else None,
            "runners_up": tuple((value, p) for value, p in fields.get("runners_up", ())),
            "boxes": tuple(map(_box_reading, fields.get("boxes", ()))),
        }
    )


def _box_reading(fields: dict[str, Any]) -> BoxReading:
    corners = tuple((x, y) for x, y in fields["corners"])
    return BoxReading(**fields | {"corners": corners, "status": Status(fields["status"])})
