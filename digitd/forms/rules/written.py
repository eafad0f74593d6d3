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
    chances = [_chances(box) for box in read.boxes]
    filled = [place for place, of_box in enumerate(chances) if of_box is not None]
    crossed = [place for place, box in enumerate(read.boxes) if box.is_struck]
    if crossed and field.struck is Struck.REVIEW:
        return _doubtful(chances, "struck_out", f"box {crossed[0] + 1} is crossed out")
    if not filled:
        return _empty(field, len(chances))
    span = range(filled[0], filled[-1] + 1)
    gaps = [place for place in span if chances[place] is None]
    if gaps:
        return _doubtful(chances, "gap", f"box {gaps[0] + 1} is empty, between digits")
    rows = np.array(chances[span.start : span.stop])  # (L, 10)
    odd = np.flatnonzero(1 - rows.sum(axis=1) > rows.max(axis=1))
    if len(odd):
        return _doubtful(chances, "not_a_digit", f"what is in box {span.start + int(odd[0]) + 1} looks like no digit")
    return Written(before=span.start, after=len(chances) - span.stop, chances=rows)


def _chances(box: BoxRead) -> NDArray[np.float64] | None:
    """Return the probabilities of a box, none where it has no part in the number."""
    if not box.probabilities or box.is_struck:
        return None
    chances = np.nan_to_num(np.array(box.probabilities, np.float64), nan=0.0).clip(0.0, 1.0)
    return chances / max(1.0, float(chances.sum()))


def _doubtful(chances: Sequence[NDArray[np.float64] | None], reason: str, detail: str) -> Verdict:
    """Make the verdict on what is no number as it stands; the digits are a guess to check, for all they are worth."""
    digits = tuple("" if of_box is None else str(int(of_box.argmax())) for of_box in chances)
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
