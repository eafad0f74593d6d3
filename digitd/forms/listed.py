"""Take the allowed values of a field out of a CSV, as people and their spreadsheets write it.

Spreadsheets drop the zeros that a number begins with. So a value with fewer digits than the field has boxes counts as
well with as many zeros before it as fill them. The other way about would not be safe: where the list has 01234567, a
1234567 in eight boxes may as well be a 91234567 whose first digit nobody saw.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digitd.errors import ConfigError
from digitd.forms.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NUMBER = re.compile(r"[0-9]+")
_RECKONED = re.compile(r"[0-9]+[.,][0-9]+([eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+")
"""How spreadsheets write numbers that they reckon with."""
_BETWEEN = ",;\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Where the allowed values of a field are: a CSV file as written, and its column; the first where empty."""

    file: str
    column: str


def rosters_of(tables: Iterable[Table]) -> dict[str, Roster]:
    """Return for the tables of some fields, by their names, the rosters they name; raises ConfigError."""
    rosters = {}
    for table in tables:
        if "allowed" not in table.content:
            continue
        value = table.content["allowed"]
        if isinstance(value, str) and value:
            rosters[table.text("name")] = Roster(file=value, column="")
            continue
        if not isinstance(value, dict):
            table.wrong("allowed", 'a CSV file, e.g. "roster.csv" or {file = "roster.csv", column = "id"}')
        within = Table(value, f"{table.where}, allowed")
        within.require_known(("file", "column"))
        rosters[table.text("name")] = Roster(file=within.text("file"), column=within.text("column", ""))
    return rosters


def listed_values(content: bytes, roster: Roster, boxes: int, where: str) -> frozenset[str]:
    """Return the values in a column of a CSV.

    Without the name of a column it is the first one, and the first line is a header if it has no digit there.

    Parameters
    ----------
    content : bytes
        Of the CSV: UTF-8, with commas, semicolons or tabs.
    roster : Roster
    boxes : int
        Of the field.
    where : str
        What messages call the file.

    Returns
    -------
    frozenset of str
        ASCII digits, at most `boxes`; those that are shorter also with zeros before them.

    Raises
    ------
    ConfigError
        Where it is no CSV, has no such column, or anything but numbers that fit into the boxes.
    """
    values = set()
    for line, value in _cells(content, roster, where):
        if not _NUMBER.fullmatch(value):
            raise ConfigError(
                f"{where}, line {line}: {value[:40]!r} is no number", hint=_instead_of(value, line, roster)
            )
        if len(value) > boxes:
            raise ConfigError(
                f"{where}, line {line}: {value[:50]} has {len(value)} digits, and the field {boxes} boxes",
                hint=f"mend the line, check boxes, or {_naming(roster, 'id')}",
            )
        values |= {value, value.zfill(boxes)}
    if not values:
        raise ConfigError(f"{where} has no values", hint="put one number on each line")
    return frozenset(values)


def _cells(content: bytes, roster: Roster, where: str) -> Iterator[tuple[int, str]]:
    """Yield what stands in the column, with the numbers of the lines."""
    rows = _rows(content, where)
    column = 0
    if roster.column:
        header = rows.pop(0)[1] if rows else []
        if roster.column not in header:
            raise ConfigError(
                f"{where} has no column {roster.column!r}", hint=f"its first line has: {', '.join(header[:20])[:200]}"
            )
        column = header.index(roster.column)
    elif rows and not any("0" <= letter <= "9" for letter in rows[0][1][0]):
        del rows[0]
    for line, row in rows:
        if column < len(row) and row[column]:
            yield line, row[column]


def _rows(content: bytes, where: str) -> list[tuple[int, list[str]]]:
    """Return the lines that have anything in them, each with its number."""
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(_BETWEEN, key=first.count))
        return [(lines.line_num, [cell.strip() for cell in row]) for row in lines if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(
            f"{where} is no CSV in UTF-8: {error}", hint='in the spreadsheet, save it as "CSV UTF-8"'
        ) from error


def _instead_of(value: str, line: int, roster: Roster) -> str:
    """Say what to do where a value is no number."""
    if _RECKONED.fullmatch(value):
        return "in the spreadsheet, format the column as text or as whole numbers, and save the CSV again"
    if line == 1:
        return f"mend the line, or if it is the header, {_naming(roster, value)}"
    return f"mend the line, or {_naming(roster, 'id')}"


def _naming(roster: Roster, column: str) -> str:
    return f'name the column that has the numbers: allowed = {{file = "{roster.file}", column = "{column[:40]}"}}'
