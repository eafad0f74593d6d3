"""Judge the fields of a page."""

from collections.abc import Mapping, Sequence

from digitd.forms.rules.values import FieldRead, Verdict
from digitd.forms.template import Field, SumRule


def judge(
    fields: Sequence[Field], sums: Sequence[SumRule], reads: Mapping[str, FieldRead], *, threshold: float
) -> dict[str, Verdict]:
    """Say what each field means.

    Parameters
    ----------
    fields : sequence of Field
        Those of the page.
    sums : sequence of SumRule
        Of the form. One that names a field that is not among `fields` is not applied.
    reads : mapping of str to FieldRead
        What was seen in each of the fields.
    threshold : float
        Least confidence, 0-1, at which a value is accepted.

    Returns
    -------
    dict of str to Verdict
        One for each field, in their order.
    """
    raise NotImplementedError
