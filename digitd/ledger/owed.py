"""Pictures that are owed: rows never wait for them, and whoever draws them later must show what the row says."""

import json
from dataclasses import asdict, dataclass

from digitd.values import Box, Reading, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """The picture of a reading.

    Attributes
    ----------
    picture : str
        Its path, relative to the outbox.
    reading : Reading
    cell : int or None
        Where it goes on the contact sheet at that path, from 0; None where the picture is of this reading alone.
    """

    picture: str
    reading: Reading
    cell: int | None = None

    @property
    def page(self) -> int:
        """Of the file, from 1."""
        return self.reading.page


def encode_reading(reading: Reading) -> str:
    """Return a reading as JSON."""
    return json.dumps(asdict(reading))


def decode_reading(text: str) -> Reading:
    """Return the reading in JSON; the same as was encoded."""
    fields = json.loads(text)
    return Reading(
        **fields
        | {
            "status": Status(fields["status"]),
            "probabilities": tuple(fields["probabilities"]),
            "box": Box(**fields["box"]) if fields["box"] else None,
        }
    )
