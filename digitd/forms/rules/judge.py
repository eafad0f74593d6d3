"""Judge the fields of a page: what each of them says, by what was read and by all the rules there are.

Probabilities are taken at their word. Residual risk: where a reading is wrong and sure of itself, a rule that one
value in ten keeps by chance, such as a check digit, does not notice one such reading in ten.
"""

from collections.abc import Mapping, Sequence

from digitd.forms.rules.belief import Belief, believe
from digitd.forms.rules.settle import Case, chosen, suspects, verdict_on, verdict_on_blank
from digitd.forms.rules.sums import applicable, is_broken, weigh
from digitd.forms.rules.values import FieldRead, Threshold, Verdict
from digitd.forms.rules.written import Written, written_in
from digitd.forms.template import Field, SumRule
from digitd.values import Status


def judge(
    fields: Sequence[Field], sums: Sequence[SumRule], reads: Mapping[str, FieldRead], *, threshold: Threshold
) -> dict[str, Verdict]:
    """Say what each field means.

    A value is accepted only if it keeps all rules and its confidence reaches the threshold. It is what was read, or
    what all rules agree on instead if that is much likelier than anything else. A broken sum sends all its fields to a
    person, for nobody knows which is wrong; but where a misreading is likelier than a slip of the writer, only those
    that it may lie in. A sum is not applied where one of its fields is on another page, or has to be looked at
    because it has a gap, something struck out, something that is no digit, or nothing where something should be.

    Parameters
    ----------
    fields : sequence of Field
        Those of the page.
    sums : sequence of SumRule
        Of the form.
    reads : mapping of str to FieldRead
        What was seen in each of the fields.
    threshold : Threshold
        It is compared with `Verdict.confidence`.

    Returns
    -------
    dict of str to Verdict
        One for each field, in their order. `Field.unique` is not judged: it takes all pages.
    """
    found = {field.name: written_in(field, reads[field.name]) for field in fields}
    numbers = {name: item for name, item in found.items() if isinstance(item, Written)}
    others = {name: item for name, item in found.items() if isinstance(item, Verdict)}
    blanks = {name: verdict.value for name, verdict in others.items() if _counts_as_zero(verdict)}
    rules = applicable(sums, {*numbers, *blanks})
    summed = {name for rule in rules for name in (*rule.parts, rule.total)}
    by_name = {field.name: field for field in fields}
    beliefs = {name: believe(by_name[name], item.chances, is_summed=name in summed) for name, item in numbers.items()}
    weighed = weigh(rules, beliefs | {name: _certain(value) for name, value in blanks.items()})
    beliefs |= weighed.beliefs
    cases = {name: Case(field=by_name[name], written=item, belief=beliefs[name]) for name, item in numbers.items()}
    values = chosen(cases, blanks, rules, threshold)
    broken = {
        name: rule
        for rule in reversed(rules)
        if is_broken(rule, values)
        for name in suspects(rule, cases, values, weighed.kept[rule], threshold)
    }
    settled = {
        name: verdict_on(case, values[name], broken.get(name), values, threshold) for name, case in cases.items()
    }
    settled |= {name: verdict_on_blank(verdict, broken.get(name), values) for name, verdict in others.items()}
    return {field.name: settled[field.name] for field in fields}


def _counts_as_zero(verdict: Verdict) -> bool:
    return verdict.status is Status.BLANK or verdict.reason == "blank_is_zero"


def _certain(value: str) -> Belief:
    return Belief(raw=value, posteriors={value: 1.0}, best=value)
