"""Write a template as the TOML that a person would write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from digitd.forms.paper import name_of
from digitd.forms.template import Blank, Struck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digitd.forms.template import Field, FormPage, Template

_DIGITS = 2
"""Of a length in mm: a hundredth is below what any scanner or printer keeps."""
_EVEN_MM = 0.005
_KEPT = 3
"""Decimals of a pitch: over forty boxes its error adds up."""


def to_toml(template: Template, notes: Mapping[str, str] | None = None) -> str:
    """Write a template; rosters are no part of it, they are files of their own.

    Parameters
    ----------
    template : Template
        Its fields have evenly spaced boxes of one size, its pages one size.
    notes : mapping of str to str, optional
        Comments to put before fields, by name.
    """
    page = template.pages[0]
    parts = ["\n".join(_head(template, page))]
    parts += [_field(field, (notes or {}).get(field.name, "")) for field in template.fields]
    parts += [
        f"[[rule]]\nsum = {json.dumps(list(rule.parts))}\nequals = {json.dumps(rule.total)}" for rule in template.rules
    ]
    return "\n\n".join(parts) + "\n"


def _head(template: Template, page: FormPage) -> Iterator[str]:
    yield f"form = {json.dumps(template.form)}"
    size = name_of(page.width, page.height)
    yield f'page = "{size}"' if size else f"page = {_pair(page.width, page.height)}"
    if template.reference:
        yield f"reference = {json.dumps(template.reference, ensure_ascii=False)}"
    if page.markers:
        yield 'markers = "aruco4x4"'
        square = page.markers[0].square
        yield f"marker_size = {_length(square.width)}"
        yield f"marker_margin = {_length(square.x)}"


def _field(field: Field, note: str) -> str:
    first = field.boxes[0]
    lines = [f"# {note}"] if note else []
    lines += ["[[field]]", f"name = {json.dumps(field.name)}"]
    if field.page > 1:
        lines.append(f"page = {field.page}")
    lines += [
        f"at = {_pair(first.x, first.y)}",
        f"boxes = {len(field.boxes)}",
        f"box = {_pair(first.width, first.height)}",
    ]
    lines += _pitch(field)
    if field.check:
        lines.append(f'check = "{field.check}"')
    if field.range:
        lines.append(f"range = [{field.range[0]}, {field.range[1]}]")
    if field.pattern:
        lines.append(f"pattern = {json.dumps(field.pattern, ensure_ascii=False)}")
    if field.unique:
        lines.append("unique = true")
    if field.blank is not Blank.ALLOW:
        lines.append(f'blank = "{field.blank}"')
    if field.struck is not Struck.REVIEW:
        lines.append(f'struck = "{field.struck}"')
    return "\n".join(lines)


def _pitch(field: Field) -> list[str]:
    if len(field.boxes) < 2:
        return []
    first, last = field.boxes[0], field.boxes[-1]
    steps = len(field.boxes) - 1
    across, down = (last.x - first.x) / steps, (last.y - first.y) / steps
    if abs(down) > _EVEN_MM:
        return [f"pitch = {_pair(across, down)}"]
    if steps * abs(across - round(first.width, _DIGITS)) <= _EVEN_MM:
        return []
    return [f"pitch = {_length(across, _KEPT)}"]


def _pair(one: float, other: float) -> str:
    return f"[{_length(one)}, {_length(other)}]"


def _length(value: float, digits: int = _DIGITS) -> str:
    return f"{round(value, digits):g}"
