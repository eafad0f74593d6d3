"""The rules of one field: which of them a value breaks, and how often people do."""

import re
from collections.abc import Iterable

from digitd.forms.checks import CHECKS
from digitd.forms.template import Field

BREAKS = {"allowed": 0.002, "check": 0.01, "pattern": 0.01, "range": 0.01}
"""How likely what is written breaks a rule, against a value that keeps it; in the order in which rules are named.

Judged, not measured: a writer slips in one number of a hundred; a list is made by those who know who will be there.
Each is a caution, not a guess at the truth: the larger, the fewer readings are replaced. With `settle.MARGIN` a value
is replaced only by one of at least a fifth of its weight, or a twenty-fifth where there is a list.
"""


def has_rules(field: Field) -> bool:
    """Tell whether not every number may stand in a field."""
    return bool(field.check or field.pattern) or field.range is not None or field.allowed is not None


def broken_rules(field: Field, value: str) -> tuple[str, ...]:
    """Return the names of the rules that a value breaks, in the order of `BREAKS`.

    Parameters
    ----------
    field : Field
    value : str
        ASCII digits, at least one.
    """
    return tuple(rule for rule in BREAKS if not _keeps(field, value, rule))


def penalty(broken: Iterable[str]) -> float:
    """Return the factor for what breaks rules, 1 where there are none.

    The least of them: one slip of the pen breaks every rule there is, so that they say nothing more together.
    """
    return min((BREAKS[rule] for rule in broken), default=1.0)


def complaint(field: Field, value: str, rule: str) -> str:
    """Say to people how a value breaks a rule."""
    if rule == "allowed":
        return f"{value} is not on the list of allowed values"
    if rule == "check":
        return f"{value} does not end in its check digit ({field.check})"
    if rule == "pattern":
        return f"{value} does not match the pattern {field.pattern}"
    least, greatest = field.range or (0, 0)
    return f"{value} is not between {least} and {greatest}"


def _keeps(field: Field, value: str, rule: str) -> bool:
    if rule == "allowed":
        return field.allowed is None or value in field.allowed
    if rule == "check":
        return not field.check or CHECKS[field.check].is_valid(value)
    if rule == "pattern":
        return not field.pattern or re.fullmatch(field.pattern, value) is not None
    return field.range is None or field.range[0] <= int(value) <= field.range[1]
