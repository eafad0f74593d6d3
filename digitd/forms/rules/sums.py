"""Weigh the numbers of several fields against their sums, all fields that hang together at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digitd.forms.rules.belief import Belief
from digitd.forms.rules.likeliest import likeliest
from digitd.forms.template import SumRule

BREAKS = 0.001
"""How likely one set of numbers that do not add up is, against one that do; for however many sums at once.

As in `digitd.forms.rules.own.BREAKS`: judged, one slip of the writer in a hundred, and any of ten digits then.
"""

LUCK = 0.1
"""How often what is no number would fit a sum by luck, and a set of numbers that was not tried: where one digit is in
doubt, one of ten fits.
"""

_VALUES = 12
"""Values of a field that are tried in sums, if they are likelier than `_LEAST_POSTERIOR`."""

_LEAST_POSTERIOR = 1e-5

_TRIED = 256
"""Combinations of values that are weighed against sums; enough for eight fields of two likely values each."""

_INT64_DIGITS = 16
"""Numbers up to this length can be added a hundred times in 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What sums tell.

    Attributes
    ----------
    beliefs : dict of str to Belief
        Of the fields in sums: what is left of each after all.
    kept : dict of SumRule to float
        How likely it is that the writer kept it, whatever was read, 0-1.
    """

    beliefs: dict[str, Belief]
    kept: dict[SumRule, float]


def applicable(sums: Sequence[SumRule], names: Collection[str]) -> list[SumRule]:
    """Return the sums whose fields all have a number, be it 0 because they are blank."""
    return [rule for rule in sums if all(name in names for name in (*rule.parts, rule.total))]


def is_broken(rule: SumRule, values: Mapping[str, str]) -> bool:
    """Tell whether the values of some fields do not add up; no digits are 0."""
    return sum(int(values[name] or "0") for name in rule.parts) != int(values[rule.total] or "0")


def complaint(rule: SumRule, values: Mapping[str, str]) -> str:
    """Say to people how values break a sum."""
    total = sum(int(values[name] or "0") for name in rule.parts)
    parts = " + ".join(rule.parts) if len(rule.parts) <= 4 else f"{rule.parts[0]} + ... + {rule.parts[-1]}"
    return f"{parts} is {total}, but {rule.total} is {values[rule.total] or 'blank'}"


def weigh(rules: Sequence[SumRule], beliefs: Mapping[str, Belief]) -> Weighed:
    """Weigh fields against the sums that apply to them.

    Each group of sums that share fields is weighed as one: the weight of a combination of values is the product of
    their posteriors, less where a sum is broken. A field in which something else may stand stays in the reckoning with
    that, which fits its sums by luck at most.

    Parameters
    ----------
    rules : sequence of SumRule
        Those that apply.
    beliefs : mapping of str to Belief
        Of all fields in them; a blank one has the value ``""``.

    Returns
    -------
    Weighed
    """
    weighed: dict[str, Belief] = {}
    kept: dict[SumRule, float] = {}
    for group in _groups(rules):
        names = sorted({name for rule in group for name in (*rule.parts, rule.total)})
        found = _weigh_group(group, {name: beliefs[name] for name in names})
        weighed |= found.beliefs
        kept |= found.kept
    return Weighed(beliefs=weighed, kept=kept)


def _groups(rules: Sequence[SumRule]) -> list[list[SumRule]]:
    """Return the sums that hang together by the fields that they share."""
    groups: list[tuple[set[str], list[SumRule]]] = []
    for rule in rules:
        names = {*rule.parts, rule.total}
        joined = [group for group in groups if group[0] & names]
        groups = [group for group in groups if not group[0] & names]
        groups.append((names.union(*(of for of, _ in joined)), [r for _, some in joined for r in some] + [rule]))
    return [group for _, group in groups]


def _weigh_group(rules: Sequence[SumRule], beliefs: Mapping[str, Belief]) -> Weighed:
    values = {name: _likely(belief) for name, belief in beliefs.items()}
    chances = [np.array([beliefs[name].posteriors[value] for value in values[name]]) for name in beliefs]
    # the last entry of each stands for whatever else may be in the field
    factors = [np.append(of_field, max(0.0, 1 - float(of_field.sum()))) for of_field in chances]
    choices, products = likeliest(factors, _TRIED)  # (M, N), (M,)
    is_number = choices < [len(of_field) for of_field in chances]  # (M, N)
    columns = {name: column for column, name in enumerate(beliefs)}
    numbers = {name: _numbers(values[name])[choices[:, column]] for name, column in columns.items()}
    is_broken_by = {
        rule: (sum(numbers[name] for name in rule.parts) != numbers[rule.total])
        & is_number[:, [columns[name] for name in (*rule.parts, rule.total)]].all(axis=1)
        for rule in rules
    }
    fits = np.where(is_number.all(axis=1), 1.0, LUCK)
    weights = np.where(np.any(list(is_broken_by.values()), axis=0), BREAKS, fits) * products
    total = float(weights.sum()) + LUCK * max(0.0, 1 - float(products.sum()))
    best = int(np.argmax(np.where(is_number.all(axis=1), weights, -1.0)))
    left = {
        name: _after(beliefs[name], values[name], choices[:, column], weights / total, int(choices[best, column]))
        for name, column in columns.items()
    }
    kept = {rule: 1 - float(weights[broken].sum()) / total for rule, broken in is_broken_by.items()}
    return Weighed(beliefs=left, kept=kept)


def _likely(belief: Belief) -> list[str]:
    return [value for value, chance in belief.posteriors.items() if chance >= _LEAST_POSTERIOR][:_VALUES]


def _numbers(values: Sequence[str]) -> NDArray[np.int64] | NDArray[np.object_]:
    """Return values as numbers, and a 0 for what is no number; Python's own where 64 bits might not do."""
    fits = all(len(value) <= _INT64_DIGITS for value in values)
    return np.array([int(value or "0") for value in values] + [0], np.int64 if fits else object)


def _after(
    belief: Belief, values: Sequence[str], choices: NDArray[np.intp], weights: NDArray[np.float64], best: int
) -> Belief:
    """Return what is left of a field: the weight of all combinations in which it has a value."""
    left = np.bincount(choices, weights, minlength=len(values) + 1)
    ranked = sorted(zip(values, left[: len(values)].tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    posteriors = dict(ranked)
    posteriors.setdefault(belief.raw, 0.0)
    return replace(belief, posteriors=posteriors, best=values[best] if best < len(values) else belief.raw)
