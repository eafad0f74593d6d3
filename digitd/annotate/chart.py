"""The bar chart of a card: how probable each of the ten digits is."""

from digitd.annotate.mark import LOOKS
from digitd.annotate.sheet import INK, QUIET, TRACK, Area, Sheet
from digitd.annotate.wording import percent
from digitd.values import Reading

_LEFT, _RIGHT, _TOP = 520, 968, 250
_BAR_LEFT, _BAR_WIDTH, _BAR_HEIGHT, _PITCH = 546, 340, 12, 24.6
_OTHER = "#a3aebb"


class Chart:
    """Draws the chart of one sheet; digits, tracks and heading are still parts."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        heading = sheet.text(_LEFT, _TOP - 10, 11.5, colour=QUIET, words="How probable each digit is")
        self._digits = [sheet.text(_LEFT, _baseline(d), 13, colour=QUIET, words=str(d)) for d in range(10)]
        tracks = [sheet.rectangle(_bar(d, 1), facecolor=TRACK, linewidth=0) for d in range(10)]
        self.still = (heading, *self._digits, *tracks)
        self._bars = [sheet.rectangle(_bar(d, 0), facecolor=_OTHER, linewidth=0) for d in range(10)]
        self._percents = [sheet.text(_RIGHT, _baseline(d), 12.5, colour=QUIET, align="right") for d in range(10)]
        self._best_percent = sheet.text(_RIGHT, 0, 12.5, bold=True, align="right")

    def draw(self, reading: Reading) -> None:
        """Draw ten bars, the winner in the colour of the status."""
        best = max(range(10), key=reading.probabilities.__getitem__)
        for digit, probability in enumerate(reading.probabilities):
            bar, words = self._bars[digit], self._percents[digit]
            bar.set_width(_BAR_WIDTH * max(0.0, min(1.0, probability)))
            bar.set_facecolor(LOOKS[reading.status].colour if digit == best else _OTHER)
            if digit == best:
                words = self._best_percent
                words.set_y(_baseline(digit))
                words.set_color(INK)
            words.set_text(percent(probability))
            self._sheet.draw(bar, words)


def _bar(digit: int, probability: float) -> Area:
    return Area(_BAR_LEFT, round(_TOP + digit * _PITCH) + 6, _BAR_WIDTH * probability, _BAR_HEIGHT)


def _baseline(digit: int) -> float:
    return round(_TOP + digit * _PITCH) + 16.5
