"""What a field may say, and how likely each of that is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitd.forms.rules.likeliest import likeliest
from digitd.forms.rules.own import broken_rules, penalty, rules_of
from digitd.forms.rules.roster import likeliest_allowed
from digitd.forms.template import Field

_LEAST_CHANCE = 1e-5
"""Digits below it are not tried, except in values of a list; their part counts against every value."""

_TRIED = 128
"""Values of a field that are weighed against its rules, and as many of a list.

Enough for two boxes in which every digit is possible. The rest counts against every value, so that a field of which
more would have to be tried is too doubtful to be accepted anyway.
"""

_LEAST_LUCK = 0.1
"""However seldom a rule is kept by luck: what is no number is never thought less likely by more than ten times."""

_LEAST_DOUBT = 0.0005
"""Whether there are digits: less changes nothing that anybody looks at, and luck need not be reckoned."""

_TOLD = 8
"""Values that are found where there is no rule: they only serve as runners-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The values that a field may have.

    Attributes
    ----------
    raw : str
        What was read: of each box the likeliest digit, the least of equals.
    posteriors : dict of str to float
        Probability of each value, `raw` among them, likeliest first. What they lack to 1 belongs to values that were
        not tried, and to something that is no number.
    best : str
        The value that agrees best with all rules.
    """

    raw: str
    posteriors: dict[str, float]
    best: str

    def rivals(self, value: str) -> list[tuple[str, float]]:
        """Return the other values, likeliest first."""
        return [(other, chance) for other, chance in self.posteriors.items() if other != value]


def believe(field: Field, chances: NDArray[np.float64], *, is_summed: bool) -> Belief:
    """Weigh what was read in a field against the field's own rules.

    The posterior of a value is its weight, less where it breaks a rule, by the sum over all values; those that were
    not tried count in full. What is no number at all counts as often as it would keep the rules by luck: that a check
    digit fits speaks for the digits that it was reckoned from, ten to one.

    Parameters
    ----------
    field : Field
    chances : (L, 10) float64
        Probabilities of the digits in each box that belongs to the number; rows sum to 1 at most.
    is_summed : bool
        Other values will be needed, because the field is part of a sum.
    """
    rules = rules_of(field)
    most = _TRIED if is_summed or rules else _TOLD
    weights = _tried(chances, most)
    if field.allowed is not None:
        weights.update(likeliest_allowed(field.allowed, chances, most))
    weighed = {value: weight * penalty(field, value) for value, weight in weights.items()} if rules else weights
    are_digits = min(1.0, float(chances.sum(axis=1).prod()))
    untried = max(0.0, are_digits - sum(sorted(weights.values())))
    ranked = sorted(weighed, key=lambda value: (-weighed[value], value))
    luck = _luck(field, ranked[0], chances) if rules and 1 - are_digits > _LEAST_DOUBT else 1.0
    total = sum(sorted(weighed.values())) + untried + luck * (1 - are_digits)
    raw = "".join(map(str, chances.argmax(axis=1).tolist()))
    posteriors = {value: weighed[value] / total for value in ranked}
    posteriors.setdefault(raw, 0.0)
    return Belief(raw=raw, posteriors=posteriors, best=ranked[0])


def _luck(field: Field, value: str, chances: NDArray[np.float64]) -> float:
    """Return how often a value would keep its rules whatever stands where it is in doubt that there is a digit."""
    doubts = np.maximum(1 - chances.sum(axis=1), 1e-9)  # (L,)
    kept = [
        np.mean([not broken_rules(field, f"{value[:place]}{digit}{value[place + 1 :]}") for digit in range(10)])
        for place in range(len(value))
    ]
    return max(_LEAST_LUCK, float(np.average(kept, weights=doubts)))


def _tried(chances: NDArray[np.float64], most: int) -> dict[str, float]:
    options = [_options(of_box) for of_box in chances]
    choices, products = likeliest([of_box[digits] for of_box, digits in zip(chances, options, strict=True)], most)
    columns = [digits[choices[:, place]] for place, digits in enumerate(options)]
    values = ["".join(map(str, row)) for row in np.array(columns).T.tolist()]
    return dict(zip(values, products.tolist(), strict=True))


def _options(of_box: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the digits that may be in a box, in ascending order."""
    possible = np.flatnonzero(of_box >= _LEAST_CHANCE)
    return possible if len(possible) else np.array([int(of_box.argmax())])
