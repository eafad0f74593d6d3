"""The rows of the CSV of a form: one a page, with a column for each field. They are the exact bytes that are written.

After the columns of the page, each field has three: its value, its status, and what was read where a rule replaced it.
Fields of other pages of the form are empty. ``status`` is that of the page: ``failed`` where it was not recognised,
``review`` where a person should look at any of its fields, ``blank`` where nothing is written on it, else ``accepted``.
``confidence`` is the lowest of its fields. ``seq`` is that of its first row in predictions.csv.
"""

from dataclasses import dataclass
from datetime import datetime

from digitd.forms.soundness import PAGE_COLUMNS
from digitd.rows import encode_cells, moment_text
from digitd.values import Reading, Sheet, Status

_OF_FIELD = ("", ".status", ".raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """One page with where it came from.

    Attributes
    ----------
    time : datetime
        Aware.
    file : str
    sheet : Sheet
    fields : tuple of str
        The names of all fields of the form.
    sha256 : str
    annotated : str
        Path of the picture of the page, relative to the outbox; empty for none.
    """

    time: datetime
    file: str
    sheet: Sheet
    fields: tuple[str, ...]
    sha256: str
    annotated: str


def form_header(fields: tuple[str, ...]) -> bytes:
    """Return the first line of the CSV of a form with these fields."""
    return encode_cells((*PAGE_COLUMNS, *(name + part for name in fields for part in _OF_FIELD)))


def encode_form_row(row: FormRow, seq: int) -> bytes:
    """Return one line with its newline; `seq` is that of the page's first row in predictions.csv."""
    sheet = row.sheet
    status, reason = _worst(sheet.readings)
    sure = [reading.confidence for reading in sheet.readings if reading.confidence is not None]
    read = {reading.field: reading for reading in sheet.readings}
    cells = [
        str(seq),
        moment_text(row.time),
        row.file,
        str(sheet.page),
        str(sheet.form_page or ""),
        status.value,
        reason,
        f"{min(sure):.4f}" if sure else "",
        sheet.method,
        "" if sheet.rms_mm is None else f"{sheet.rms_mm:.3f}",
        row.sha256,
        row.annotated,
    ]
    for name in row.fields:
        reading = read.get(name)
        cells += ["", "", ""] if reading is None else [reading.value, reading.status.value, reading.raw]
    return encode_cells(tuple(cells))


def _worst(readings: tuple[Reading, ...]) -> tuple[Status, str]:
    """Return the status of a page, and the first reason for it."""
    for status in (Status.FAILED, Status.REVIEW):
        for reading in readings:
            if reading.status is status:
                return status, reading.reason
    if all(reading.status is Status.BLANK for reading in readings):
        return Status.BLANK, readings[0].reason if readings else ""
    return Status.ACCEPTED, ""
