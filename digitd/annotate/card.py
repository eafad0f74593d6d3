"""One card: a header, the page at the left, what was read and how sure that is at the right."""

import numpy as np
from numpy.typing import NDArray

from digitd.annotate.canvas import QUIET, RULE, Area, Canvas, Words
from digitd.annotate.chart import Chart
from digitd.annotate.mark import LOOKS, Mark
from digitd.annotate.overlay import Overlay
from digitd.annotate.view import View
from digitd.annotate.wording import in_words, percent, printable, shorten, wrap
from digitd.values import Reading, Status

WIDTH, HEIGHT = 1000, 528
_LEFT, _RIGHT = 520, 968
_BESIDE = 620  # where the words begin that stand beside a digit or a mark
_VALUE_SIZE = 120


class Card:
    """Draws cards, one after the other. Not for two threads at once."""

    def __init__(self) -> None:
        self._canvas = canvas = Canvas(WIDTH, HEIGHT)
        self._overlay, self._chart = Overlay(canvas), Chart(canvas)
        self._marks = {status: Mark(canvas, status) for status in Status}
        self._name = canvas.words(16, bold=True)
        self._page = canvas.words(13, colour=QUIET, align="right")
        self._word = canvas.words(20, bold=True)
        self._plain = canvas.words(14)
        self._detail = canvas.words(12.5, colour=QUIET)
        canvas.fill(Area(0, 64, WIDTH, 1), RULE)
        self._overlay.draw_still()
        self._backgrounds = {False: canvas.keep()}
        self._chart.draw_still()
        self._backgrounds[True] = canvas.keep()

    def draw(self, view: View | None, reading: Reading, name: str) -> NDArray[np.uint8]:
        """Draw one card as (528, 1000, 3) uint8 RGB; valid until the next is drawn."""
        has_chart = len(reading.probabilities) == 10
        self._canvas.restore(self._backgrounds[has_chart])
        self._draw_header(reading, name)
        self._overlay.draw(view, reading)
        self._draw_verdict(reading, has_chart=has_chart)
        if has_chart:
            self._chart.draw(reading)
        return self._canvas.pixels

    def _draw_header(self, reading: Reading, name: str) -> None:
        where = f"Page {reading.page}"
        where = f"{self._shown(reading.field)}   {where}" if reading.field else where
        room = _RIGHT - 32 - 32 - self._page.width_of(where)
        self._page.write(where, _RIGHT, 39)
        self._name.write(shorten(self._shown(name), self._name.fits(room)), 32, 39)

    def _draw_verdict(self, reading: Reading, *, has_chart: bool) -> None:
        mark, word = self._marks[reading.status], LOOKS[reading.status].word
        if not reading.value:
            mark.draw(_LEFT + 38, 128, 38)
            self._word.write(word, _BESIDE, 107)
            self._draw_reasons(reading, _BESIDE, 136, max_lines=16)
            return
        left, top = self._draw_value(self._shown(reading.value))
        mark.draw(left + 11, top + 12, 11)
        self._word.write(word, left + 32, top + 19)
        self._draw_reasons(reading, left, top + 48, max_lines=2 if has_chart else 12)

    def _draw_value(self, value: str) -> tuple[int, int]:
        """Draw the value as large as it fits; return where the words on it begin: beside a digit, below a number."""
        words = self._canvas.words(_VALUE_SIZE, bold=True)
        width = words.width_of(value)
        if width <= _BESIDE - _LEFT:
            words.write(value, _LEFT - 4, 179)
            return _BESIDE, 88
        self._smaller(width).write(value, _LEFT, 179)
        return _LEFT, 212

    def _smaller(self, width: int) -> Words:
        """Return words in which a value fits that is so wide at full size."""
        size = min(_VALUE_SIZE, int(_VALUE_SIZE * (_RIGHT - _LEFT) / width))
        return self._canvas.words(max(1, size), bold=True)

    def _draw_reasons(self, reading: Reading, left: int, baseline: int, *, max_lines: int) -> None:
        if reading.confidence is not None:
            self._plain.write(f"{percent(reading.confidence)} sure", left, baseline)
            baseline += 24
        if reading.reason:
            words = shorten(in_words(self._shown(reading.reason)), self._plain.fits(_RIGHT - left))
            self._plain.write(words, left, baseline)
            baseline += 23
        lines = wrap(self._shown(reading.detail), self._detail.fits(_RIGHT - left), max_lines)
        for number, line in enumerate(lines):
            self._detail.write(line, left, baseline + 18 * number)

    def _shown(self, text: str) -> str:
        return printable(text, self._canvas.has_glyph)
