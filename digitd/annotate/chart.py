"""The bar chart of a card: how probable each of the ten digits is."""

from digitd.annotate.mark import LOOKS
from digitd.annotate.sheet import QUIET, TRACK, Area, Sheet
from digitd.annotate.wording import percent
from digitd.values import Reading

_LEFT, _RIGHT, _TOP = 520, 968, 259
_BAR_LEFT, _BAR_WIDTH, _BAR_HEIGHT, _PITCH = 546, 340, 12, 25
_OTHER = "#a3aebb"


class Chart:
    """Draws the chart of one sheet; digits, tracks and heading are still parts."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        heading = sheet.text(_LEFT, _TOP - 19, 11.5, colour=QUIET, words="How probable each digit is")
        self._digits = [sheet.text(_LEFT, _baseline(d), 13, colour=QUIET, words=str(d)) for d in range(10)]
        tracks = [sheet.rectangle(_bar(d, 1), facecolor=TRACK, linewidth=0) for d in range(10)]
        self.still = (heading, *self._digits, *tracks)
        self._bars = [sheet.rectangle(_bar(d, 0), facecolor=_OTHER, linewidth=0) for d in range(10)]
        self._percent = sheet.text(_RIGHT, 0, 12.5, colour=QUIET, align="right")
        self._best_percent = sheet.text(_RIGHT, 0, 12.5, bold=True, align="right")

    def draw(self, reading: Reading) -> None:
        """Draw ten bars, the winner in the colour of the status."""
        best = max(range(10), key=reading.probabilities.__getitem__)
        for digit, probability in enumerate(reading.probabilities):
            bar, is_best = self._bars[digit], digit == best
            bar.set_width(_BAR_WIDTH * max(0.0, min(1.0, probability)))
            bar.set_facecolor(LOOKS[reading.status].colour if is_best else _OTHER)
            self._sheet.draw(bar)
            words = self._best_percent if is_best else self._percent
            self._sheet.stamp(words, percent(probability), _RIGHT, _baseline(digit))


def _bar(digit: int, probability: float) -> Area:
    return Area(_BAR_LEFT, _TOP + digit * _PITCH, _BAR_WIDTH * probability, _BAR_HEIGHT)


def _baseline(digit: int) -> int:
    return _TOP + digit * _PITCH + 11
