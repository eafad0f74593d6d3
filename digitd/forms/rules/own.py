"""The rules of one field: which of them a value breaks, and how often people do."""

from digitd.forms.checks import CHECKS
from digitd.forms.pattern import compiled
from digitd.forms.template import Field

BREAKS = {"allowed": 0.0006, "check": 0.001, "pattern": 0.001, "range": 0.001}
"""How likely one value that breaks a rule is, against one that keeps it; in the order in which rules are named.

Judged, not measured: the writer slips in one number of a hundred, and then any of ten digits may stand where another
should; in six of a thousand where there is a list of those who will write, if it is whole. With `settle.MARGIN` a value
is replaced only by one of at least 0.03 of its weight, or 0.018 where there is a list.
"""


def rules_of(field: Field) -> tuple[str, ...]:
    """Return the names of the rules of a field, in the order of `BREAKS`."""
    is_set = {
        "allowed": field.allowed is not None,
        "check": bool(field.check),
        "pattern": bool(field.pattern),
        "range": field.range is not None,
    }
    return tuple(rule for rule in BREAKS if is_set[rule])


def broken_rules(field: Field, value: str) -> tuple[str, ...]:
    """Return the names of the rules that a value breaks, in the order of `BREAKS`.

    Parameters
    ----------
    field : Field
    value : str
        ASCII digits, at least one.
    """
    return tuple(rule for rule in rules_of(field) if not _keeps(field, value, rule))


def penalty(field: Field, value: str) -> float:
    """Return the factor for a value that breaks rules, 1 for one that breaks none.

    The least of them: one slip of the pen breaks every rule there is, so that they say nothing more together.
    """
    return min((BREAKS[rule] for rule in broken_rules(field, value)), default=1.0)


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
    """Tell whether a value keeps one of the rules of its field."""
    if rule == "allowed":
        return field.allowed is not None and value in field.allowed
    if rule == "check":
        return CHECKS[field.check].is_valid(value)
    if rule == "pattern":
        return compiled(field.pattern).matches(value)
    least, greatest = field.range or (0, 0)
    return least <= int(value) <= greatest
