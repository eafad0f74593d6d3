"""What goes into the judging of a page, and what comes out."""

from collections.abc import Callable
from dataclasses import dataclass

from digitd.values import Status

Threshold = Callable[[int], float]
"""Given how many digits a value has, returns the least confidence, 0-1, at which it is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRead:
    """What was seen in one box.

    Attributes
    ----------
    probabilities : tuple of float
        Ten calibrated probabilities, digit 0 first; what they lack to 1 is the probability that it is no digit. Empty
        where the box is blank. No probability at all, or not a number, counts as 0.
    is_struck : bool
        It was crossed out; probabilities do not count then.
    """

    probabilities: tuple[float, ...] = ()
    is_struck: bool = False

    def __post_init__(self) -> None:
        """Refuse anything but ten probabilities or none."""
        if len(self.probabilities) not in (0, 10):
            raise ValueError(f"a box has {len(self.probabilities)} probabilities, not 10, or none where it is blank")

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return not self.probabilities and not self.is_struck


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRead:
    """What was seen in the boxes of a field, in reading order."""

    boxes: tuple[BoxRead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a field says, and whether a person should look at it.

    Attributes
    ----------
    value : str
        Its digits; empty where there are none. Under `Status.REVIEW` it is always what was read.
    raw : str
        The digits as they were read, where a rule replaced them by `value`; else empty.
    digits : tuple of str
        Of `value`, for each box; empty for a box that has no part in it, blank or struck out.
    confidence : float or None
        Probability that `value` is what was written, 0-1; None where there is none, or where it is no number: then it
        is a guess.
    status : Status
        ``accepted``, ``review`` or ``blank``.
    reason : str
        ``low_confidence not_a_digit struck_out gap blank rule_range rule_pattern rule_allowed rule_check rule_sum``;
        of accepted values ``blank_is_zero repaired_range repaired_pattern repaired_allowed repaired_check
        repaired_sum``, or nothing.
    detail : str
        One sentence for people where a rule was broken or put something right, or the writing is odd; else empty.
    runners_up : tuple of (str, float)
        Other values and their probabilities, most probable first; `raw` is always among them.
    """

    value: str
    digits: tuple[str, ...]
    confidence: float | None
    status: Status
    raw: str = ""
    reason: str = ""
    detail: str = ""
    runners_up: tuple[tuple[str, float], ...] = ()
