"""Load a form from its files: the template in TOML, the blank pages, the rosters of allowed values."""

import hashlib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitd.config import Limits
from digitd.errors import ConfigError, Rejection
from digitd.forms.listed import listed_values
from digitd.forms.parse import parse_template
from digitd.forms.rules.own import broken_rules
from digitd.forms.template import Field, Template
from digitd.imaging.decode import decode_pages
from digitd.imaging.light import to_grey
from digitd.intake import read_bytes
from digitd.pagerows import doubled_column

_SHAPE = 0.03
"""Of the ratio of its sides: a picture that differs by more does not show the page, and nothing but it."""
_MOST_TEMPLATE_BYTES = 1 << 20
_TOML_HINTS = {
    "Unescaped": r"write what has a \ in it in single quotes, e.g. pattern = '\d{8}'",
    "Cannot overwrite": "a key stands once in a table, and each field begins with [[field]], each rule with [[rule]]",
    "Invalid value": "mend the line that is named: texts stand in quotes, numbers have a point, e.g. 7.5",
}
"""What people should do, by what tomllib says."""


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
    files : tuple of Path
        All of them, the template first.
    """

    template: Template
    references: Mapping[int, NDArray[np.uint8]]
    sha12: str
    files: tuple[Path, ...]


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
    document = _document(text, path)
    parsed = parse_template(document, path.name)
    template = parsed.template
    refuse_doubled_columns(path.name, template.form, tuple(template.by_name))
    files, contents = [path], [text]
    fields = []
    for field in template.fields:
        roster = parsed.rosters.get(field.name)
        if roster is None:
            fields.append(field)
            continue
        what = f"{path.name}, field {field.name!r}: the roster {roster.file}"
        files.append(path.parent / roster.file)
        contents.append(_bytes(files[-1], limits.max_bytes, what))
        allowed = listed_values(contents[-1], roster, len(field.boxes), what)
        fields.append(replace(field, allowed=allowed))
        _require_possible(fields[-1], what)
    references = {}
    if template.reference:
        files.append(path.parent / template.reference)
        contents.append(_bytes(files[-1], limits.max_bytes, f"{path.name}: the reference {template.reference}"))
        references = _references(contents[-1], template, path.name, limits)
    return LoadedForm(
        template=replace(template, fields=tuple(fields)),
        references=references,
        sha12=_sha12(contents),
        files=tuple(files),
    )


def _document(text: bytes, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is no text in UTF-8, and so no template: {error.reason}",
            hint="name the template first, then pages; `digitd form detect` makes one",
        ) from error
    except (ValueError, RecursionError) as error:
        hint = next((hint for said, hint in _TOML_HINTS.items() if said in str(error)), "mend the line that is named")
        raise ConfigError(f"{path} is not valid TOML: {error}", hint=hint) from error


def _sha12(contents: list[bytes]) -> str:
    """Hash files, each after its size: a line that moves from one roster to the next makes another form."""
    hashed = hashlib.sha256()
    for content in contents:
        hashed.update(len(content).to_bytes(8) + content)
    return hashed.hexdigest()[:12]


def _bytes(path: Path, max_bytes: int, what: str) -> bytes:
    real = Path(os.path.realpath(path))  # links are followed: these files are the operator's own
    if not os.path.lexists(real):
        raise ConfigError(f"{what} is not there", hint=f"looked for {real}")
    try:
        return read_bytes(real, max_bytes)
    except Rejection as rejection:
        raise ConfigError(f"{what} cannot be read: {rejection}", hint=f"check {real}") from rejection


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
            f"{where} has {len(references)} of the {len(template.pages)} pages of the form",
            hint="name a PDF or TIFF with all the blank pages of the form in order",
        )
    return references


def _require_possible(field: Field, where: str) -> None:
    """Refuse a roster of which no value keeps the other rules of its field."""
    allowed = sorted(field.allowed or ())
    alone = replace(field, allowed=None)
    if allowed and all(broken_rules(alone, value) for value in allowed):
        rule = broken_rules(alone, allowed[0])[0]
        raise ConfigError(
            f"{where} has no value that keeps the rules of the field: {allowed[0]} breaks its {rule}",
            hint="mend the rule, or name the column that has the numbers: allowed = {file = ..., column = ...}",
        )


def refuse_doubled_columns(origin: str, form: str, fields: Sequence[str]) -> None:
    """Refuse names of fields that would make a column of ``forms/<form>.csv`` twice.

    Raises
    ------
    ConfigError
        Which calls the template by its origin.
    """
    if column := doubled_column(fields):
        raise ConfigError(
            f"{origin}: its fields would make the column {column!r} of forms/{form}.csv twice",
            hint=f"give the field {column.partition('.')[0]!r} another name",
        )
