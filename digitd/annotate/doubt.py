"""One entry of the column "Please check": the boxes of a field enlarged, what was read, how sure that is, and why.

A person should be able to decide by it without opening the scan.
"""

from typing import NamedTuple

from digitd.annotate.canvas import INK, QUIET, RULE, Area, Canvas
from digitd.annotate.guess import sign_of, value_of
from digitd.annotate.mark import LOOKS, Mark
from digitd.annotate.outline import draw_outlines, is_culprit, outline_of, quad_of
from digitd.annotate.straight import Page, cut
from digitd.annotate.strips import LABEL_HEIGHT, Layout, Strip, lay_out
from digitd.annotate.wording import in_words, percent, printable, shorten, wrap
from digitd.values import Reading, Status

WIDTH = 460
_INDENT, _ROOM = 18, WIDTH - 18
_HEAD_HEIGHT, _FOOT = 34, 22
_BESIDE_WIDTH = 170  # words of this width stand beside short cut-outs, wider ones below
_VALUE, _PLAIN, _QUIET = "value", "plain", "quiet"
_LINE_HEIGHTS = {_VALUE: 32, _PLAIN: 21, _QUIET: 18}
_LONGEST_VALUE = 24
_MOST_DETAIL_LINES = 4


class Entry(NamedTuple):
    """A doubtful field, and how much room it takes.

    Attributes
    ----------
    reading : Reading
    number : int
        As on the page.
    layout : Layout or None
        Of its cut-outs.
    lines : tuple of (str, str)
        Kinds of words, and the words.
    words_left, words_top : int
        Where they begin, from the corner of the entry.
    height : int
    """

    reading: Reading
    number: int
    layout: Layout | None
    lines: tuple[tuple[str, str], ...]
    words_left: int
    words_top: int
    height: int


class Doubts:
    """Draws entries, one after the other."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._head = canvas.words(16, bold=True)
        self._sure = canvas.words(14, align="right")
        self._digit = canvas.words(19, bold=True, align="center")
        self._marks = {status: Mark(canvas, status) for status in Status}
        self._words = {
            _VALUE: canvas.words(24, bold=True),
            _PLAIN: canvas.words(14),
            _QUIET: canvas.words(12.5, colour=QUIET),
        }

    def measure(self, reading: Reading, number: int, page: Page) -> Entry:
        """Decide how an entry will look."""
        layout = lay_out(reading.boxes, page, _ROOM)
        shown_width, shown_height = (layout.width, layout.height) if layout else (0, 0)
        is_beside = shown_width + 20 + _BESIDE_WIDTH <= _ROOM
        left = _INDENT + (shown_width + 20 if is_beside and layout else 0)
        lines = tuple(self._lines(reading, WIDTH - left))
        top = _HEAD_HEIGHT + (0 if is_beside else shown_height + 2)
        words_height = sum(_LINE_HEIGHTS[kind] for kind, _ in lines)
        height = max(_HEAD_HEIGHT + shown_height, top + words_height) + _FOOT
        return Entry(reading, number, layout, lines, left, top, height)

    def draw(self, entry: Entry, page: Page, left: int, top: int) -> None:
        """Draw an entry with its corner at a place of the canvas."""
        colour = LOOKS[entry.reading.status].colour
        self._canvas.fill(Area(left, top, WIDTH, 1), RULE)
        self._canvas.fill(Area(left, top + 10, 4, entry.height - 10 - _FOOT // 2), colour)
        self._draw_head(entry, left, top)
        if entry.layout is not None:
            for strip in entry.layout.strips:
                self._draw_strip(entry, strip, page, left + _INDENT, top + _HEAD_HEIGHT)
        baseline = top + entry.words_top
        for kind, words in entry.lines:
            baseline += _LINE_HEIGHTS[kind]
            self._words[kind].write(words, left + entry.words_left, baseline - 6)

    def _lines(self, reading: Reading, room: int) -> list[tuple[str, str]]:
        value = value_of(reading, self._shown, _LONGEST_VALUE) if reading.value or reading.raw else "Nothing read"
        lines = [(_VALUE, shorten(value, self._words[_VALUE].fits(room)))]
        if reading.reason:
            lines += [(_PLAIN, line) for line in self._wrapped(in_words(reading.reason), _PLAIN, room, 2)]
        if others := ", ".join(f"{self._shown(other)} ({percent(p)})" for other, p in reading.alternatives):
            lines += [(_PLAIN, line) for line in self._wrapped(f"or {others}", _PLAIN, room, 2)]
        return lines + [(_QUIET, line) for line in self._wrapped(reading.detail, _QUIET, room, _MOST_DETAIL_LINES)]

    def _wrapped(self, text: str, kind: str, room: int, most: int) -> list[str]:
        return wrap(self._shown(text), self._words[kind].fits(room), most)

    def _draw_head(self, entry: Entry, left: int, top: int) -> None:
        reading = entry.reading
        self._marks[reading.status].draw(left + _INDENT + 9, top + 20, 9)
        sure = f"{percent(reading.confidence)} sure" if reading.confidence is not None else ""
        self._sure.write(sure, left + WIDTH, top + 25)
        x = left + _INDENT + 26
        name = f"{entry.number}  {self._shown(reading.field)}"
        room = left + WIDTH - self._sure.width_of(sure) - 12 - x
        self._head.write(shorten(name, self._head.fits(room)), x, top + 26)

    def _draw_strip(self, entry: Entry, strip: Strip, page: Page, left: int, top: int) -> None:
        """Show boxes enlarged, and below each the digit that was read."""
        scale = entry.layout.px_per_mm if entry.layout else 1.0
        pixels = cut(page, strip.region, scale)
        boxes = [entry.reading.boxes[number] for number in strip.boxes]
        quads = [quad_of(box, scale, strip.region.left, strip.region.top) for box in boxes]
        placed = [(box, quad) for box, quad in zip(boxes, quads, strict=True) if quad is not None]
        culprits = [(box, quad) for box, quad in placed if is_culprit(box, entry.reading)]
        draw_outlines(pixels, [(quad, outline_of(box, entry.reading)) for box, quad in culprits])
        left, top = left + strip.left, top + strip.top
        self._canvas.paste(pixels, left, top)
        baseline = top + pixels.shape[0] + LABEL_HEIGHT - 7
        for box, quad in placed:
            middle = left + round(min(max(float(quad[:, 0].mean()), 0.0), float(pixels.shape[1])))
            to_blame = is_culprit(box, entry.reading)
            digit = self._shown(sign_of(box)) or ("?" if to_blame else "")
            self._draw_digit(digit, middle, baseline, status=entry.reading.status if to_blame else None)

    def _draw_digit(self, digit: str, middle: int, baseline: int, *, status: Status | None) -> None:
        digit = shorten(digit, self._digit.fits(60))
        if status is not None:
            width = self._digit.width_of(digit) + 10
            self._canvas.fill(Area(middle - width // 2, baseline - 16, width, 20), LOOKS[status].colour)
        self._digit.write(digit, middle, baseline, colour=LOOKS[status].on_colour if status else INK)

    def _shown(self, text: str) -> str:
        return printable(text, self._canvas.has_glyph)
