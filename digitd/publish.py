"""Publish what was read: rows into the ledger, pictures and reason files into the outbox."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from digitd.durable import write_whole
from digitd.errors import OutputError
from digitd.ledger import Delivery, Ledger, Owed, Verdict
from digitd.rows import Row
from digitd.values import Outcome


def commit(
    ledger: Ledger,
    outcomes: Iterable[tuple[Delivery, Outcome]],
    *,
    model_id: str,
    state: str,
    owes_pictures: bool = False,
) -> None:
    """Commit deliveries with what became of them; from here on their rows exist.

    Parameters
    ----------
    ledger : Ledger
    outcomes : iterable of (Delivery, Outcome)
        In the order of their rows.
    model_id : str
        First 12 hex digits of the artefact's sha256.
    state : str
        Of the deliveries from now on: ``committed``, ``settled`` or ``left``.
    owes_pictures : bool
        The pictures that the rows name are not drawn yet.

    Raises
    ------
    OutputError
        When the ledger cannot be written.
    """
    moment = datetime.now(UTC)
    ledger.commit(
        Verdict(
            delivery=delivery,
            rows=_rows(outcome, moment, model_id),
            reason=outcome.reason,
            detail=outcome.detail,
            owed=_owed(outcome) if owes_pictures else (),
            state=state,
        )
        for delivery, outcome in outcomes
    )


def _rows(outcome: Outcome, moment: datetime, model_id: str) -> tuple[Row, ...]:
    return tuple(
        Row(
            time=moment,
            file=outcome.name,
            reading=reading,
            sha256=outcome.sha256,
            model=model_id,
            annotated=picture,
        )
        for reading, picture in zip(outcome.readings, outcome.pictures, strict=True)
    )


def _owed(outcome: Outcome) -> tuple[Owed, ...]:
    pairs = zip(outcome.pictures, outcome.readings, strict=True)
    return tuple(Owed(picture=picture, reading=reading) for picture, reading in pairs if picture)


def write_picture(outbox: Path, name: str, png: bytes, *, for_review: bool) -> None:
    """Write an annotated picture, and a second one to ``review/`` where a person should look at it.

    Raises
    ------
    OutputError
        When the outbox cannot be written.
    """
    try:
        write_whole(outbox / "annotated" / name, png)
        if for_review:
            write_whole(outbox / "review" / name, png)
    except OSError as error:
        raise OutputError(
            f"cannot write the picture {name} to {outbox}: {error.strerror}",
            hint="make room or make the outbox writable",
        ) from error


def write_reason(folder: Path, name: str, fields: Mapping[str, str]) -> None:
    """Write the JSON that says why a file failed; ``name`` is that of the JSON itself."""
    write_whole(folder / name, (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode())
