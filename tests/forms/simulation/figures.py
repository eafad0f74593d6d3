"""Choose what people write on a form: numbers that keep its rules, and fields left empty."""

import numpy as np

_BLANK = 0.06
_HABITS = ("left", "right", "zeros")
_HABIT_SHARES = (0.4, 0.4, 0.2)


def figures_for(layout, page, rng):
    """Choose for each field of a page what stands in its boxes, as a string with a space for an empty one."""
    template = layout.template
    fields = template.fields_of(page)
    habit = rng.choice(_HABITS, p=_HABIT_SHARES)
    values = {field.name: _value(layout, field, rng) for field in fields}
    totals = set()
    for rule in template.rules:
        if rule.total in values:
            _add_up(template, rule, values, rng)
            totals.add(rule.total)
    for field in fields:
        if field.name not in totals and rng.random() < _BLANK:
            values[field.name] = ""
    for rule in template.rules:
        if rule.total in values:  # a field without a number counts as 0
            values[rule.total] = str(sum(int(values[part] or 0) for part in rule.parts))
    return {field.name: _placed(values[field.name], field, habit) for field in fields}


def luhn_digit(prefix):
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(prefix))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def _value(layout, field, rng):
    count = len(field.boxes)
    if field.name in layout.makers:
        return layout.makers[field.name](rng)
    if field.allowed:
        return str(rng.choice(sorted(field.allowed)))
    if field.range:
        return _number(field.range[0], min(field.range[1], 10**count - 1), rng)
    if field.check:
        prefix = "".join(map(str, rng.integers(0, 10, count - 1)))
        return prefix + luhn_digit(prefix)
    return "".join(map(str, rng.integers(0, 10, count)))


def _number(least, most, rng):
    """Draw a number as numbers come: those with few digits too."""
    if rng.random() < 0.6:
        return str(rng.integers(least, most + 1))
    return str(int(np.exp(rng.uniform(np.log(max(1, least)), np.log(most + 1)))))


def _add_up(template, rule, values, rng):
    """Make the parts of a sum so small that their total has room in its boxes."""
    total = template.by_name[rule.total]
    most = min(total.range[1] if total.range else 10**9, 10 ** len(total.boxes) - 1)
    for part in rule.parts:
        field = template.by_name[part]
        highest = min(field.range[1] if field.range else 10**9, 10 ** len(field.boxes) - 1, most // len(rule.parts))
        values[part] = _number(0, highest, rng)


def _placed(value, field, habit):
    """Put a number of fewer digits than boxes where the writer of the page is used to put it."""
    count = len(field.boxes)
    if not value or habit == "left":
        return value.ljust(count)
    return value.zfill(count) if habit == "zeros" else value.rjust(count)
