"""One cell of a contact sheet: the page small, and under it what was read, how sure that is, and the file's name."""

import numpy as np
from numpy.typing import NDArray

from digitd.annotate.canvas import PANEL, QUIET, RULE, Area, Canvas
from digitd.annotate.contact import CELL_HEIGHT, CELL_WIDTH
from digitd.annotate.mark import LOOKS, Mark
from digitd.annotate.view import View
from digitd.annotate.wording import percent, printable, shorten
from digitd.values import Reading, Status

VIEW_WIDTH, VIEW_HEIGHT = 140, 104
_LEFT, _RIGHT = 9, CELL_WIDTH - 10
_WINDOW = Area(_LEFT, 9, CELL_WIDTH - 2 * _LEFT - 1, VIEW_HEIGHT + 2)
_VALUE_BASELINE, _NAME_BASELINE = 143, 162
_MARK_RADIUS = 9
_LONGEST_VALUE = 5
"""Digits that fit beside the confidence."""


class CellDrawer:
    """Draws cells, one after the other. Not for two threads at once."""

    def __init__(self) -> None:
        self._canvas = canvas = Canvas(CELL_WIDTH, CELL_HEIGHT)
        self._marks = {status: Mark(canvas, status) for status in Status}
        self._value = canvas.words(26, bold=True)
        self._word = canvas.words(13, bold=True)
        self._sure = canvas.words(12, colour=QUIET)
        self._name = canvas.words(11, colour=QUIET)
        edges = Area(0, 0, CELL_WIDTH, CELL_HEIGHT)
        canvas.frame(edges, RULE, width=2)
        canvas.fill(_WINDOW, PANEL)
        self._background = canvas.keep()

    def draw(self, view: View | None, reading: Reading, name: str) -> NDArray[np.uint8]:
        """Draw one cell as (h, w, 3) uint8 RGB."""
        canvas = self._canvas
        canvas.restore(self._background)
        look = LOOKS[reading.status]
        if reading.status in (Status.REVIEW, Status.FAILED):
            canvas.frame(Area(3, 3, CELL_WIDTH - 7, CELL_HEIGHT - 7), look.colour, width=4)
        if view is not None:
            rows, columns = view.pixels.shape[:2]
            left = round(_WINDOW.left + (_WINDOW.width - columns) / 2)
            canvas.paste(view.pixels, left, round(_WINDOW.top + (_WINDOW.height - rows) / 2))
        self._marks[reading.status].draw(_RIGHT - _MARK_RADIUS - 2, _VALUE_BASELINE - 9, _MARK_RADIUS)
        self._draw_verdict(reading, look.word)
        where = f"  p. {reading.page}" if reading.page > 1 else ""
        room = _RIGHT - _LEFT - self._name.width_of(where)
        shown = shorten(printable(name, canvas.has_glyph), self._name.fits(room))
        self._name.write(shown + where, _LEFT, _NAME_BASELINE)
        return canvas.keep()

    def _draw_verdict(self, reading: Reading, word: str) -> None:
        if not reading.value:
            self._word.write(word, _LEFT, _VALUE_BASELINE - 3)
            return
        doubt = "?" if reading.status is Status.REVIEW else ""
        value = shorten(reading.value, lambda digits: len(digits) <= _LONGEST_VALUE)
        shown = printable(value + doubt, self._canvas.has_glyph)
        self._value.write(shown, _LEFT, _VALUE_BASELINE)
        if reading.confidence is not None:
            left = _LEFT + self._value.width_of(shown) + 7
            self._sure.write(percent(reading.confidence), left, _VALUE_BASELINE)
