"""Make a template of the tables of a TOML document. What a person wrote wrongly is said exactly, as `ConfigError`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digitd.errors import ConfigError
from digitd.forms.checks import CHECKS
from digitd.forms.listed import rosters_of
from digitd.forms.paper import LARGEST_MM, SIZES, size_of
from digitd.forms.pattern import compiled
from digitd.forms.soundness import require_sound
from digitd.forms.tables import Table, is_number, is_pair
from digitd.forms.template import Blank, Field, FormPage, Marker, Rect, Struck, SumRule, Template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digitd.forms.listed import Roster

_TOP = ("form", "page", "reference", "markers", "marker_size", "marker_margin", "field", "rule")
_FIELD = (
    "name",
    "page",
    "at",
    "boxes",
    "box",
    "pitch",
    "check",
    "range",
    "pattern",
    "allowed",
    "unique",
    "blank",
    "struck",
)
_RULE = ("sum", "equals")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_A_NAME = 'up to 64 letters, digits, - _ and ., beginning with a letter or digit, in quotes, e.g. "exam-2026" or "q1"'
_MARKERS = "aruco4x4"
_MOST_PAGES = 12
"""Four markers a page, of the fifty of their dictionary."""
_MOST_BOXES = 40
"""Of a field: no number that people write is longer."""
_MARKER_SIZE_MM, _MARKER_MARGIN_MM = 10.0, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A template, and for some of its fields the roster whose values are not in it yet."""

    template: Template
    rosters: Mapping[str, Roster]


def parse_template(document: Mapping[str, Any], origin: str) -> Parsed:
    """Make a template of a TOML document.

    Parameters
    ----------
    document : mapping
        As `tomllib` reads it.
    origin : str
        What messages call it, e.g. the name of the file.

    Raises
    ------
    ConfigError
        For anything that is missing, unknown, out of range, or contradicts the rest.
    """
    top = Table(document, origin)
    top.require_known(_TOP)
    if not _NAME.fullmatch(top.text("form", allowed=_A_NAME)):
        top.wrong("form", _A_NAME)
    tables = [Table(table, _title(origin, table, number)) for number, table in enumerate(top.tables("field"), start=1)]
    if not tables:
        raise ConfigError(f"{origin}: there is no field", hint="write a [[field]] table for each number on the form")
    fields = tuple(_field(table) for table in tables)
    width, height = _size(top)
    template = Template(
        form=top.text("form"),
        pages=tuple(
            FormPage(number=number, width=width, height=height, markers=_markers(top, number, width, height))
            for number in range(1, max(field.page for field in fields) + 1)
        ),
        fields=fields,
        rules=tuple(_rule(Table(table, f"{origin}, [[rule]]")) for table in top.tables("rule")),
        reference=top.text("reference", ""),
    )
    require_sound(template, origin)
    return Parsed(template=template, rosters=rosters_of(tables))


def _title(origin: str, table: Mapping[str, Any], number: int) -> str:
    name = table.get("name")
    return f"{origin}, field {name!r}" if isinstance(name, str) else f"{origin}, field number {number}"


def _size(top: Table) -> tuple[float, float]:
    value = top.content.get("page", "A4")
    if isinstance(value, str) and (size := size_of(value)):
        return size
    if not is_pair(value) or not all(10 <= side <= LARGEST_MM for side in value):
        top.wrong("page", f"one of {', '.join(SIZES)}, or width and height in mm, e.g. [297, 210] for A4 on its side")
    return float(value[0]), float(value[1])


def _markers(top: Table, page: int, width: float, height: float) -> tuple[Marker, ...]:
    if top.choice("markers", (_MARKERS,), "") != _MARKERS:
        for key in ("marker_size", "marker_margin"):
            if key in top.content:
                raise ConfigError(f"{top.where}: {key} without markers", hint=f'write markers = "{_MARKERS}"')
        return ()
    size = top.length("marker_size", 4, 50, _MARKER_SIZE_MM)
    margin = top.length("marker_margin", 0, min(width, height) / 2 - size, _MARKER_MARGIN_MM)
    right, bottom = width - margin - size, height - margin - size
    corners = ((margin, margin), (right, margin), (right, bottom), (margin, bottom))
    return tuple(
        Marker(id=4 * (page - 1) + number, square=Rect(x=x, y=y, width=size, height=size))
        for number, (x, y) in enumerate(corners)
    )


def _field(table: Table) -> Field:
    table.require_known(_FIELD, _TOP)
    name = table.text("name", allowed=_A_NAME)
    if not _NAME.fullmatch(name):
        table.wrong("name", _A_NAME)
    return Field(
        name=name,
        page=table.whole("page", 1, _MOST_PAGES, 1),
        boxes=_boxes(table),
        check=table.choice("check", CHECKS, ""),
        range=_range(table),
        pattern=_pattern(table),
        unique=table.flag("unique"),
        blank=Blank(table.choice("blank", Blank, Blank.ALLOW)),
        struck=Struck(table.choice("struck", Struck, Struck.REVIEW)),
    )


def _boxes(table: Table) -> tuple[Rect, ...]:
    x, y = table.pair("at", 0, LARGEST_MM, "[120, 40]")
    width, height = table.pair("box", 2, 100, "[6, 8]")
    across, down = _pitch(table, width)
    return tuple(
        Rect(x=x + number * across, y=y + number * down, width=width, height=height)
        for number in range(table.whole("boxes", 1, _MOST_BOXES))
    )


def _pitch(table: Table, width: float) -> tuple[float, float]:
    """Return how far a box is from the one before it; by default they adjoin."""
    value = table.content.get("pitch", width)
    if is_number(value) and 0 < value <= LARGEST_MM:
        return float(value), 0.0
    if not is_pair(value) or not all(abs(step) <= LARGEST_MM for step in value):
        table.wrong("pitch", "the mm from one box to the next, e.g. 7.5, or [0, 9] for boxes below one another")
    return float(value[0]), float(value[1])


def _range(table: Table) -> tuple[int, int] | None:
    if "range" not in table.content:
        return None
    value = table.content["range"]
    if not is_pair(value) or not all(isinstance(end, int) and end >= 0 for end in value) or value[0] > value[1]:
        table.wrong("range", "the least and the greatest number, e.g. [0, 20]")
    return int(value[0]), int(value[1])


def _pattern(table: Table) -> str:
    pattern = table.text("pattern", "")
    try:
        compiled(pattern)
    except ValueError as error:
        table.wrong("pattern", f"a regular expression for the whole value, but {error}")
    return pattern


def _rule(table: Table) -> SumRule:
    table.require_known(_RULE, _TOP)
    return SumRule(parts=table.names("sum"), total=table.text("equals", allowed='the name of a field, e.g. "total"'))
