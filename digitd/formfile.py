"""Load a form from its files: the template in TOML, the blank pages, the rosters of allowed values."""

import csv
import hashlib
import io
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitd.config import Limits
from digitd.errors import ConfigError, Rejection
from digitd.forms.parse import Roster, parse_template
from digitd.forms.rules.own import broken_rules
from digitd.forms.template import Field, Template
from digitd.imaging.decode import decode_pages
from digitd.imaging.light import to_grey
from digitd.intake import read_bytes

_SHAPE = 0.03
"""Of the ratio of its sides: a picture that differs by more does not show the page, and nothing but it."""
_DIGITS = re.compile(r"[0-9]+")
_MOST_TEMPLATE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedForm:
    """A form as its files say.

    Attributes
    ----------
    template : Template
        With the values of its rosters.
    references : mapping of int to (H, W) uint8
        Blank pages by their numbers, each spanning its page; none where the template names no file.
    sha12 : str
        First 12 hex digits of the sha256 of all of the files: what is read with another form is read anew.
    """

    template: Template
    references: Mapping[int, NDArray[np.uint8]]
    sha12: str


def load_form(path: Path, limits: Limits) -> LoadedForm:
    """Load a form.

    Parameters
    ----------
    path : Path
        The template. The files that it names are relative to it.
    limits : Limits
        That blank pages are held to, as all pages are.

    Raises
    ------
    ConfigError
        When a file cannot be read, or what it says makes no form.
    """
    text = _bytes(path, _MOST_TEMPLATE_BYTES, f"the form {path}")
    try:
        document = tomllib.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", hint="mend the line that is named") from error
    parsed = parse_template(document, path.name)
    template = parsed.template
    contents = [text]
    fields = []
    for field in template.fields:
        roster = parsed.rosters.get(field.name)
        allowed = None
        if roster is not None:
            content = _bytes(
                path.parent / roster.file, limits.max_bytes, f"{path.name}, field {field.name!r}: the roster"
            )
            contents.append(content)
            allowed = _allowed(content, roster, field, path.name)
        fields.append(replace(field, allowed=allowed))
    references = {}
    if template.reference:
        content = _bytes(path.parent / template.reference, limits.max_bytes, f"{path.name}: the reference")
        contents.append(content)
        references = _references(content, template, path.name, limits)
    return LoadedForm(template=replace(template, fields=tuple(fields)), references=references, sha12=_sha12(contents))


def _sha12(contents: list[bytes]) -> str:
    """Hash files, each after its size: a line that moves from one roster to the next makes another form."""
    hashed = hashlib.sha256()
    for content in contents:
        hashed.update(len(content).to_bytes(8) + content)
    return hashed.hexdigest()[:12]


def _bytes(path: Path, max_bytes: int, what: str) -> bytes:
    real = Path(os.path.realpath(path))  # links are followed: these files are the operator's own
    try:
        return read_bytes(real, max_bytes)
    except Rejection as rejection:
        raise ConfigError(f"{what} {path.name} cannot be read: {rejection}", hint=f"check {real}") from rejection


def _references(content: bytes, template: Template, origin: str, limits: Limits) -> dict[int, NDArray[np.uint8]]:
    references = {}
    where = f"{origin}: the reference {template.reference}"
    try:
        for page, picture in zip(template.pages, decode_pages(content, limits), strict=False):
            if isinstance(picture, Rejection):
                raise picture
            height, width = picture.shape[:2]
            stretch = (width / height) / (page.width / page.height)
            if abs(stretch - 1) > _SHAPE:
                raise ConfigError(
                    f"{where}: page {page.number} has {width} x {height} pixels, which cannot be a whole page of "
                    f"{page.width:g} x {page.height:g} mm",
                    hint="crop it to the page, or give the size of what it shows: page = [width, height] in mm",
                )
            references[page.number] = to_grey(picture)
    except Rejection as rejection:
        raise ConfigError(f"{where} cannot be read: {rejection}", hint=rejection.hint) from rejection
    if len(references) < len(template.pages):
        raise ConfigError(
            f"{where} has {len(references)} pages, the form {len(template.pages)}",
            hint="name a PDF or TIFF with all the blank pages of the form in order",
        )
    return references


def _allowed(content: bytes, roster: Roster, field: Field, origin: str) -> frozenset[str]:
    """Return the values in a column of a CSV, with or without a header."""
    where = f"{origin}, field {field.name!r}: the roster {roster.file}"
    try:
        text = content.decode("utf-8-sig")
        dialect = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=dialect) if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{where} is no CSV in UTF-8: {error}", hint="export it again") from error
    column = _column(rows, roster.column, where)
    values = [row[column] for row in rows if column < len(row) and row[column]]
    if values and not _DIGITS.fullmatch(values[0]):
        values = values[1:]  # the header
    for value in values:
        if not _DIGITS.fullmatch(value) or len(value) > len(field.boxes):
            raise ConfigError(
                f"{where} has {value[:40]!r}, which cannot stand in {len(field.boxes)} boxes for digits",
                hint="name the column that has the numbers: allowed = {file = ..., column = ...}",
            )
    if not values:
        raise ConfigError(f"{where} has no values", hint="put one number on each line")
    alone = replace(field, allowed=None)
    if all(broken_rules(alone, value) for value in values):
        rule = broken_rules(alone, values[0])[0]
        raise ConfigError(
            f"{where} has no value that keeps the rules of the field: {values[0]} breaks its {rule}",
            hint="mend the rule, or name the column that has the numbers: allowed = {file = ..., column = ...}",
        )
    return frozenset(values)


def _column(rows: list[list[str]], name: str, where: str) -> int:
    if not name:
        return 0
    header = rows[0] if rows else []
    if name not in header:
        raise ConfigError(f"{where} has no column {name!r}", hint=f"it has: {', '.join(header[:20])}")
    return header.index(name)
