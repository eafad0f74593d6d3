"""Read the pattern of a field: the part of regular expressions that numbers need, written as everywhere.

What is written is bounded, and so is what becomes of it: no pattern takes long, see `digitd.forms.automaton`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from digitd.forms.automaton import Automaton, places_in

_MOST_PLACES = 200
"""Of a pattern with its repetitions written out."""
_MOST_CHARACTERS, _MOST_READ, _DEEPEST = 500, 5000, 20
"""Of a pattern; parts of it that are read, those that are repeated again and again; brackets within brackets."""
_DIGITS = "0123456789"
_ANY = frozenset(_DIGITS)
_REPEAT = re.compile(r"([?*+])|\{([0-9]{1,4})?(,)?([0-9]{1,4})?\}")
_KNOWN = r"digits, . \d [0-9] [^0] ( ) | ? * + {8} and {2,4}"


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Automaton:
    """Make the automaton of a pattern.

    Raises
    ------
    ValueError
        What is wrong with it, for people.
    """
    if len(pattern) > _MOST_CHARACTERS:
        raise ValueError(f"it has {len(pattern)} characters, more than {_MOST_CHARACTERS}")
    return _Compiler(pattern).compile()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a pattern: its first and last places, and whether it matches nothing at all as well."""

    first: int
    last: int
    is_empty: bool


class _Compiler:
    """Reads a pattern from left to right; what is repeated is read as often as it may stand there."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._read = self._depth = 0
        self._where = dict.fromkeys(_DIGITS, 0)
        self._follow: list[int] = []

    def compile(self) -> Automaton:
        whole = self._either()
        if self._at < len(self._text):
            raise ValueError("there is a ) without a (")
        return Automaton(where=self._where, first=whole.first, last=whole.last, follow=tuple(self._follow))

    def _either(self) -> _Part:
        part = self._sequence()
        while self._takes("|"):
            other = self._sequence()
            part = _Part(part.first | other.first, part.last | other.last, part.is_empty or other.is_empty)
        return part

    def _sequence(self) -> _Part:
        whole = _Part(0, 0, True)
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            whole = self._joined(whole, self._repeated())
        return whole

    def _joined(self, one: _Part, other: _Part) -> _Part:
        for place in places_in(one.last):
            self._follow[place] |= other.first
        return _Part(
            one.first | (other.first if one.is_empty else 0),
            other.last | (one.last if other.is_empty else 0),
            one.is_empty and other.is_empty,
        )

    def _repeated(self) -> _Part:
        begin = self._at
        part = self._item()
        least, most = self._times()
        end = self._at
        whole = _Part(0, 0, True)
        for number in range(max(least, 1 if most is None else most)):
            if number:
                self._at = begin
                part = self._item()
            if number >= least:
                part = _Part(part.first, part.last, True)
            whole = self._joined(whole, part)
        self._at = end
        if most is None:
            self._joined(part, part)  # the last one may come again
        return whole

    def _times(self) -> tuple[int, int | None]:
        """Read how often what came before may stand there: at least, and at most, None for any number."""
        found = _REPEAT.match(self._text, self._at)
        if found is None:
            return 1, 1
        self._at = found.end()
        self._takes("?")  # how greedy a repetition is does not matter to the whole value
        sign, low, comma, high = found.groups()
        if sign:
            return (0, 1) if sign == "?" else (0 if sign == "*" else 1, None)
        if not low and not high:
            raise ValueError(f"{found.group()} says no number")
        least = int(low or 0)
        most = (int(high) if high else None) if comma else least
        if most is not None and most < least:
            raise ValueError(f"{found.group()} says at least {least} and at most {most}")
        return least, most

    def _item(self) -> _Part:
        self._read += 1
        if self._read > _MOST_READ:
            raise ValueError("with its repetitions it is far too long")
        if self._takes("("):
            return self._group()
        if self._is_edge():
            return _Part(0, 0, True)
        if self._takes("."):
            return self._place(_ANY)
        return self._place(self._set() if self._takes("[") else self._class())

    def _group(self) -> _Part:
        if self._takes("?") and not self._takes(":"):
            raise ValueError(f"(? is not known; known are {_KNOWN}")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError(f"it has more than {_DEEPEST} brackets within one another")
        part = self._either()
        self._depth -= 1
        if not self._takes(")"):
            raise ValueError("there is a ( without a )")
        return part

    def _is_edge(self) -> bool:
        """Read a ^ that begins the pattern or a $ that ends it: the whole value is matched anyway."""
        begins, ends = self._at == 0, self._at == len(self._text) - 1
        return (begins and self._takes("^")) or (ends and self._takes("$"))

    def _set(self) -> frozenset[str]:
        is_negated = self._takes("^")
        named: frozenset[str] = frozenset()
        while not self._takes("]"):
            digits = self._class()
            if len(digits) == 1 and self._takes("-"):
                least, greatest = min(digits), min(self._class())
                digits = frozenset(digit for digit in _DIGITS if least <= digit <= greatest)
            named |= digits
        digits = _ANY - named if is_negated else named
        if not digits:
            raise ValueError("there is a [ ] that no digit is in")
        return digits

    def _class(self) -> frozenset[str]:
        """Read a digit, or what stands for all of them."""
        if self._takes(r"\d"):
            return _ANY
        if self._at >= len(self._text):
            raise ValueError("there is a [ without a ]")
        character = self._text[self._at]
        if character not in _ANY:
            raise ValueError(f"{character!r} is no digit, and a value has nothing else; known are {_KNOWN}")
        self._at += 1
        return frozenset(character)

    def _place(self, digits: frozenset[str]) -> _Part:
        if len(self._follow) == _MOST_PLACES:
            raise ValueError(f"with its repetitions it has over {_MOST_PLACES} digits")
        bit = 1 << len(self._follow)
        self._follow.append(0)
        for digit in digits:
            self._where[digit] |= bit
        return _Part(bit, bit, False)

    def _takes(self, character: str) -> bool:
        is_next = self._text.startswith(character, self._at)
        self._at += is_next * len(character)
        return is_next
