"""Tell which boxes of a field make up its number, or why they make up none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitd.forms.rules.own import complaint
from digitd.forms.rules.values import BoxRead, FieldRead, Verdict
from digitd.forms.template import Blank, Field, Struck
from digitd.values import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A number that fills neighbouring boxes.

    Attributes
    ----------
    before, after : int
        Blank boxes at both ends, which are no part of it.
    chances : NDArray
        (L, 10) float64, L >= 1: probabilities of the digits in each box; rows sum to 1 at most.
    """

    before: int
    after: int
    chances: NDArray[np.float64]

    def digits_of(self, value: str) -> tuple[str, ...]:
        """Spread a value of this length over all boxes of the field."""
        return ("",) * self.before + tuple(value) + ("",) * self.after


def written_in(field: Field, read: FieldRead) -> Written | Verdict:
    """Return the number of a field, or a verdict where no rule is needed to see that there is none, or a doubt."""
    filled = [place for place, box in enumerate(read.boxes) if box.probabilities and not box.is_struck]
    crossed = [place for place, box in enumerate(read.boxes) if box.is_struck]
    chances = _chances([read.boxes[place] for place in filled])
    if crossed and field.struck is Struck.REVIEW:
        return _doubtful(read, filled, chances, "struck_out", f"{_named(crossed)} crossed out")
    if not filled:
        return _empty(field, len(read.boxes))
    first, last = filled[0], filled[-1]
    gaps = sorted({*range(first, last)}.difference(filled))
    if gaps:
        what = "crossed out" if read.boxes[gaps[0]].is_struck else "empty"
        return _doubtful(read, filled, chances, "gap", f"{_named(gaps[:1])} {what}, between digits")
    odd = np.flatnonzero(1 - chances.sum(axis=1) > chances.max(axis=1))
    if len(odd):
        return _doubtful(read, filled, chances, "not_a_digit", f"{_named((first + odd).tolist())} not like a digit")
    return Written(before=first, after=len(read.boxes) - last - 1, chances=chances)


def _named(places: Sequence[int]) -> str:
    """Name boxes by their places, from 0, as the beginning of a sentence."""
    numbers = ", ".join(str(place + 1) for place in places)
    return f"box {numbers} is" if len(places) == 1 else f"boxes {numbers} are"


def _chances(boxes: Sequence[BoxRead]) -> NDArray[np.float64]:
    """Return the probabilities of boxes as (N, 10)."""
    stated = np.array([box.probabilities for box in boxes], np.float64).reshape(-1, 10)
    chances = np.nan_to_num(stated, nan=0.0).clip(0.0, 1.0)
    return np.asarray(chances / np.maximum(1.0, chances.sum(axis=1, keepdims=True)))


def _doubtful(
    read: FieldRead, filled: Sequence[int], chances: NDArray[np.float64], reason: str, detail: str
) -> Verdict:
    """Make the verdict on what is no number as it stands; the digits are a guess to check, for all they are worth.

    Of a box that is like no digit at all, such as one that is hardly seen, there is none: it would always be a 0.
    """
    guesses = {place: str(row.argmax()) for place, row in zip(filled, chances, strict=True) if row.any()}
    digits = tuple(guesses.get(place, "") for place in range(len(read.boxes)))
    return Verdict(
        value="".join(digits), digits=digits, confidence=None, status=Status.REVIEW, reason=reason, detail=detail
    )


def _empty(field: Field, boxes: int) -> Verdict:
    """Make the verdict on a field in which nothing is written."""
    digits = ("",) * boxes
    if field.blank is Blank.REVIEW:
        detail = "nothing is written where a number should be"
        return Verdict(value="", digits=digits, confidence=None, status=Status.REVIEW, reason="blank", detail=detail)
    if field.blank is Blank.ALLOW:
        return Verdict(value="", digits=digits, confidence=None, status=Status.BLANK, reason="blank")
    if field.range is not None and not field.range[0] <= 0 <= field.range[1]:
        detail = f"nothing is written, which counts as 0: {complaint(field, '0', 'range')}"
        return Verdict(
            value="0", digits=digits, confidence=None, status=Status.REVIEW, reason="rule_range", detail=detail
        )
    return Verdict(value="0", digits=digits, confidence=None, status=Status.ACCEPTED, reason="blank_is_zero")
