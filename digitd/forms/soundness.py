"""Refuse templates that no page can fit: boxes off the page or on one another, rules about fields there are not."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np

from digitd.errors import ConfigError
from digitd.forms.pattern import compiled

if TYPE_CHECKING:
    from digitd.forms.template import Field, FormPage, Template

_TOUCH = 0.15
"""Of a box: neighbours may overlap by so much, as measured borders do."""
_MOST_BOXES = 2000
"""Of a page: a page full of boxes of 5 mm."""


def require_sound(template: Template, origin: str) -> None:
    """Refuse a template that contradicts itself; raises ConfigError, which calls it by its origin."""
    _require_names(template, origin)
    for page in template.pages:
        fields = template.fields_of(page.number)
        if not fields:
            raise ConfigError(
                f"{origin}: page {page.number} has no field, and a later page has",
                hint="number the pages that have fields from 1 on, without gaps",
            )
        for field in fields:
            _require_inside(field, page.width, page.height, origin)
        _require_apart(fields, origin)
        _require_clear(page, fields, origin)
    for field in template.fields:
        _require_possible(field, origin)
    _require_sums(template, origin)


def _require_names(template: Template, origin: str) -> None:
    seen: set[str] = set()
    for field in template.fields:
        if field.name in seen:
            raise ConfigError(f"{origin}: two fields are called {field.name!r}", hint="give each a name of its own")
        seen.add(field.name)


def _require_inside(field: Field, width: float, height: float, origin: str) -> None:
    for number, box in enumerate(field.boxes, start=1):
        if box.x < 0 or box.y < 0 or box.right > width or box.bottom > height:
            raise ConfigError(
                f"{origin}, field {field.name!r}: box {number} goes from ({box.x:g}, {box.y:g}) to "
                f"({box.right:g}, {box.bottom:g}) mm, beyond the page of {width:g} x {height:g}",
                hint="lengths are mm from the top-left corner of the page; check at, boxes, pitch and page",
            )


def _require_apart(fields: tuple[Field, ...], origin: str) -> None:
    named = [(f"box {number} of {field.name!r}", box) for field in fields for number, box in enumerate(field.boxes, 1)]
    if len(named) > _MOST_BOXES:
        raise ConfigError(f"{origin}: a page has {len(named)} boxes; at most {_MOST_BOXES} are read", hint="split it")
    table = np.array([(box.x, box.y, box.right, box.bottom) for _, box in named])
    size = table[:, 2:] - table[:, :2]
    for first in range(len(named) - 1):
        rest = slice(first + 1, None)
        shared = np.minimum(table[first, 2:], table[rest, 2:]) - np.maximum(table[first, :2], table[rest, :2])
        clash = np.flatnonzero((shared > _TOUCH * np.minimum(size[first], size[rest])).all(axis=1))
        if len(clash):
            mine, other = named[first], named[first + 1 + int(clash[0])]
            places = f"at ({mine[1].x:g}, {mine[1].y:g}) and ({other[1].x:g}, {other[1].y:g}) mm"
            raise ConfigError(
                f"{origin}: {mine[0]} and {other[0]} lie on one another, {places}",
                hint="check at, box, and pitch, which goes from the left side of a box to that of the next",
            )


def _require_clear(page: FormPage, fields: tuple[Field, ...], origin: str) -> None:
    for marker in page.markers:
        square, white = marker.square, marker.square.x - marker.quiet.x
        for field in fields:
            for box in field.boxes:
                if box.overlap(marker.quiet) > 0:
                    raise ConfigError(
                        f"{origin}, field {field.name!r}: a box at ({box.x:g}, {box.y:g}) mm lies on a marker, "
                        f"{square.width:g} mm wide at ({square.x:g}, {square.y:g}), or in the {white:.1f} mm around it "
                        "that stay white",
                        hint="check at, marker_size and marker_margin",
                    )


def _require_possible(field: Field, origin: str) -> None:
    where = f"{origin}, field {field.name!r}"
    if field.range and len(str(field.range[0])) > len(field.boxes):
        raise ConfigError(
            f"{where}: no number from {field.range[0]} on fits into {len(field.boxes)} boxes", hint="check range, boxes"
        )
    if field.pattern and not compiled(field.pattern).has_length(len(field.boxes)):
        raise ConfigError(
            f"{where}: no number that matches '{field.pattern}' fits into {len(field.boxes)} boxes",
            hint="check pattern, boxes",
        )
    if field.check and len(field.boxes) < 2:
        raise ConfigError(f"{where}: a check digit needs at least 2 boxes", hint="check boxes")
    if field.check == "isbn10" and len(field.boxes) < 10:
        raise ConfigError(f"{where}: an ISBN-10 needs 10 boxes, there are {len(field.boxes)}", hint="check boxes")


def _require_sums(template: Template, origin: str) -> None:
    fields = template.by_name
    for rule in template.rules:
        for name in (*rule.parts, rule.total):
            if name not in fields:
                close = difflib.get_close_matches(name, fields, n=1)
                hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(list(fields)[:20])}"
                raise ConfigError(f"{origin}, [[rule]]: there is no field {name!r}", hint=hint)
        if rule.total in rule.parts or len(set(rule.parts)) < len(rule.parts):
            raise ConfigError(f"{origin}, [[rule]]: a field stands in it twice", hint="name each field once")
        pages = {fields[name].page for name in (*rule.parts, rule.total)}
        if len(pages) > 1:
            raise ConfigError(
                f"{origin}, [[rule]]: its fields are on pages {', '.join(map(str, sorted(pages)))}",
                hint="each page is read by itself, so a sum must lie on one page",
            )
