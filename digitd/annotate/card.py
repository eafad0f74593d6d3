"""One card: a header, the page at the left, what was read and how sure that is at the right."""

from collections.abc import Callable

import numpy as np
from matplotlib.text import Text
from numpy.typing import NDArray

from digitd.annotate.chart import Chart
from digitd.annotate.mark import LOOKS, Mark
from digitd.annotate.overlay import Overlay
from digitd.annotate.sheet import QUIET, RULE, Area, Sheet
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
        self._sheet = sheet = Sheet(WIDTH, HEIGHT)
        self._overlay, self._chart = Overlay(sheet), Chart(sheet)
        self._marks = {status: Mark(sheet, status) for status in Status}
        self._name = sheet.text(0, 0, 16, bold=True)
        self._page = sheet.text(0, 0, 13, colour=QUIET, align="right")
        self._value = sheet.text(0, 0, _VALUE_SIZE, bold=True)
        self._word = sheet.text(0, 0, 20, bold=True)
        self._plain = sheet.text(0, 0, 14)
        self._detail = sheet.text(0, 0, 12.5, colour=QUIET)
        still = (sheet.rectangle(Area(0, 64, WIDTH, 1), facecolor=RULE, linewidth=0), *self._overlay.still)
        self._backgrounds = {
            True: sheet.background((*still, *self._chart.still)),
            False: sheet.background(still),
        }

    def draw(self, view: View | None, reading: Reading, name: str) -> NDArray[np.uint8]:
        """Draw one card as (528, 1000, 4) uint8 RGBA; valid until the next is drawn."""
        has_chart = len(reading.probabilities) == 10
        self._sheet.restore(self._backgrounds[has_chart])
        self._draw_header(reading, name)
        self._overlay.draw(view, reading)
        self._draw_verdict(reading, has_chart=has_chart)
        if has_chart:
            self._chart.draw(reading)
        return self._sheet.pixels()

    def _draw_header(self, reading: Reading, name: str) -> None:
        where = f"Page {reading.page}"
        where = f"{self._shown(reading.field)}   {where}" if reading.field else where
        self._page.set_text(where)
        room = _RIGHT - 32 - 32 - self._sheet.width_of(self._page)
        self._sheet.stamp(self._page, where, _RIGHT, 39)
        self._sheet.stamp(self._name, shorten(self._shown(name), self._fits(self._name, room)), 32, 39)

    def _draw_verdict(self, reading: Reading, *, has_chart: bool) -> None:
        mark, word = self._marks[reading.status], LOOKS[reading.status].word
        if not reading.value:
            mark.draw(_LEFT + 38, 128, 38)
            self._sheet.stamp(self._word, word, _BESIDE, 107)
            self._draw_reasons(reading, _BESIDE, 136, max_lines=16)
            return
        left, top = self._draw_value(reading.value)
        mark.draw(left + 11, top + 12, 11)
        self._sheet.stamp(self._word, word, left + 32, top + 19)
        self._draw_reasons(reading, left, top + 48, max_lines=2 if has_chart else 12)

    def _draw_value(self, value: str) -> tuple[int, int]:
        """Draw the value as large as it fits; return where the words on it begin: beside a digit, below a number."""
        self._value.set_fontsize(_VALUE_SIZE)
        self._value.set_text(self._shown(value))
        width = self._sheet.width_of(self._value)
        if width <= _BESIDE - _LEFT:
            self._sheet.stamp(self._value, value, _LEFT - 4, 179)
            return _BESIDE, 88
        self._value.set_fontsize(_VALUE_SIZE * min(1, (_RIGHT - _LEFT) / width))
        self._value.set_position((_LEFT, 179))
        self._sheet.draw(self._value)
        return _LEFT, 212

    def _draw_reasons(self, reading: Reading, left: int, baseline: int, *, max_lines: int) -> None:
        if reading.confidence is not None:
            self._sheet.stamp(self._plain, f"{percent(reading.confidence)} sure", left, baseline)
            baseline += 24
        if reading.reason:
            words = shorten(in_words(self._shown(reading.reason)), self._fits(self._plain, _RIGHT - left))
            self._sheet.stamp(self._plain, words, left, baseline)
            baseline += 23
        lines = wrap(self._shown(reading.detail), self._fits(self._detail, _RIGHT - left), max_lines)
        for number, line in enumerate(lines):
            self._sheet.stamp(self._detail, line, left, baseline + 18 * number)

    def _shown(self, text: str) -> str:
        return printable(text, self._sheet.has_glyph)

    def _fits(self, text: Text, width: float) -> Callable[[str], bool]:
        def fits(words: str) -> bool:
            text.set_text(words)
            return self._sheet.width_of(text) <= width

        return fits
