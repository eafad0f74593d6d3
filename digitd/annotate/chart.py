"""The bar chart of a card: how probable each of the ten digits is."""

from digitd.annotate.canvas import QUIET, TRACK, Area, Canvas
from digitd.annotate.mark import LOOKS
from digitd.annotate.wording import percent
from digitd.values import Reading

_LEFT, _RIGHT, _TOP = 520, 968, 259
_BAR_LEFT, _BAR_WIDTH, _BAR_HEIGHT, _PITCH = 546, 340, 12, 25
_OTHER = "#a3aebb"


class Chart:
    """Draws the chart of one canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._percent = canvas.words(12.5, colour=QUIET, align="right")
        self._best_percent = canvas.words(12.5, bold=True, align="right")

    def draw_still(self) -> None:
        """Draw what is the same on all cards: the heading, the digits, and the tracks of their bars."""
        self._canvas.words(11.5, colour=QUIET).write("How probable each digit is", _LEFT, _TOP - 19)
        names = self._canvas.words(13, colour=QUIET)
        for digit in range(10):
            names.write(str(digit), _LEFT, _baseline(digit))
            self._canvas.fill(_bar(digit, 1), TRACK)

    def draw(self, reading: Reading) -> None:
        """Draw ten bars, the winner in the colour of the status."""
        best = max(range(10), key=reading.probabilities.__getitem__)
        for digit, probability in enumerate(reading.probabilities):
            is_best = digit == best
            colour = LOOKS[reading.status].colour if is_best else _OTHER
            self._canvas.fill(_bar(digit, max(0.0, min(1.0, probability))), colour)
            words = self._best_percent if is_best else self._percent
            words.write(percent(probability), _RIGHT, _baseline(digit))


def _bar(digit: int, probability: float) -> Area:
    return Area(_BAR_LEFT, _TOP + digit * _PITCH, _BAR_WIDTH * probability, _BAR_HEIGHT)


def _baseline(digit: int) -> int:
    return _TOP + digit * _PITCH + 11
