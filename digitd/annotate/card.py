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
_VALUE_SIZE, _VALUE_WIDTH, _VALUE_BASELINE = 120, 250, 192


class Card:
    """Draws cards, one after the other. Not for two threads at once."""

    def __init__(self) -> None:
        self._sheet = sheet = Sheet(WIDTH, HEIGHT)
        self._overlay, self._chart = Overlay(sheet), Chart(sheet)
        self._marks = {status: Mark(sheet, status) for status in Status}
        self._name = sheet.text(32, 39, 16, bold=True)
        self._page = sheet.text(_RIGHT, 39, 13, colour=QUIET, align="right")
        self._value = sheet.text(_LEFT - 4, _VALUE_BASELINE, _VALUE_SIZE, bold=True)
        self._word = sheet.text(0, 0, 20, bold=True)
        self._confidence = sheet.text(0, 0, 14)
        self._reason = sheet.text(0, 0, 14)
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
        self._page.set_text(f"{self._shown(reading.field)}   {where}" if reading.field else where)
        room = _RIGHT - 32 - 32 - self._sheet.width_of(self._page)
        self._name.set_text(shorten(self._shown(name), self._fits(self._name, room)))
        self._sheet.draw(self._name, self._page)

    def _draw_verdict(self, reading: Reading, *, has_chart: bool) -> None:
        left = self._draw_value(reading) if reading.value else _LEFT
        radius, top = (11, 116) if reading.value else (26, 128)
        self._marks[reading.status].draw(left + radius, top, radius)
        self._write(self._word, LOOKS[reading.status].word, left + 2 * radius + 10, top + 7)
        baseline = top + 36
        if reading.confidence is not None:
            self._write(self._confidence, f"{percent(reading.confidence)} sure", left, baseline)
            baseline += 24
        if reading.reason:
            self._write(self._reason, in_words(self._shown(reading.reason)), left, baseline)
            baseline += 22
        if reading.detail:
            self._draw_detail(reading.detail, left, baseline, max_lines=2 if has_chart else 12)

    def _draw_value(self, reading: Reading) -> float:
        """Draw the value as large as it fits; return where the text beside it begins."""
        self._value.set_text(self._shown(reading.value))
        self._value.set_fontsize(_VALUE_SIZE)
        if (width := self._sheet.width_of(self._value)) > _VALUE_WIDTH:
            self._value.set_fontsize(_VALUE_SIZE * _VALUE_WIDTH / width)
            width = _VALUE_WIDTH
        self._sheet.draw(self._value)
        return round(_LEFT + width + 24)

    def _draw_detail(self, detail: str, left: float, baseline: float, *, max_lines: int) -> None:
        fits = self._fits(self._detail, _RIGHT - left)
        self._write(self._detail, wrap(self._shown(detail), fits, max_lines), left, baseline)

    def _write(self, text: Text, words: str, x: float, baseline: float) -> None:
        text.set_text(words)
        text.set_position((x, baseline))
        self._sheet.draw(text)

    def _shown(self, text: str) -> str:
        return printable(text, self._sheet.has_glyph)

    def _fits(self, text: Text, width: float) -> Callable[[str], bool]:
        def fits(words: str) -> bool:
            text.set_text(words)
            return self._sheet.width_of(text) <= width

        return fits
