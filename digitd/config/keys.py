"""What each key of the configuration accepts.

A parser takes a raw value and returns the parsed one, or raises ValueError with the rest of a sentence that begins
with the key ("must be ...").
"""

import ipaddress
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from digitd.values import ANNOTATE, LOG_FORMATS, ROTATE


@dataclass(frozen=True, slots=True)
class RawValue:
    """A raw value with what is needed to make sense of it: the folder relative paths start from, and its origin."""

    raw: Any  # whatever TOML can hold
    base: Path
    origin: str
    is_text: bool = False  # from a variable: not yet TOML


Parser = Callable[[RawValue], Any]


def parse_value(parser: Parser, value: RawValue) -> Any:  # noqa: ANN401 - whatever the parser returns
    """Parse a value; text from a variable is taken as it is where the key wants text, and else read as TOML.

    Raises
    ------
    ValueError
        With the rest of a sentence that begins with the key.
    """
    try:
        return parser(value)
    except ValueError:
        if not value.is_text:
            raise
    return parser(replace(value, raw=_as_toml(value.raw)))


def _as_toml(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _number(kind: type, least: float, most: float = float("inf")) -> Parser:
    def parse(value: RawValue) -> int | float:
        accepted = (int, float) if kind is float else (int,)
        if isinstance(value.raw, bool) or not isinstance(value.raw, accepted) or not least <= value.raw <= most:
            bounds = f"at least {least:g}" if most == float("inf") else f"from {least:g} to {most:g}"
            raise ValueError(f"must be a{'n integer' if kind is int else ' number'} {bounds}")
        return float(value.raw) if kind is float else int(value.raw)

    return parse


def _choice(*choices: str) -> Parser:
    def parse(value: RawValue) -> str:
        if value.raw not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(value.raw)

    return parse


def _flag(value: RawValue) -> bool:
    if value.raw is True or value.raw is False:
        return bool(value.raw)
    raise ValueError("must be true or false")


def _text(value: RawValue) -> str:
    if not isinstance(value.raw, str) or "\0" in value.raw:
        raise ValueError("must be text")
    return value.raw


def _path(value: RawValue) -> Path:
    if not _text(value):
        raise ValueError("must name a folder")
    try:
        return Path(os.path.normpath(value.base / Path(value.raw).expanduser()))
    except RuntimeError as error:
        raise ValueError("begins with ~ and names no user of this machine") from error


def _optional_path(value: RawValue) -> Path | None:
    return _path(value) if _text(value) else None


def _patterns(value: RawValue) -> tuple[str, ...]:
    if not isinstance(value.raw, list) or not all(isinstance(item, str) for item in value.raw):
        raise ValueError('must be a list of patterns, e.g. ["*.tmp"]')
    return tuple(value.raw)


def _ending(value: RawValue) -> str:
    ending = _text(value)
    if "/" in ending:
        raise ValueError('must be the ending of a name, e.g. ".done"')
    return ending


def _address(value: RawValue) -> str:
    try:
        return str(ipaddress.ip_address(_text(value)))
    except ValueError as error:
        raise ValueError('must be an address of this machine, e.g. "127.0.0.1"') from error


def _kind(value: RawValue) -> str:
    if value.raw == "number":
        raise ValueError('is reserved and not built yet; use "digit", one digit a page, or "form"')
    return str(_choice("digit", "form")(value))


KEYS: Mapping[str, Mapping[str, Parser]] = {
    "inbox": {"path": _path, "kind": _kind, "form": _optional_path, "recursive": _flag, "ignore": _patterns},
    "outbox": {"path": _path, "annotate": _choice(*ANNOTATE), "rotate": _choice(*ROTATE)},
    "state": {"path": _optional_path},
    "model": {"path": _optional_path},
    "settle": {
        "quiet_s": _number(float, 0.05, 3600),
        "rescan_s": _number(float, 0.1, 3600),
        "marker": _ending,
    },
    "limits": {
        "max_bytes": _number(int, 1),
        "max_pixels": _number(int, 1),
        "max_pages": _number(int, 1),
        "max_attempts": _number(int, 1),
    },
    "review": {"target_error": _number(float, 0, 1), "threshold": _number(float, 0, 1)},
    "retention": {
        "done_keep_days": _number(float, 0, 36500),
        "failed_keep_days": _number(float, 0, 36500),
        "annotated_keep_days": _number(float, 0, 36500),
        "review_keep_days": _number(float, 0, 36500),
    },
    "service": {
        "log_every_s": _number(float, 0.1, 86400),
        "log_format": _choice(*LOG_FORMATS),
        "picture_every_s": _number(float, 0, 86400),
    },
    "metrics": {
        "textfile": _optional_path,
        "every_s": _number(float, 1, 3600),
        "port": _number(int, 0, 65535),
        "address": _address,
    },
}
