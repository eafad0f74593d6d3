"""Pictures that are owed: rows never wait for them, and whoever draws them later must show what the row says."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from digitd.values import Box, BoxReading, Reading, Sheet, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """The picture of a reading, or of a page of a form.

    Attributes
    ----------
    picture : str
        Its path, relative to the outbox.
    shown : Reading or Sheet
    cell : int or None
        Where it goes on the contact sheet at that path, from 0; None where the picture is of this reading alone.
    """

    picture: str
    shown: Reading | Sheet
    cell: int | None = None

    @property
    def page(self) -> int:
        """Of the file, from 1."""
        return self.shown.page


def encode_shown(shown: Reading | Sheet) -> str:
    """Return what a picture shows as JSON."""
    return json.dumps(asdict(shown))


def decode_shown(text: str) -> Reading | Sheet:
    """Return what a picture shows; the same as was encoded."""
    fields = json.loads(text)
    return _sheet(fields) if "form" in fields else _reading(fields)


def _sheet(fields: dict[str, Any]) -> Sheet:
    return Sheet(
        **fields
        | {
            "size_mm": tuple(fields["size_mm"]),
            "transform": tuple(fields["transform"]),
            "tried": tuple(fields["tried"]),
            "readings": tuple(_reading(reading) for reading in fields["readings"]),
        }
    )


def _reading(fields: dict[str, Any]) -> Reading:
    return Reading(
        **fields
        | {
            "status": Status(fields["status"]),
            "probabilities": tuple(fields["probabilities"]),
            "box": Box(**fields["box"]) if fields["box"] else None,
            "runners_up": tuple((value, p) for value, p in fields.get("runners_up", ())),  # of old ledgers: none
            "boxes": tuple(_box_reading(box) for box in fields.get("boxes", ())),
        }
    )


def _box_reading(fields: dict[str, Any]) -> BoxReading:
    corners = tuple((x, y) for x, y in fields["corners"])
    return BoxReading(**fields | {"corners": corners, "status": Status(fields["status"])})
