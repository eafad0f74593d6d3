"""Read TOML tables of a template key by key; what is wrong is said with its place, the value found and what is allowed.

Every method raises `ConfigError`.
"""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from digitd.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and what messages call it, e.g. ``exam.toml, field "q1"``."""

    content: Mapping[str, Any]
    where: str

    def require_known(self, known: Iterable[str], above: Iterable[str] = ()) -> None:
        """Refuse keys that are not known; those of `above` belong before the first table."""
        names = list(known)
        for key in self.content:
            if key not in names:
                close = difflib.get_close_matches(key, names, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known are: {', '.join(names)}"
                if key in above:
                    hint = f"{key} belongs to the form: write it above the first [[field]]"
                raise ConfigError(f"{self.where}: unknown key {key!r}", hint=hint)

    def wrong(self, key: str, allowed: str) -> NoReturn:
        """Refuse the value of a key; `allowed` is the rest of a sentence that begins with the key."""
        found = f"is {_shown(self.content[key])}; it must be" if key in self.content else "is missing; it must be"
        raise ConfigError(f"{self.where}: {key} {found} {allowed}", hint="see docs/forms.md")

    def text(self, key: str, default: str | None = None, allowed: str = "text, in quotes") -> str:
        """Return a text."""
        value = self._value(key, default, allowed)
        if not isinstance(value, str) or "\0" in value:
            self.wrong(key, allowed)
        return value

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        """Return one of a few words."""
        names = list(choices)
        value = self.content.get(key, default)
        if value in names or (key not in self.content and value == default):
            return str(value)
        close = difflib.get_close_matches(str(value), names, n=1)
        known = ", ".join(f'"{name}"' for name in names)
        allowed = f"one of {known}" if len(names) > 1 else known
        return self.wrong(key, allowed + (f" (did you mean {close[0]}?)" if close and len(names) > 1 else ""))

    def flag(self, key: str) -> bool:
        """Return true or false; false where it lacks."""
        value = self.content.get(key, False)
        if value is not True and value is not False:
            self.wrong(key, "true or false")
        return bool(value)

    def whole(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """Return an integer from `least` to `most`."""
        allowed = f"a whole number from {least} to {most}"
        value = self._value(key, default, allowed)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(key, allowed)
        return value

    def length(self, key: str, least: float, most: float, default: float | None = None) -> float:
        """Return a length in mm from `least` to `most`."""
        allowed = f"a length from {least:g} to {most:g} mm"
        value = self._value(key, default, allowed)
        if not is_number(value) or not least <= value <= most:
            self.wrong(key, allowed)
        return float(value)

    def pair(self, key: str, least: float, most: float, example: str) -> tuple[float, float]:
        """Return two lengths in mm, each from `least` to `most`."""
        allowed = f"two lengths from {least:g} to {most:g} mm, e.g. {example}"
        value = self._value(key, None, allowed)
        if not is_pair(value) or not all(least <= part <= most for part in value):
            self.wrong(key, allowed)
        return float(value[0]), float(value[1])

    def names(self, key: str) -> tuple[str, ...]:
        """Return a list of at least one text."""
        value = self._value(key, None, 'a list of names of fields, e.g. ["q1", "q2"]')
        if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
            self.wrong(key, 'a list of names of fields, e.g. ["q1", "q2"]')
        return tuple(value)

    def tables(self, key: str) -> list[Mapping[str, Any]]:
        """Return the tables of an array of tables; none where it lacks."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            raise ConfigError(
                f"{self.where}: {key!r} must be tables, in two brackets",
                hint=f"write [[{key}]] on a line of its own before each",
            )
        return value

    def _value(self, key: str, default: object, allowed: str) -> Any:  # noqa: ANN401 - whatever TOML can hold
        if key in self.content:
            return self.content[key]
        if default is None:
            self.wrong(key, allowed)
        return default


def is_number(value: object) -> bool:
    """Return whether a value is a finite number; an integer of any length may be compared, not made a float of."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def is_pair(value: object) -> bool:
    """Return whether a value is a list of two finite numbers."""
    return isinstance(value, list) and len(value) == 2 and all(is_number(part) for part in value)


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of over 4,300 digits, and TOML may have one in hexadecimal
        return "far too large"
    return text if len(text) <= 60 else f"{text[:57]}..."
