"""Hold the values that no two pages of a form may share against those of other pages.

Whoever comes second goes to review; what came first is not changed, because its row may have been taken away already.
A page counts as the one that has a value when that was accepted.
"""

from dataclasses import replace

from digitd.ledger import Holder, Ledger
from digitd.names import printable
from digitd.publish import picture_path
from digitd.values import Form, Outcome, Reading, Sheet, Status


class Rivals:
    """The pages of a form that were committed, and those of one batch that is not yet.

    Parameters
    ----------
    ledger : Ledger
    form : Form
    annotate : str
        One of `digitd.values.ANNOTATE`: a page that goes to review may need a picture.
    """

    def __init__(self, ledger: Ledger, form: Form, annotate: str) -> None:
        self._ledger = ledger
        self._form = form
        self._annotate = annotate
        self._held: dict[tuple[str, str], Holder] = {}
        self._owners: set[bytes] = set()

    def judge(self, outcome: Outcome, owner: bytes) -> Outcome:
        """Send values to review that another page has, and count the others as had from now on.

        Parameters
        ----------
        outcome : Outcome
        owner : bytes
            What was committed of the same owner is going to be replaced, and does not count.

        Returns
        -------
        Outcome
            Sheets in which nothing has changed are the same objects.
        """
        if not self._form.unique:
            return outcome
        self._owners.add(owner)
        sheets = tuple(self._judge_sheet(sheet, outcome.name, owner) for sheet in outcome.sheets)
        if all(new is old for new, old in zip(sheets, outcome.sheets, strict=True)):
            return outcome
        readings = tuple(reading for sheet in sheets for reading in sheet.readings)
        pictures: list[str] = []
        for sheet, before in zip(sheets, outcome.sheets, strict=True):
            picture = outcome.pictures[len(pictures)]
            if sheet is not before:
                picture = picture_path(sheet.readings, outcome.name, outcome.sha256, self._annotate, of_form=True)
            pictures += [picture] * len(sheet.readings)
        return replace(outcome, sheets=sheets, readings=readings, pictures=tuple(pictures))

    def _judge_sheet(self, sheet: Sheet, file: str, owner: bytes) -> Sheet:
        readings = tuple(self._judge_reading(reading, file, owner) for reading in sheet.readings)
        if all(new is old for new, old in zip(readings, sheet.readings, strict=True)):
            return sheet
        return replace(sheet, readings=readings)

    def _judge_reading(self, reading: Reading, file: str, owner: bytes) -> Reading:
        if not self._form.holds(reading):
            return reading
        holder = self._holder(reading)
        if holder is None:
            self._held[reading.field, reading.value] = Holder(owner=owner, file=file, page=reading.page)
            return reading
        detail = f"{reading.field} {reading.value} is also on page {holder.page} of {printable(holder.file)}"
        return replace(reading, status=Status.REVIEW, reason="rule_unique", detail=detail)

    def _holder(self, reading: Reading) -> Holder | None:
        if (holder := self._held.get((reading.field, reading.value))) is not None:
            return holder
        holder = self._ledger.forms.holder(self._form.name, reading.field, reading.value)
        return None if holder is None or holder.owner in self._owners else holder
