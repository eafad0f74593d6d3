"""The nouns that travel between the stages: what was read, and what became of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What a row says of its value."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    BLANK = "blank"
    FAILED = "failed"


ANNOTATE = ("all", "review", "sheet", "none")
"""Of which readings pictures are made: of all, of those not accepted, of these and sheets of all, or of none."""

ROTATE = ("never", "daily")
"""When predictions.csv is put by under the date of its rows, and begun anew."""

LOG_FORMATS = ("auto", "text", "json", "journal")
"""``auto`` is the journal's own protocol where the journal reads stderr, and text elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page, in pixels from the top-left corner: columns [x, x + width), rows [y, y + height)."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxReading:
    """What was read in one box of a form field.

    Attributes
    ----------
    corners : tuple of (float, float)
        Where the box was found: (x, y) of its four corners from the top left, clockwise, in mm of the aligned page.
    value : str
        The digit that counts, after rules were applied; empty where the box is blank.
    confidence : float or None
        Calibrated probability of the digit that was read, 0-1; None where the box is blank.
    status : Status
        ``accepted``, ``review`` or ``blank``: of this box alone.
    reason : str
        As in `Reading`, e.g. ``struck_out``.
    """

    corners: tuple[tuple[float, float], ...]
    value: str
    confidence: float | None
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read on one page, or why nothing was.

    Attributes
    ----------
    page : int
        Counted from 1.
    value : str
        The digits read; empty when the page is blank or failed.
    confidence : float or None
        Calibrated probability that the whole value is right, 0-1; None where nothing was read, or of what is no number.
    status : Status
    reason : str
        Stable lower_snake code; empty for accepted readings.
    detail : str
        One sentence for people: the failure, with the value found and the limit.
    probabilities : tuple of float
        Ten calibrated probabilities, digit 0 first; empty where the model was not asked.
    box : Box or None
        Where the ink lies on the page.
    field : str
        Name of the form field; empty but for forms.
    raw : str
        The digits of a field as they were read, where a rule replaced them by `value`; else empty.
    runners_up : tuple of (str, float)
        Other values of a field and their probabilities, most probable first.
    boxes : tuple of BoxReading
        Of a field, in reading order.
    """

    page: int
    value: str
    confidence: float | None
    status: Status
    reason: str = ""
    detail: str = ""
    probabilities: tuple[float, ...] = ()
    box: Box | None = None
    field: str = ""
    raw: str = ""
    runners_up: tuple[tuple[str, float], ...] = ()
    boxes: tuple[BoxReading, ...] = ()

    @property
    def alternatives(self) -> tuple[tuple[str, float], ...]:
        """The two runners-up as (digits, probability), most probable first; those under 0.00005 are left out.

        What was read before a rule replaced it always comes first.
        """
        if self.field:
            ranked_values = sorted(self.runners_up, key=lambda pair: pair[0] != self.raw)
            return tuple((value, p) for value, p in ranked_values[:2] if p >= 0.00005 or value == self.raw)
        ranked = sorted(((p, str(digit)) for digit, p in enumerate(self.probabilities)), reverse=True)
        return tuple((digit, p) for p, digit in ranked[1:3] if p >= 0.00005)


def failed(page: int, reason: str, detail: str) -> Reading:
    """Make the reading of a page that could not be read."""
    return Reading(page=page, value="", confidence=None, status=Status.FAILED, reason=reason, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read on one page with a form in mind: everything that its picture shows but the page itself.

    Attributes
    ----------
    page : int
        Of the file, from 1.
    form : str
        Name of the form.
    form_page : int
        Of the form, from 1; 0 where the page was not recognised.
    size_mm : tuple of (float, float)
        Width and height of the page of the form; (0, 0) where it was not recognised.
    transform : tuple of float
        Nine numbers, row by row: the homography from mm of the aligned page to pixels of the picture; empty where the
        page was not recognised.
    method : str
        How the page was recognised: ``markers``, ``features`` or ``outline``; empty where it was not.
    rms_mm : float or None
        Registration error; None where the page was not recognised.
    tried : tuple of str
        Where the page was not recognised, a line for each attempt.
    readings : tuple of Reading
        One a field, in the order of the template; a single one without a field where the page was not recognised.
    """

    page: int
    form: str
    form_page: int
    size_mm: tuple[float, float]
    transform: tuple[float, ...]
    method: str
    rms_mm: float | None
    tried: tuple[str, ...]
    readings: tuple[Reading, ...]


