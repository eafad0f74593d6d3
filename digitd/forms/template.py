"""What a person says of a form: its pages, where its boxes are, what may be written in them.

Lengths are millimetres from the top-left corner of the page, x to the right and y down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MARKER_MODULES = 6
"""Across a marker of ``DICT_4X4_50``: four, and a black one on either side."""


class Blank(StrEnum):
    """What a field means in which nothing is written: nothing, the number 0, or that a person should look."""

    ALLOW = "allow"
    ZERO = "zero"
    REVIEW = "review"


class Struck(StrEnum):
    """What a crossed-out box means: an empty one, or that a person should look."""

    BLANK = "blank"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A rectangle of a page in mm: its top-left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Its x and y."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The (x, y) of its four corners, clockwise from the top left."""
        return (self.x, self.y), (self.right, self.y), (self.right, self.bottom), (self.x, self.bottom)

    def overlap(self, other: "Rect") -> float:
        """Return how far it reaches into another one, the way that is least; 0 or less where they lie apart."""
        across = min(self.right, other.right) - max(self.x, other.x)
        return min(across, min(self.bottom, other.bottom) - max(self.y, other.y))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Boxes for one number, one digit a box.

    Attributes
    ----------
    name : str
        Unlike that of any other field of the form.
    page : int
        Of the form, from 1.
    boxes : tuple of Rect
        In reading order: the middle of the printed border of each. Neighbours may share a side.
    check : str
        The check digit that ends the number: a name of `digitd.forms.checks`; empty for none.
    range : tuple of (int, int) or None
        Least and greatest number.
    pattern : str
        What the whole value matches, see `digitd.forms.pattern`; empty for none.
    allowed : frozenset of str or None
        The only values there are, such as those of a roster.
    unique : bool
        No two pages of a batch have the same value.
    blank : Blank
    struck : Struck
    """

    name: str
    page: int
    boxes: tuple[Rect, ...]
    check: str = ""
    range: tuple[int, int] | None = None
    pattern: str = ""
    allowed: frozenset[str] | None = None
    unique: bool = False
    blank: Blank = Blank.ALLOW
    struck: Struck = Struck.REVIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class SumRule:
    """The numbers of some fields add up to that of another; a field without a number counts as 0."""

    parts: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A printed ArUco marker: its id in the dictionary, and its outer square, the black border included."""

    id: int
    square: Rect

    @property
    def quiet(self) -> Rect:
        """The square with the white around it that it is found by: one module on each side, a sixth of its width."""
        square, module = self.square, self.square.width / MARKER_MODULES
        return Rect(
            x=square.x - module,
            y=square.y - module,
            width=square.width + 2 * module,
            height=square.height + 2 * module,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """One page of a form.

    Attributes
    ----------
    number : int
        From 1.
    width, height : float
        In mm.
    markers : tuple of Marker
        Of the dictionary ``DICT_4X4_50``; empty for none. No two pages of a form share an id.
    """

    number: int
    width: float
    height: float
    markers: tuple[Marker, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A form.

    Attributes
    ----------
    form : str
        Its name: letters, digits, ``.``, ``-`` and ``_``, beginning with a letter or a digit.
    pages : tuple of FormPage
        In order of their numbers.
    fields : tuple of Field
    rules : tuple of SumRule
    reference : str
        The file of blank pages that belongs to it, as written in the template; empty for none.
    """

    form: str
    pages: tuple[FormPage, ...]
    fields: tuple[Field, ...]
    rules: tuple[SumRule, ...] = ()
    reference: str = ""

    def page(self, number: int) -> FormPage:
        """Return the page of a number."""
        return next(page for page in self.pages if page.number == number)

    def fields_of(self, page: int) -> tuple[Field, ...]:
        """Return the fields of a page, in the order of the template."""
        return tuple(field for field in self.fields if field.page == page)

    @property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}
