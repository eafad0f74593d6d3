"""The picture of a page that was not recognised: the page as it came, and in words what was looked for."""

import numpy as np
from numpy.typing import NDArray

from digitd.annotate.canvas import PANEL, QUIET, Area, Canvas, Words
from digitd.annotate.mark import LOOKS, Mark
from digitd.annotate.view import fit
from digitd.annotate.wording import NO_PAGE, in_words, printable, wrap
from digitd.values import Reading, Sheet, Status

_MARGIN = 24
_VIEW_WIDTH, _VIEW_HEIGHT = 900, 1100
_COLUMN_WIDTH = 460
_ABSENT_HEIGHT = 500
_MOST_TRIED, _MOST_LINES = 12, 10


class Unread:
    """Draws such pages, one after the other."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._marks = {status: Mark(canvas, status) for status in Status}
        self._word = canvas.words(24, bold=True)
        self._bold = canvas.words(15, bold=True)
        self._plain = canvas.words(15)
        self._quiet = canvas.words(14, colour=QUIET)
        self._absent = canvas.words(15, colour=QUIET, align="center")

    def draw(self, pixels: NDArray[np.uint8] | None, sheet: Sheet, top: int) -> None:
        """Begin a picture, and draw all but its header, which ends above `top`."""
        width = _MARGIN + _VIEW_WIDTH + _MARGIN + _COLUMN_WIDTH + _MARGIN
        reading = sheet.readings[0] if sheet.readings else None
        lines = self._lines(reading, sheet)
        words_height = 70 + sum(step for _, _, step in lines)
        if pixels is None or not pixels.size:
            self._canvas.resize(width, top + max(_ABSENT_HEIGHT, words_height) + _MARGIN)
            self._canvas.fill(Area(_MARGIN, top, _VIEW_WIDTH, _ABSENT_HEIGHT), PANEL)
            self._absent.write(NO_PAGE, _MARGIN + _VIEW_WIDTH // 2, top + _ABSENT_HEIGHT // 2)
        else:
            shown = fit(pixels, None, width=_VIEW_WIDTH, height=_VIEW_HEIGHT).pixels
            rows, columns = shown.shape[:2]
            self._canvas.resize(width, top + max(rows, words_height) + _MARGIN)
            left = _MARGIN + (_VIEW_WIDTH - columns) // 2
            self._canvas.frame(Area(left, top, columns, rows), "#c3cad3", width=2)
            self._canvas.paste(shown, left, top)
        self._draw_words(reading, lines, 2 * _MARGIN + _VIEW_WIDTH, top)

    def _lines(self, reading: Reading | None, sheet: Sheet) -> list[tuple[Words, str, int]]:
        """Return words with how they are written, and how far below them the next line is."""
        lines: list[tuple[Words, str, int]] = []
        if reading is not None:
            lines += self._wrapped(self._bold, in_words(reading.reason), 3)
            lines += self._wrapped(self._plain, reading.detail, _MOST_LINES)
        if sheet.tried:
            lines += [(self._bold, "", 14), (self._bold, "What was looked for", 26)]
        for tried in sheet.tried[:_MOST_TRIED]:
            lines += self._wrapped(self._quiet, f"\N{BULLET} {tried}", 4)
        return lines

    def _wrapped(self, words: Words, text: str, most: int) -> list[tuple[Words, str, int]]:
        shown = printable(text, self._canvas.has_glyph)
        lines = [(words, line, 21) for line in wrap(shown, words.fits(_COLUMN_WIDTH), most)]
        return [*lines[:-1], (*lines[-1][:2], 28)] if lines else []

    def _draw_words(self, reading: Reading | None, lines: list[tuple[Words, str, int]], left: int, top: int) -> None:
        status = reading.status if reading is not None else Status.FAILED
        self._marks[status].draw(left + 18, top + 20, 18)
        self._word.write(LOOKS[status].word, left + 50, top + 29)
        baseline = top + 72
        for words, line, step in lines:
            words.write(line, left, baseline)
            baseline += step