def unread(form: str, reading: Reading, *, tried: tuple[str, ...] = ()) -> Sheet:
    """Make the sheet of a page that was not recognised, or could not even be decoded."""
    return Sheet(
        page=reading.page,
        form=form,
        form_page=0,
        size_mm=(0.0, 0.0),
        transform=(),
        method="",
        rms_mm=None,
        tried=tried,
        readings=(reading,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What those who keep the results of a form must know of it.

    Attributes
    ----------
    name : str
    id : str
        12 hex digits that change with anything that its pages are read by.
    fields : tuple of str
        The names of its fields, in the order of the template.
    unique : frozenset of str
        Of the fields, those whose values no two pages share.
    """

    name: str
    id: str
    fields: tuple[str, ...]
    unique: frozenset[str] = frozenset()

    def holds(self, reading: Reading) -> bool:
        """Return whether no other page may have the value of this reading."""
        return reading.field in self.unique and reading.status is Status.ACCEPTED and reading.value != ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTally:
    """How often a field of a form was read, by status."""

    name: str
    accepted: int = 0
    review: int = 0
    blank: int = 0

    @property
    def total(self) -> int:
        """How often it was read at all."""
        return self.accepted + self.review + self.blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What came of the pages of one form.

    Attributes
    ----------
    form : str
        Its name.
    model : str
        First 12 hex digits of the artefact's sha256.
    pages : int
        All that were looked at: those that were read, blank ones, and failed ones.
    registered : int
        Of the pages, those that were recognised as pages of the form.
    blank_pages : int
        Those on which nothing is printed or written.
    failed_pages : tuple of str
        The names of all others, with the number of the page where a file has several.
    fields : tuple of FieldTally
        In the order of the template.
    reasons : mapping of str to int
        For each reason code how many fields it sent to review. Those that only failed pages have are left out.
    elapsed_s : float
        What scoring all of it took, also in runs that were interrupted: of each up to its last rows.
    """

    form: str
    model: str
    pages: int
    registered: int
    blank_pages: int
    failed_pages: tuple[str, ...]
    fields: tuple[FieldTally, ...]
    reasons: Mapping[str, int]
    elapsed_s: float

    @property
    def accepted(self) -> int:
        """How many fields were accepted, on all pages."""
        return sum(field.accepted for field in self.fields)

    @property
    def review(self) -> int:
        """How many fields a person should look at."""
        return sum(field.review for field in self.fields)

    @property
    def blank(self) -> int:
        """How many fields are blank."""
        return sum(field.blank for field in self.fields)

    @property
    def pages_per_min(self) -> float:
        """0 where less than a millisecond passed."""
        return 60 * self.pages / self.elapsed_s if self.elapsed_s >= 0.001 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file: at least one reading, whatever the file was.

    Attributes
    ----------
    name : str
        As the user knows the file: relative to the inbox or to the folder that was scored.
    sha256 : str
        Of the bytes that were read, 64 hex digits; empty when they could not be read.
    readings : tuple of Reading
        In page order.
    pictures : tuple of str
        For each reading the path of its annotated picture relative to the outbox; empty for none.
    elapsed_ms : float
        From opening the file to its last reading and picture.
    cells : tuple of bytes or None
        For each reading its packed cell for a contact sheet, None where it could not be drawn; those that nobody has
        tried to draw are missing.
    sheets : tuple of Sheet
        Where it was read with a form in mind, one a page: their readings, one after the other, are `readings`.
    """

    name: str
    sha256: str
    readings: tuple[Reading, ...]
    pictures: tuple[str, ...]
    elapsed_ms: float
    cells: tuple[bytes | None, ...] = ()
    sheets: tuple[Sheet, ...] = ()

    @property
    def is_failed(self) -> bool:
        """Whether no page at all could be read."""
        return all(reading.status is Status.FAILED for reading in self.readings)

    @property
    def reason(self) -> str:
        """Why the file as a whole failed; empty where it did not."""
        return self.readings[0].reason if self.is_failed else ""

    @property
    def detail(self) -> str:
        """The sentence that belongs to `reason`."""
        return self.readings[0].detail if self.is_failed else ""


def failed_outcome(name: str, reason: str, detail: str, *, page: int = 1) -> Outcome:
    """Make the outcome of a file that was not even opened, or of its pages from one on."""
    return Outcome(name=name, sha256="", readings=(failed(page, reason, detail),), pictures=("",), elapsed_ms=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What a daemon did in one minute, or a part of it, in which it ran.

    Attributes
    ----------
    number : int
        Of the minute since 1970-01-01T00:00Z.
    files, readings : int
        Finished in it.
    failed : int
        Of the files, those of which no page could be read.
    backlog : int
        The largest number of files that waited.
    oldest_s : float
        The longest time that one of them had waited.
    p50_s, p95_s : float or None
        Latencies from the arrival of a file to its rows, which half and 19 of 20 files did not exceed; None without
        files.
    """

    number: int
    files: int = 0
    readings: int = 0
    failed: int = 0
    backlog: int = 0
    oldest_s: float = 0.0
    p50_s: float | None = None
    p95_s: float | None = None
