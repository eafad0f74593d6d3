"""Write what was read in a field, so that a person sees at once what was not. Pure."""

from collections.abc import Callable

from digitd.annotate.outline import DOUBTFUL, STRUCK
from digitd.annotate.wording import shorten
from digitd.values import BoxReading, Reading

ARROW = "\N{RIGHTWARDS ARROW}"
_CROSS = "\N{MULTIPLICATION SIGN}"
_NO_DIGIT = "_"


def sign_of(box: BoxReading) -> str:
    """Return the digit of a box, or a cross where it is crossed out; empty for none."""
    return _CROSS if box.reason == STRUCK else box.value


def value_of(reading: Reading, shown: Callable[[str], str], longest: int) -> str:
    """Say what was read in a field: a question mark tells that it is in doubt, an arrow that a rule changed it.

    Parameters
    ----------
    reading : Reading
    shown : function of str to str
        Makes any text one that can be written.
    longest : int
        Characters of a number; of longer ones the middle is left out.
    """
    is_doubtful = reading.status in DOUBTFUL
    value = _by_boxes(reading) if is_doubtful else reading.value
    raw, value = (shorten(shown(text), lambda digits: len(digits) <= longest) for text in (reading.raw, value))
    doubt = "?" if is_doubtful else ""
    return f"{raw} {ARROW} {value}{doubt}" if raw else f"{value}{doubt}"


def _by_boxes(reading: Reading) -> str:
    """Return a value with a sign for each box between its ends: an empty box in a number must not be passed over."""
    if "".join(box.value for box in reading.boxes) != reading.value:
        return reading.value  # it does not stand in the boxes, such as a 0 for an empty field
    is_read = [bool(sign_of(box)) or box.status in DOUBTFUL for box in reading.boxes]
    if True not in is_read:
        return reading.value
    first, last = is_read.index(True), len(is_read) - is_read[::-1].index(True)
    return "".join(sign_of(box) or _NO_DIGIT for box in reading.boxes[first:last])
