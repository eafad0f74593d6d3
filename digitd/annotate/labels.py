"""Write on a page of a form what was read in its fields: where there is room, and never on a box.

Doubtful fields come first, each with a tag that carries its number in the column beside the page. Accepted ones are
quiet: a small digit above each box, or where boxes are too near to each other the value once, or in a dense table
nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

from digitd.annotate.canvas import WHITE, Area, Canvas, Words
from digitd.annotate.guess import sign_of, value_of
from digitd.annotate.mark import LOOKS, Mark
from digitd.annotate.outline import Quad
from digitd.annotate.places import CLEAR, around, beside, bounds, confusing, corners
from digitd.annotate.room import Room
from digitd.annotate.wording import percent, printable, shorten
from digitd.values import Reading, Status

_DIGIT_HEIGHT, _TAG_HEIGHT, _PAD = 15, 22, 6  # pixels, like all but the length of a value
_MARK_RADIUS = 7
_TAG_START = 2 * _MARK_RADIUS + 2 * _PAD
_SMALL_HEIGHT = 10
_NAME_WIDTH, _LONGEST_VALUE = 150, 20


class Placed(NamedTuple):
    """A field on the page as it is shown.

    Attributes
    ----------
    reading : Reading
    quads : tuple of Quad or None
        One a box, in pixels of the shown page; None for a box without a place.
    number : int
        Of the field in the column of doubtful ones, from 1; 0 for others.
    """

    reading: Reading
    quads: tuple[Quad | None, ...]
    number: int

    @property
    def is_tagged(self) -> bool:
        """Whether more than its value is to be said: it is in doubt, or a rule changed it."""
        return bool(self.number or self.reading.raw)

    @property
    def areas(self) -> list[Area]:
        """The upright rectangles round its boxes that have a place."""
        return [bounds(quad) for quad in self.quads if quad is not None]


class Labels:
    """Writes the labels of one page after the other."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._digit = canvas.words(14, bold=True, align="center")
        self._value = canvas.words(13, bold=True)
        self._name = canvas.words(13)
        self._small = canvas.words(11, bold=True)
        self._marks = {status: Mark(canvas, status) for status in Status}

    def draw(self, room: Room, fields: Sequence[Placed], left: int, top: int) -> None:
        """Write the labels of all fields on a page whose corner is at a place of the canvas."""
        for field in fields:
            for area in field.areas:
                room.take(around(area, CLEAR - 2))
        quiet = [field for field in fields if field.areas and field.reading.value and not field.is_tagged]
        are_stacked = [_is_stacked(room, field.areas) for field in quiet]
        for field in sorted((field for field in fields if field.areas), key=lambda field: field.number == 0):
            if field.is_tagged:
                self._draw_tag(room, field, left, top)
        pairs = list(zip(quiet, are_stacked, strict=True))
        found = [(field, self._find_value(room, field)) for field, is_stacked in pairs if is_stacked]
        if not all(digits for _, digits in found):
            found = []  # a few values at the edges of a table would only puzzle
        found += [(field, self._find_digits(room, field)) for field, is_stacked in pairs if not is_stacked]
        for field, digits in found:
            self._write_digits(digits, LOOKS[field.reading.status].colour, left, top)

    def _draw_tag(self, room: Room, field: Placed, left: int, top: int) -> None:
        """Draw all that is to be said of a field, or as much of it as there is room for."""
        for words in self._choices(field):
            width = _TAG_START + sum(kind.width_of(letters) for kind, letters in words) + _PAD
            if (area := _find_place(room, field.areas, width, _TAG_HEIGHT)) is not None:
                self._write_tag(words, field.reading.status, area, left, top)
                return
        if field.number:
            self._draw_number(room, field, left, top)

    def _choices(self, field: Placed) -> list[list[tuple[Words, str]]]:
        reading = field.reading
        name = shorten(self._shown(reading.field), self._name.fits(_NAME_WIDTH))
        value = value_of(reading, self._shown, _LONGEST_VALUE)
        sure = f"   {percent(reading.confidence)}" if reading.confidence is not None else ""
        number = f"{field.number}  " if field.number else ""
        return [
            [(self._value, number), (self._name, f"{name}  "), (self._value, f"{value}{sure}")],
            [(self._value, f"{number}{value}")],
            [(self._value, number.strip() or value)],
        ]

    def _write_tag(self, words: Sequence[tuple[Words, str]], status: Status, area: Area, left: int, top: int) -> None:
        x, y = left + round(area.left), top + round(area.top)
        self._canvas.fill(Area(x, y, area.width, area.height), LOOKS[status].colour)
        self._canvas.fill(Area(x + 2, y + 2, area.width - 4, area.height - 4), WHITE)
        self._marks[status].draw(x + _PAD + _MARK_RADIUS, y + _TAG_HEIGHT // 2, _MARK_RADIUS)
        x += _TAG_START
        for kind, letters in words:
            kind.write(letters, x, y + 16)
            x += kind.width_of(letters)

    def _draw_number(self, room: Room, field: Placed, left: int, top: int) -> None:
        """Write the number of a field in a corner of one of its boxes, if nothing is written there."""
        words = str(field.number)
        width = self._small.width_of(words) + 2
        spots = (spot for area in field.areas for spot in corners(area, width, _SMALL_HEIGHT))
        if (area := next(filter(room.is_bare, spots), None)) is not None:
            self._small.write(words, left + round(area.left) + 1, top + round(area.top) + _SMALL_HEIGHT - 1)

    def _find_digits(self, room: Room, field: Placed) -> list[tuple[str, Area]]:
        """Find room for a digit above each box, or for the value once; none where there is none."""
        digits = self._digits(field)
        if digits and all(room.is_free(area) and room.is_bare(area) for _, area in digits):
            for _, area in digits:
                room.take(area)
            return digits
        return self._find_value(room, field)

    def _find_value(self, room: Room, field: Placed) -> list[tuple[str, Area]]:
        value = shorten(self._shown(field.reading.value), lambda digits: len(digits) <= _LONGEST_VALUE)
        place = _find_place(room, field.areas, self._digit.width_of(value) + 4, _DIGIT_HEIGHT)
        return [(value, place)] if place is not None else []

    def _digits(self, field: Placed) -> list[tuple[str, Area]]:
        digits = []
        for box, quad in zip(field.reading.boxes, field.quads, strict=True):
            shown = self._shown(sign_of(box))
            if quad is not None and shown:
                around = bounds(quad)
                width = self._digit.width_of(shown) + 2
                middle, above = around.left + around.width / 2, around.top - CLEAR + 1 - _DIGIT_HEIGHT
                digits.append((shown, Area(middle - width / 2, above, width, _DIGIT_HEIGHT)))
        return digits

    def _write_digits(self, digits: Sequence[tuple[str, Area]], colour: str, left: int, top: int) -> None:
        for words, area in digits:
            place = Area(left + area.left, top + area.top, area.width, area.height)
            self._canvas.fill(place, WHITE, opacity=0.85)
            middle = round(place.left + place.width / 2)
            self._digit.write(words, middle, round(place.top) + 13, colour=colour)

    def _shown(self, text: str) -> str:
        return printable(text, self._canvas.has_glyph)


def _is_stacked(room: Room, areas: Sequence[Area]) -> bool:
    """Return whether other boxes stand so near above or below that no digit fits between."""
    reach = CLEAR + _DIGIT_HEIGHT
    return any(
        room.is_taken(Area(area.left + 2, top, max(1.0, area.width - 4), _DIGIT_HEIGHT))
        for area in areas
        for top in (area.top - reach, area.top + area.height + CLEAR)
    )


def _find_place(room: Room, areas: Sequence[Area], width: int, height: int) -> Area | None:
    """Take a place for a label beside the boxes of a field, where it cannot be taken for another's."""
    places = beside(areas, width, height)
    return room.find(place for place in places if not any(map(room.is_taken, confusing(place, areas))))
