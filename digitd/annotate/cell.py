"""One cell of a contact sheet: the mark and how sure that is, the ink close up, what was read, and the file's name.

A reading that a person should look at stands out by its frame, its tint, its mark and a question mark; an accepted one
is quiet. What stands nearest to the ink is the value, since the two are what is compared.
"""

import numpy as np
from numpy.typing import NDArray

from digitd.annotate.canvas import QUIET, RULE, WHITE, Area, Canvas
from digitd.annotate.contact import CELL_HEIGHT, CELL_WIDTH, EMPTY
from digitd.annotate.mark import LOOKS, Mark
from digitd.annotate.view import View
from digitd.annotate.wording import NO_PAGE, in_words, percent, printable, shorten, wrap
from digitd.values import Reading, Status

VIEW_WIDTH, VIEW_HEIGHT = 140, 94
_LEFT, _RIGHT, _MIDDLE = 10, CELL_WIDTH - 10, CELL_WIDTH // 2
_ROOM = _RIGHT - _LEFT
_HEADER_BASELINE, _VIEW_MIDDLE, _VALUE_BASELINE, _NAME_BASELINE = 22, 76, 148, 162
_MARK_X, _MARK_Y, _MARK_RADIUS = _LEFT + 9, 18, 9
_GAP = 2  # half of what is between two cells
_VALUE_SIZES = (30, 24, 19, 16, 13, 11)
"""The largest in which it fits: 6 digits at full size, 18 at the smallest."""
_TILES = {
    Status.ACCEPTED: (WHITE, RULE, 1),
    Status.REVIEW: ("#fff4d9", LOOKS[Status.REVIEW].colour, 4),
    Status.BLANK: ("#f9fafb", "#a3aebb", 1),
    Status.FAILED: ("#fbecf1", LOOKS[Status.FAILED].colour, 4),
}
"""What a cell is filled with, the colour of its frame and how wide that is."""


class CellDrawer:
    """Draws cells, one after the other. Not for two threads at once."""

    def __init__(self) -> None:
        self._canvas = canvas = Canvas(CELL_WIDTH, CELL_HEIGHT)
        self._percent = canvas.words(12, bold=True, align="right")
        self._field = canvas.words(11, colour=QUIET)
        self._values = [canvas.words(size, bold=True, align="center") for size in _VALUE_SIZES]
        self._word = canvas.words(16, bold=True, align="center")
        self._reason = canvas.words(11.5, align="center")
        self._name = canvas.words(11, colour=QUIET, align="center")
        self._backgrounds = {status: self._draw_still(status) for status in Status}

    def draw(self, view: View | None, reading: Reading, name: str) -> NDArray[np.uint8]:
        """Draw one cell as (h, w, 3) uint8 RGB."""
        self._canvas.restore(self._backgrounds[reading.status])
        self._draw_header(reading)
        if view is None:
            self._draw_reason(reading)
        else:
            self._draw_page(view)
        self._draw_value(reading)
        self._draw_name(reading, name)
        return self._canvas.keep()

    def _draw_still(self, status: Status) -> NDArray[np.uint8]:
        """Draw what is the same on all cells of a status."""
        canvas, (fill, edge, width) = self._canvas, _TILES[status]
        whole = Area(0, 0, CELL_WIDTH, CELL_HEIGHT)
        inset = _GAP + width / 2
        tile = Area(inset, inset, CELL_WIDTH - 2 * inset, CELL_HEIGHT - 2 * inset)
        canvas.pixels[...] = EMPTY
        canvas.draw(whole, canvas.rounded(tile, radius=6, facecolor=fill, edgecolor=edge, linewidth=width))
        Mark(canvas, status).draw(_MARK_X, _MARK_Y, _MARK_RADIUS)
        return canvas.keep()

    def _draw_header(self, reading: Reading) -> None:
        sure = percent(reading.confidence) if reading.confidence is not None else ""
        self._percent.write(sure, _RIGHT, _HEADER_BASELINE)
        left = _MARK_X + _MARK_RADIUS + 5
        room = _RIGHT - self._percent.width_of(sure) - 5 - left
        self._field.write(shorten(self._shown(reading.field), self._field.fits(room)), left, _HEADER_BASELINE)

    def _draw_page(self, view: View) -> None:
        rows, columns = view.pixels.shape[:2]
        left, top = _MIDDLE - columns // 2, _VIEW_MIDDLE - rows // 2
        self._canvas.frame(Area(left, top, columns, rows), RULE, width=2)
        self._canvas.paste(view.pixels, left, top)

    def _draw_reason(self, reading: Reading) -> None:
        """Say why there is no page to show."""
        words = in_words(self._shown(reading.reason)) if reading.status is Status.FAILED else NO_PAGE
        lines = wrap(words, self._reason.fits(_ROOM), max_lines=5)
        top = _VIEW_MIDDLE - 8 * len(lines)
        for number, line in enumerate(lines):
            self._reason.write(line, _MIDDLE, top + 12 + 16 * number)

    def _draw_value(self, reading: Reading) -> None:
        if not reading.value:
            self._word.write(LOOKS[reading.status].word, _MIDDLE, _VALUE_BASELINE - 4)
            return
        doubt = "?" if reading.status is Status.REVIEW else ""
        value = self._shown(reading.value) + doubt
        words = next((words for words in self._values if words.width_of(value) <= _ROOM), self._values[-1])
        words.write(shorten(value, words.fits(_ROOM)), _MIDDLE, _VALUE_BASELINE)

    def _draw_name(self, reading: Reading, name: str) -> None:
        page = f"  p. {reading.page}" if reading.page > 1 else ""
        room = _ROOM - self._name.width_of(page)
        self._name.write(shorten(self._shown(name), self._name.fits(room)) + page, _MIDDLE, _NAME_BASELINE)

    def _shown(self, text: str) -> str:
        return printable(text, self._canvas.has_glyph)
