"""The rows of predictions.csv as the exact bytes that are written (RFC 4180, UTF-8).

The columns and their order are a contract. A row never contains a line break, so that a reader tailing the file can
work line by line.
"""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

from digitd.names import printable
from digitd.values import Reading

COLUMNS = (
    "seq",
    "time",
    "file",
    "page",
    "field",
    "value",
    "confidence",
    "status",
    "reason",
    "alternatives",
    "sha256",
    "model",
    "annotated",
)

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One reading with where it came from; ``time`` is aware, ``model`` the artefact's first 12 hex digits."""

    time: datetime
    file: str
    reading: Reading
    sha256: str
    model: str
    annotated: str


def header() -> bytes:
    """Return the first line."""
    return encode_cells(COLUMNS)


def encode_row(row: Row, seq: int) -> bytes:
    """Return one line with its newline."""
    reading = row.reading
    return encode_cells(
        (
            str(seq),
            in_utc(row.time),
            row.file,
            str(reading.page),
            reading.field,
            reading.value,
            "" if reading.confidence is None else f"{reading.confidence:.4f}",
            reading.status,
            reading.reason,
            " ".join(f"{value}:{probability:.4f}" for value, probability in reading.alternatives),
            row.sha256,
            row.model,
            row.annotated,
        )
    )


def decode_line(line: bytes) -> dict[str, str]:
    """Return the cells of a line by their columns."""
    return dict(zip(COLUMNS, next(csv.reader([line.decode()])), strict=True))


def moment_of(line: bytes) -> datetime:
    """Return the time in a line, aware, without a look at its other cells."""
    return datetime.fromisoformat(line.split(b",", 2)[1].decode())


def day_of(line: bytes) -> str:
    """Return the date in a line, in UTC, as ``2026-11-26``."""
    return moment_of(line).date().isoformat()


def in_utc(time: datetime) -> str:
    """Return an aware time as a line has it: ``2026-11-26T23:10:00.000Z``."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode_cells(cells: tuple[str, ...]) -> bytes:
    """Return a line with its newline: without any other line break, and without what a spreadsheet would run."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([_harmless(printable(cell)) for cell in cells])
    return line.getvalue().encode()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula (CWE-1236): a leading quote makes it text."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
