"""Check digits: the last digit of a number, which follows from those before it, so that a wrong digit shows.

All of them detect every wrong digit. Verhoeff, Damm, ISBN-10 and mod 11 also detect any two neighbours that changed
places, Luhn all but 09 and 90. Digits are text, because leading zeros count.

Residual risk: one number in ten, or in eleven, is valid by chance, whatever is wrong with it.
"""

from collections.abc import Callable
from dataclasses import dataclass

_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""Twice a digit, and the sum of the digits of that."""

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""A quasigroup of Damm 2004, page 111, its rows in such an order that the diagonal is 0."""

_VERHOEFF_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)
_VERHOEFF_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A way to make check digits.

    Attributes
    ----------
    check_digit : function of str to str or None
        Takes the digits before the check digit, at least one, and returns it; None where it cannot be written as one
        digit: such numbers are not given out.
    length : int or None
        Digits of every such number, the check digit included; None for any from 2.
    """

    check_digit: Callable[[str], str | None]
    length: int | None = None

    def is_valid(self, digits: str) -> bool:
        """Tell whether a number ends in its check digit; anything but ASCII digits does not."""
        is_a_number = digits.isascii() and digits.isdigit() and len(digits) >= 2
        has_length = self.length in (None, len(digits))
        return is_a_number and has_length and self.check_digit(digits[:-1]) == digits[-1]


def luhn(prefix: str) -> str:
    """Double every other digit from the right, the last first; what all lack to the next ten (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(prefix)):
        total += int(digit) if place % 2 else _LUHN_DOUBLED[int(digit)]
    return str(-total % 10)


def verhoeff(prefix: str) -> str:
    """Multiply in the dihedral group of ten, each place permuted once more (Verhoeff 1969, Math. Centre Tracts 29)."""
    state = 0
    for place, digit in enumerate(reversed(prefix), 1):
        state = _dihedral(state, _permuted(int(digit), place))
    return str(_VERHOEFF_INVERSE[state])


def damm(prefix: str) -> str:
    """Go from state to state of a quasigroup, from 0; the last state is the check digit.

    H. Michael Damm 2004, Total anti-symmetrische Quasigruppen, Marburg, urn:nbn:de:hebis:04-z2004-05162.
    """
    state = 0
    for digit in prefix:
        state = _DAMM[state][int(digit)]
    return str(state)


def isbn10(prefix: str) -> str | None:
    """Weigh nine digits with 10 to 2; all ten together are a multiple of 11 (ISO 2108:1992).

    Where that needs a 10, the book has an X, which nobody can write in a box for digits.
    """
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), prefix, strict=False))
    return _single(-total % 11)


def mod11(prefix: str) -> str | None:
    """Weigh the digits from the right with 2, 3, 4, 5, 6, 7, 2, 3 and so on; with the check digit, a multiple of 11.

    So the check digit is 11 less the remainder of the sum by 11; 0 where there is no remainder, and none at all
    where it would be 10. Norwegian accounts and companies and Danish persons are numbered like this.
    """
    total = sum((2 + place % 6) * int(digit) for place, digit in enumerate(reversed(prefix)))
    return _single(-total % 11)


CHECKS = {
    "luhn": Check(check_digit=luhn),
    "verhoeff": Check(check_digit=verhoeff),
    "damm": Check(check_digit=damm),
    "isbn10": Check(check_digit=isbn10, length=10),
    "mod11": Check(check_digit=mod11),
}
"""By the names they have in templates."""


def _single(remainder: int) -> str | None:
    return str(remainder) if remainder < 10 else None


def _dihedral(left: int, right: int) -> int:
    """Multiply two of the symmetries of a pentagon: 0-4 turn it, 5-9 mirror it."""
    if left < 5:
        return (left + right) % 5 + (0 if right < 5 else 5)
    return (left - right) % 5 + (5 if right < 5 else 0)


def _permuted(digit: int, times: int) -> int:
    for _ in range(times % 8):  # eight times are none
        digit = _VERHOEFF_PERMUTATION[digit]
    return digit
