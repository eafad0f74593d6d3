"""The picture of one page of a form: a header, the page laid straight, and beside it what a person should check.

Where a lot is to be checked the column goes on below the page. A page that was not recognised is shown as it came, with
what was looked for.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitd.annotate.canvas import QUIET, RULE, Area, Canvas
from digitd.annotate.doubt import WIDTH as ENTRY_WIDTH
from digitd.annotate.doubt import Doubts, Entry
from digitd.annotate.labels import Labels, Placed
from digitd.annotate.mark import Mark
from digitd.annotate.outline import DOUBTFUL, draw_outlines, outline_of, quad_of
from digitd.annotate.room import Room
from digitd.annotate.straight import Page, cut, recognised
from digitd.annotate.unread import Unread
from digitd.annotate.wording import NO_PAGE, counted, printable, shorten
from digitd.values import Sheet, Status

_MARGIN, _HEAD_HEIGHT = 24, 96
_PAGE_TOP = _HEAD_HEIGHT + 16
_LEAST_WIDTH = 900
_LARGEST_SHAPE = 300  # marks are all that is drawn by Matplotlib
_MOST_ENTRIES = 48
"""Whoever has to check more of one page does better to key it in from the scan."""
_COLUMN_HEAD = 40
_COUNTED = {
    Status.FAILED: "not read",
    Status.REVIEW: "to check",
    Status.ACCEPTED: "accepted",
    Status.BLANK: "blank",
}
"""In this order."""
_METHODS = {"markers": "its markers", "features": "what is printed on it", "outline": "its outline"}


class _Spot(NamedTuple):
    """Where an entry is drawn."""

    entry: Entry
    left: int
    top: int


class FormPage:
    """Draws pages of forms, one after the other. Not for two threads at once."""

    def __init__(self) -> None:
        self._canvas = canvas = Canvas(_LARGEST_SHAPE, _LARGEST_SHAPE)
        self._labels, self._doubts, self._unread = Labels(canvas), Doubts(canvas), Unread(canvas)
        self._marks = {status: Mark(canvas, status) for status in Status}
        self._name = canvas.words(20, bold=True)
        self._where = canvas.words(15, colour=QUIET, align="right")
        self._count = canvas.words(16)
        self._heading = canvas.words(20, bold=True)
        self._quiet = canvas.words(14, colour=QUIET)

    def draw(self, pixels: NDArray[np.uint8] | None, sheet: Sheet, name: str) -> NDArray[np.uint8]:
        """Draw one page as (h, w, 3) uint8 RGB; valid until the next is drawn."""
        page = recognised(pixels, sheet)
        if page is None:
            self._unread.draw(pixels, sheet, _PAGE_TOP)
        else:
            self._draw_page(page, sheet)
        self._draw_head(sheet, name)
        return self._canvas.pixels

    def _draw_page(self, page: Page, sheet: Sheet) -> None:
        shown = cut(page, page.whole, page.px_per_mm)
        rows, columns = shown.shape[:2]
        doubtful = [reading for reading in sheet.readings if reading.status in DOUBTFUL]
        entries = [self._doubts.measure(r, n, page) for n, r in enumerate(doubtful[:_MOST_ENTRIES], start=1)]
        spots, bottom = _spread(entries, columns, rows)
        width = _MARGIN + columns + _MARGIN + (ENTRY_WIDTH + _MARGIN if entries else 0)
        more = len(doubtful) - len(entries)
        self._canvas.resize(max(_LEAST_WIDTH, width), bottom + _MARGIN + (_COLUMN_HEAD if more else 0))
        self._draw_shown(page, shown, sheet)
        for spot in spots:
            self._doubts.draw(spot.entry, page, spot.left, spot.top)
        if entries:
            self._heading.write("Please check", 2 * _MARGIN + columns, _PAGE_TOP + 20)
        if more:
            words = f"And {counted(more, 'field')} more, which the page and the table of results show"
            self._quiet.write(words, _MARGIN, bottom + _MARGIN)

    def _draw_shown(self, page: Page, shown: NDArray[np.uint8], sheet: Sheet) -> None:
        """Show the page with its boxes and labels."""
        numbers = iter(range(1, len(sheet.readings) + 1))
        fields = [
            Placed(
                reading=reading,
                quads=tuple(quad_of(box, page.px_per_mm) for box in reading.boxes),
                number=next(numbers) if reading.status in DOUBTFUL else 0,
            )
            for reading in sheet.readings
        ]
        room = Room(shown)
        pairs = [(field, *pair) for field in fields for pair in zip(field.reading.boxes, field.quads, strict=True)]
        draw_outlines(shown, [(quad, outline_of(box, field.reading)) for field, box, quad in pairs if quad is not None])
        self._canvas.frame(Area(_MARGIN, _PAGE_TOP, shown.shape[1], shown.shape[0]), "#c3cad3", width=2)
        self._canvas.paste(shown, _MARGIN, _PAGE_TOP)
        if not page.is_there:
            self._quiet.write(NO_PAGE, _MARGIN + 12, _PAGE_TOP + 24)
        self._labels.draw(room, fields, _MARGIN, _PAGE_TOP)

    def _draw_head(self, sheet: Sheet, name: str) -> None:
        right = self._canvas.pixels.shape[1] - _MARGIN
        where = self._where_words(sheet)
        self._where.write(where, right, 39)
        room = right - self._where.width_of(where) - 2 * _MARGIN
        self._name.write(shorten(self._shown(name), self._name.fits(room)), _MARGIN, 40)
        room = right - self._draw_counts(sheet)
        self._where.write(shorten(self._shown(_how_words(sheet)), self._where.fits(room)), right, 76)
        self._canvas.fill(Area(0, _HEAD_HEIGHT, right + _MARGIN, 1), RULE)

    def _where_words(self, sheet: Sheet) -> str:
        form = shorten(self._shown(sheet.form), self._where.fits(240))
        form_page = f", its page {sheet.form_page}" if sheet.form_page else ""
        return f"Page {sheet.page} of the file    Form {form}{form_page}"

    def _draw_counts(self, sheet: Sheet) -> int:
        """Say how many fields there are of each status; return where the words end."""
        counts = Counter(reading.status for reading in sheet.readings if reading.field)
        x = _MARGIN
        for status, word in _COUNTED.items():
            if counts[status]:
                words = f"{counts[status]:,} {word}"
                self._marks[status].draw(x + 11, 70, 11)
                self._count.write(words, x + 32, 76)
                x += 32 + self._count.width_of(words) + 32
        return x

    def _shown(self, text: str) -> str:
        return printable(text, self._canvas.has_glyph)


def _spread(entries: list[Entry], columns: int, rows: int) -> tuple[list[_Spot], int]:
    """Place entries beside a page, and when that is full, below it too; return how far down all of it goes."""
    below = _PAGE_TOP + rows + _MARGIN
    beside = 2 * _MARGIN + columns
    lefts = [beside, *range(_MARGIN, beside - ENTRY_WIDTH, ENTRY_WIDTH + _MARGIN)]
    ends = [_PAGE_TOP + _COLUMN_HEAD, *[below] * (len(lefts) - 1)]
    spots = []
    for entry in entries:
        column = min(range(len(lefts)), key=ends.__getitem__)
        spots.append(_Spot(entry, lefts[column], ends[column]))
        ends[column] += entry.height
    return spots, max([_PAGE_TOP + rows, *(spot.top + spot.entry.height for spot in spots)])


def _how_words(sheet: Sheet) -> str:
    if not sheet.method:
        return ""
    rms = f", borders {sheet.rms_mm:.2f} mm off (RMS)" if sheet.rms_mm is not None else ""
    return f"Recognised by {_METHODS.get(sheet.method, sheet.method)}{rms}"
