"""Publish what was read: rows into the ledger, pictures and reason files into the outbox."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from digitd.annotate.contact import CELLS
from digitd.durable import Sync, sweep, sync_folder, sync_folders, write_whole
from digitd.errors import OutputError
from digitd.ledger import Delivery, Ledger, Owed, Pages, Verdict
from digitd.names import flat, with_suffix
from digitd.pagerows import PageRow
from digitd.rows import Row
from digitd.values import Form, Outcome, Reading, Sheet, Status, unread

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
    form: Form | None = None,
    owners: Mapping[int, bytes] = MappingProxyType({}),
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
        Each row has a place on a contact sheet, and names that where it has no picture of its own.
    form : Form or None
        What all of them were read with in mind.
    owners : mapping of int to bytes
        By the numbers of deliveries, those that replace what they delivered before; the others each count for itself.

    Raises
    ------
    OutputError
        When the ledger cannot be written.
    """
    moment = datetime.now(UTC)
    seq = ledger.last_seq()
    verdicts = []
    for delivery, outcome in outcomes:
        places = [sheet_place(seq + number) if sheets else None for number in range(1, len(outcome.readings) + 1)]
        seq += len(places)
        verdicts.append(
            Verdict(
                delivery=delivery,
                rows=_rows(outcome, places, moment, model_id),
                reason=outcome.reason,
                detail=outcome.detail,
                owed=_owed(outcome, places) if owes_pictures else (),
                pages=None if form is None else _pages(outcome, form, owner_of(delivery, owners), moment),
                state=state,
            )
        )
    ledger.commit(verdicts)


def owner_of(delivery: Delivery, owners: Mapping[int, bytes]) -> bytes:
    """Return what the values of a delivery belong to: no path that is scored is named like a delivery of its own."""
    return owners.get(delivery.id, b"#%d" % delivery.id)


def picture_path(readings: Sequence[Reading], name: str, sha256: str, annotate: str, *, of_form: bool) -> str:
    """Return the path, in the outbox, of the picture of a reading or of all those of a page; empty for none.

    Parameters
    ----------
    readings : sequence of Reading
        Of one page.
    name, sha256 : str
        Of the file.
    annotate : str
        One of `digitd.values.ANNOTATE`; of forms there are no contact sheets, and blank fields need no look.
    of_form : bool
    """
    plain = {Status.ACCEPTED, Status.BLANK} if of_form else {Status.ACCEPTED}
    if annotate == "none" or (annotate != "all" and all(reading.status in plain for reading in readings)):
        return ""
    page_mark = f"-p{readings[0].page}" if readings[0].page > 1 else ""
    picture = with_suffix(flat(name), f"-{sha256[:12] or 'unread'}{page_mark}.png")
    return f"annotated/{picture}"


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


def _pages(outcome: Outcome, form: Form, owner: bytes, moment: datetime) -> Pages:
    sheets = outcome.sheets or tuple(unread(form.name, reading) for reading in outcome.readings)
    rows = tuple(
        PageRow(time=moment, file=outcome.name, sheet=sheet, annotated=picture)
        for sheet, picture in zip(sheets, _pictures_of(sheets, outcome.pictures), strict=True)
    )
    return Pages(form=form, owner=owner, rows=rows)


def _pictures_of(sheets: Sequence[Sheet], pictures: Sequence[str]) -> Iterator[str]:
    """Yield the picture of each page, of which all its readings have the name."""
    begin = 0
    for sheet in sheets:
        yield pictures[begin]
        begin += len(sheet.readings)


def _owed(outcome: Outcome, places: Sequence[tuple[str, int] | None]) -> tuple[Owed, ...]:
    if outcome.sheets:
        pictures = _pictures_of(outcome.sheets, outcome.pictures)
        return tuple(Owed(picture=p, reading=sheet) for sheet, p in zip(outcome.sheets, pictures, strict=True) if p)
    owed = []
    for reading, picture, place in zip(outcome.readings, outcome.pictures, places, strict=True):
        if picture:
            owed.append(Owed(picture=picture, reading=reading))
        if place:
            owed.append(Owed(picture=place[0], cell=place[1], reading=reading))
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
