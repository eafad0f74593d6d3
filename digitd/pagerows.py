"""The lines of ``forms/<form>.csv``: a line a page, with three cells for each field of the form.

A line has the number of the first row that predictions.csv has of the same page, so that the two can be joined. Fields
of other pages of the form are empty. The first columns are a contract, as are the names of the others.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digitd.rows import encode_cells, in_utc
from digitd.values import Reading, Sheet, Status

PAGE_COLUMNS = (
    "seq",
    "time",
    "file",
    "page",
    "form_page",
    "status",
    "reason",
    "registration",
    "rms_mm",
    "confidence",
    "annotated",
)

_RANKS = (Status.FAILED, Status.REVIEW, Status.ACCEPTED, Status.BLANK)
"""The status of a page is the first of these that any of its fields has: one is blank when all its fields are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """What was read on a page, with where it came from; ``time`` is aware, ``annotated`` empty for no picture."""

    time: datetime
    file: str
    sheet: Sheet
    annotated: str


def page_columns(fields: Sequence[str]) -> tuple[str, ...]:
    """Return the columns for fields of these names."""
    of_fields = ((name, f"{name}.status", f"{name}.raw") for name in fields)
    return (*PAGE_COLUMNS, *(column for columns in of_fields for column in columns))


def page_header(fields: Sequence[str]) -> bytes:
    """Return the first line for fields of these names."""
    return encode_cells(page_columns(fields))


def doubled_column(fields: Sequence[str]) -> str:
    """Return a column that fields of these names would make twice, empty for none."""
    return next((column for column, number in Counter(page_columns(fields)).items() if number > 1), "")


def encode_page(row: PageRow, fields: Sequence[str], seq: int) -> bytes:
    """Return the line of a page with its newline; `fields` are those of the form, in order."""
    sheet = row.sheet
    status = page_status(sheet.readings)
    deciding = [reading for reading in sheet.readings if reading.status is status]
    confidences = [reading.confidence for reading in sheet.readings if reading.confidence is not None]
    cells = (
        str(seq),
        in_utc(row.time),
        row.file,
        str(sheet.page),
        str(sheet.form_page or ""),
        status,
        next((reading.reason for reading in deciding if reading.reason), ""),
        sheet.method,
        "" if sheet.rms_mm is None else f"{sheet.rms_mm:.3f}",
        f"{min(confidences):.4f}" if confidences else "",
        row.annotated,
    )
    by_field = {reading.field: reading for reading in sheet.readings if reading.field}
    return encode_cells((*cells, *(cell for name in fields for cell in _cells_of(by_field.get(name)))))


def page_status(readings: Sequence[Reading]) -> Status:
    """Return what is said of a page as a whole."""
    found = {reading.status for reading in readings}
    return next(status for status in _RANKS if status in found)


def _cells_of(reading: Reading | None) -> tuple[str, str, str]:
    return ("", "", "") if reading is None else (reading.value, reading.status, reading.raw)
