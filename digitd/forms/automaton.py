"""Match numbers against the pattern of a field, in bounded time.

Python's own expressions go back and try again; some, such as ``(\\d+)+5``, do so for longer than anybody waits. Here a
pattern is an automaton with a place for each digit in it, all of which are followed at once (Glushkov 1961, The
abstract theory of automata, Russian Mathematical Surveys 16:5). A value costs its length times the number of places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Automaton:
    """What a pattern says; sets of places are the bits of an integer.

    Attributes
    ----------
    where : mapping of str to int
        For each of the ten digits the places at which it may stand.
    first, last : int
        The places a value may begin and end with.
    follow : tuple of int
        For each place those that may come after it.
    """

    where: Mapping[str, int]
    first: int
    last: int
    follow: tuple[int, ...]

    def matches(self, value: str) -> bool:
        """Tell whether the whole of a value, ASCII digits, one at least, matches."""
        reached = 0
        for number, digit in enumerate(value):
            reached = (self._after(reached) if number else self.first) & self.where[digit]
        return bool(reached & self.last)

    def has_match(self, most: int) -> bool:
        """Tell whether any value of 1 to `most` digits matches."""
        reached = self.first
        for _ in range(most):
            if reached & self.last:
                return True
            reached = self._after(reached)
        return False

    def _after(self, reached: int) -> int:
        after = 0
        for place in places_in(reached):
            after |= self.follow[place]
        return after


def places_in(bits: int) -> list[int]:
    """Return which bits are set."""
    places = []
    while bits:
        lowest = bits & -bits
        places.append(lowest.bit_length() - 1)
        bits ^= lowest
    return places
