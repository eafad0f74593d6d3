"""Settle on a value for each field, and say what a person should look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digitd.forms.rules import own, sums
from digitd.forms.rules.belief import Belief
from digitd.forms.rules.values import Threshold, Verdict
from digitd.forms.rules.written import Written
from digitd.forms.template import Field, SumRule
from digitd.values import Status

MARGIN = 30
"""How much more likely than any other a value must be to replace what was read, whatever the threshold.

That all others together are not much likelier than the next best, the threshold sees to. None of the 48 values that
replaced another one on 594 simulated pages was wrong.
"""

_LIKELY = 0.5
"""From here on a sum that was read as broken has rather been misread."""

_TOLD = 4
"""Runners-up of a verdict, besides what was read."""

_LEAST_TOLD = 0.00005
"""Runners-up below it would be written as 0.0000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What there is to settle about a field.

    Attributes
    ----------
    field : Field
    written : Written
    belief : Belief
        After all rules.
    """

    field: Field
    written: Written
    belief: Belief


def chosen(
    cases: Mapping[str, Case], blanks: Mapping[str, str], rules: Sequence[SumRule], threshold: Threshold
) -> dict[str, str]:
    """Choose the value of each field: what was read, or what all rules agree on, if that is sure.

    Where a sum is broken all the same, nobody knows which of its fields is wrong, and all of them stay as read; which
    may break the next sum.

    Parameters
    ----------
    cases : mapping of str to Case
    blanks : mapping of str to str
        The values of the other fields that have a part in sums.
    rules : sequence of SumRule
        Those that apply.
    threshold : Threshold
    """
    values = {name: _own_choice(case, threshold) for name, case in cases.items()} | dict(blanks)
    while True:
        doubted = {name for name in _in_broken_sums(rules, values) if name in cases}
        as_read = {name: cases[name].belief.raw for name in doubted}
        if all(values[name] == raw for name, raw in as_read.items()):
            return values
        values |= as_read


def suspects(
    rule: SumRule, cases: Mapping[str, Case], values: Mapping[str, str], kept: float, threshold: Threshold
) -> tuple[str, ...]:
    """Return the fields of a broken sum that may be what breaks it.

    Those in doubt and the blank ones, where the writer is likely to have kept the sum: of the others, weighed with it,
    it is sure. Else, or where none is in doubt, all.

    Parameters
    ----------
    rule : SumRule
    cases, values, threshold
        As for `chosen`.
    kept : float
        How likely it is that the writer kept the sum, 0-1.
    """
    names = (*rule.parts, rule.total)
    is_sure = {name: name in cases and _is_sure(cases[name], values[name], threshold) for name in names}
    is_explained = kept >= _LIKELY and any(name in cases and not is_sure[name] for name in names)
    return tuple(name for name in names if not is_sure[name]) if is_explained else names


def verdict_on(
    case: Case, value: str, broken: SumRule | None, values: Mapping[str, str], threshold: Threshold
) -> Verdict:
    """Say what a field means of which the value has been chosen.

    Parameters
    ----------
    case : Case
    value : str
        One of the values of its belief.
    broken : SumRule or None
        A sum of the field that is broken.
    values : mapping of str to str
        Of all fields in sums.
    threshold : Threshold
    """
    status, reason, detail = _judgement(case, value, broken, values, threshold)
    belief = case.belief
    raw = "" if value == belief.raw else belief.raw
    rivals = belief.rivals(value)
    return Verdict(
        value=value,
        raw=raw,
        digits=case.written.digits_of(value),
        confidence=min(1.0, belief.posteriors[value]),
        status=status,
        reason=reason,
        detail=detail,
        runners_up=tuple(
            pair for rank, pair in enumerate(rivals) if (rank < _TOLD and pair[1] >= _LEAST_TOLD) or pair[0] == raw
        ),
    )


def verdict_on_blank(verdict: Verdict, broken: SumRule | None, values: Mapping[str, str]) -> Verdict:
    """Say what a blank field means that may be part of a broken sum."""
    if broken is None:
        return verdict
    return replace(verdict, status=Status.REVIEW, reason="rule_sum", detail=sums.complaint(broken, values))


def _own_choice(case: Case, threshold: Threshold) -> str:
    belief = case.belief
    posterior = belief.posteriors[belief.best]
    next_best = max((chance for _, chance in belief.rivals(belief.best)), default=0.0)
    is_sure = _is_sure(case, belief.best, threshold) and posterior >= MARGIN * next_best
    return belief.best if is_sure and not own.broken_rules(case.field, belief.best) else belief.raw


def _is_sure(case: Case, value: str, threshold: Threshold) -> bool:
    return case.belief.posteriors[value] >= threshold(len(value))


def _in_broken_sums(rules: Sequence[SumRule], values: Mapping[str, str]) -> set[str]:
    return {name for rule in rules if sums.is_broken(rule, values) for name in (*rule.parts, rule.total)}


def _judgement(
    case: Case, value: str, broken: SumRule | None, values: Mapping[str, str], threshold: Threshold
) -> tuple[Status, str, str]:
    """Return status, reason and detail."""
    own_broken = own.broken_rules(case.field, value)
    if own_broken:
        return Status.REVIEW, f"rule_{own_broken[0]}", own.complaint(case.field, value, own_broken[0])
    if broken is not None:
        return Status.REVIEW, "rule_sum", sums.complaint(broken, values)
    if not _is_sure(case, value, threshold):
        return Status.REVIEW, "low_confidence", ""
    raw = case.belief.raw
    if value == raw:
        return Status.ACCEPTED, "", ""
    raw_broken = own.broken_rules(case.field, raw)
    if not raw_broken:
        return Status.ACCEPTED, "repaired_sum", f"was read as {raw}, with which the sum would be wrong"
    return (
        Status.ACCEPTED,
        f"repaired_{raw_broken[0]}",
        f"was read as {raw}: {own.complaint(case.field, raw, raw_broken[0])}",
    )
