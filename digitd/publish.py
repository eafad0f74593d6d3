"""Publish what was read: rows into the ledger, pictures and reason files into the outbox."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from digitd.annotate.contact import CELLS
from digitd.durable import Sync, sweep, sync_folder, sync_folders, write_whole
from digitd.errors import OutputError
from digitd.formrows import FormRow
from digitd.ledger import Delivery, Ledger, Owed, Verdict
from digitd.rows import Row
from digitd.values import Outcome, Sheet

_PICTURES = ("annotated", "review")
"""Folders of the outbox that pictures are written to."""


def commit(
    ledger: Ledger,
    outcomes: Iterable[tuple[Delivery, Outcome]],
    *,
    model_id: str,
    state: str,
    owes_pictures: bool = False,
    sheets: bool = False,
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
    sheets : bool
        Each row of a digit has a place on a contact sheet, and names that where it has no picture of its own.

    Raises
    ------
    OutputError
        When the ledger cannot be written.
    """
    moment = datetime.now(UTC)
    seq = ledger.last_seq()
    verdicts = []
    for delivery, outcome in outcomes:
        places = [
            sheet_place(seq + number) if sheets and not outcome.sheets else None
            for number in range(1, len(outcome.readings) + 1)
        ]
        seq += len(places)
        verdicts.append(
            Verdict(
                delivery=delivery,
                rows=_rows(outcome, places, moment, model_id),
                pages=_pages(outcome, moment),
                reason=outcome.reason,
                detail=outcome.detail,
                owed=_owed(outcome, places) if owes_pictures else (),
                state=state,
            )
        )
    ledger.commit(verdicts)


def sheet_place(seq: int) -> tuple[str, int]:
    """Return where a row is on the contact sheets: the path of the sheet in the outbox, and the cell, from 0."""
    number, cell = divmod(seq - 1, CELLS)
    return f"annotated/sheet-{number + 1:06d}.png", cell


def _rows(
    outcome: Outcome, places: Sequence[tuple[str, int] | None], moment: datetime, model_id: str
) -> tuple[Row, ...]:
    return tuple(
        Row(
            time=moment,
            file=outcome.name,
            reading=reading,
            sha256=outcome.sha256,
            model=model_id,
            annotated=picture or (place[0] if place else ""),
        )
        for reading, picture, place in zip(outcome.readings, outcome.pictures, places, strict=True)
    )


def _pages(outcome: Outcome, moment: datetime) -> tuple[FormRow, ...]:
    return tuple(
        FormRow(
            time=moment,
            file=outcome.name,
            sheet=sheet,
            fields=outcome.fields,
            sha256=outcome.sha256,
            annotated=picture,
        )
        for sheet, picture in _with_pictures(outcome)
    )


def _with_pictures(outcome: Outcome) -> list[tuple[Sheet, str]]:
    """Return the pages of a file that was read with a form in mind, each with the picture that its readings share."""
    pictures = {reading.page: picture for reading, picture in zip(outcome.readings, outcome.pictures, strict=True)}
    return [(sheet, pictures[sheet.page]) for sheet in outcome.sheets]


def _owed(outcome: Outcome, places: Sequence[tuple[str, int] | None]) -> tuple[Owed, ...]:
    if outcome.sheets:
        return tuple(Owed(picture=picture, shown=sheet) for sheet, picture in _with_pictures(outcome) if picture)
    owed = []
    for reading, picture, place in zip(outcome.readings, outcome.pictures, places, strict=True):
        if picture:
            owed.append(Owed(picture=picture, shown=reading))
        if place:
            owed.append(Owed(picture=place[0], cell=place[1], shown=reading))
    return tuple(owed)


def write_picture(outbox: Path, name: str, png: bytes, *, for_review: bool) -> None:
    """Write an annotated picture, and a second one to ``review/`` where a person should look at it.

    `sync_pictures` makes pictures durable, many at once.

    Raises
    ------
    OutputError
        When the outbox cannot be written.
    """
    try:
        write_whole(outbox / "annotated" / name, png, sync=_later)
        if for_review:
            write_whole(outbox / "review" / name, png, sync=_later)
    except OSError as error:
        raise OutputError(
            f"cannot write the picture {name} to {outbox}: {error.strerror}",
            hint="make room or make the outbox writable",
        ) from error


def _later(_folder: Path) -> None:
    """Leave a folder to `sync_pictures`."""


def sync_pictures(outbox: Path) -> None:
    """Make the names of pictures durable; raises as `write_picture` does."""
    try:
        sync_folders(outbox / folder for folder in _PICTURES)
    except OSError as error:
        raise OutputError(f"cannot write pictures to {outbox}: {error.strerror}", hint="check its disk") from error


def sweep_pictures(outbox: Path) -> None:
    """Remove pictures that a process was writing when it was killed; raises as `write_picture` does."""
    try:
        for folder in _PICTURES:
            sweep(outbox / folder)
    except OSError as error:
        raise OutputError(f"cannot tidy {outbox}: {error.strerror}", hint="make the outbox writable") from error


def write_reason(folder: Path, name: str, fields: Mapping[str, str], *, sync: Sync = sync_folder) -> None:
    """Write the JSON that says why a file failed; ``name`` is that of the JSON itself."""
    write_whole(folder / name, (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode(), sync=sync)
