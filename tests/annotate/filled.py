"""Pages of forms with digits in their boxes, and sheets that say so."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from digitd.values import BoxReading, Reading, Sheet, Status

DPI = 150
PAPER, INK = 250, 40


def typed(digit):
    """Return a digit as OpenCV writes it: (28, 28), 255 = ink."""
    glyph = np.zeros((28, 28), np.uint8)
    cv2.putText(glyph, digit, (5, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
    return glyph


@dataclass
class Filled:
    """A page that is filled in field by field."""

    width: float = 210.0
    height: float = 297.0
    dpi: float = DPI
    digit: Callable[[str], np.ndarray] = typed
    readings: list[Reading] = field(default_factory=list)

    def __post_init__(self):
        self.scale = self.dpi / 25.4
        self.page = np.full((round(self.height * self.scale), round(self.width * self.scale)), PAPER, np.uint8)

    def print(self, words, x, y, size=1.0):
        at = (round(x * self.scale), round(y * self.scale))
        cv2.putText(self.page, words, at, cv2.FONT_HERSHEY_DUPLEX, size * self.dpi / 200, 60, 1, cv2.LINE_AA)

    def fill(self, name, at, value, *, written=None, box=(6.0, 8.0), pitch=7.0, doubts=(), struck=(), **reading):
        """Print the boxes of a field, write digits (spaces for none) in them, and say that a value was read."""
        boxes = []
        for number, (digit, ink) in enumerate(zip(value, written or value, strict=True)):
            left, top = at[0] + number * pitch, at[1]
            self._box(left, top, *box, ink, is_struck=number in struck)
            corners = ((left, top), (left + box[0], top), (left + box[0], top + box[1]), (left, top + box[1]))
            status = Status.REVIEW if number in doubts else Status.ACCEPTED if digit.strip() else Status.BLANK
            boxes.append(
                BoxReading(
                    corners=corners,
                    value=digit.strip(),
                    confidence=0.9 if digit.strip() else None,
                    status=status,
                    reason="struck_out" if number in struck else "",
                )
            )
        settings = {"status": Status.ACCEPTED, "confidence": 0.9991} | reading
        self.readings.append(Reading(page=1, field=name, value=value.replace(" ", ""), boxes=tuple(boxes), **settings))

    def sheet(self, **changes):
        scale = self.scale
        settings = {
            "page": 1,
            "form": "exam-2026",
            "form_page": 1,
            "size_mm": (self.width, self.height),
            "transform": (scale, 0.0, 0.0, 0.0, scale, 0.0, 0.0, 0.0, 1.0),
            "method": "markers",
            "rms_mm": 0.11,
            "tried": (),
            "readings": tuple(self.readings),
        }
        return Sheet(**(settings | changes))

    def _box(self, left, top, width, height, ink, *, is_struck):
        first = (round(left * self.scale), round(top * self.scale))
        last = (round((left + width) * self.scale), round((top + height) * self.scale))
        cv2.rectangle(self.page, first, last, 90, max(1, round(0.3 * self.scale)))
        if ink.strip():
            side = round(min(width, height) * 1.15 * self.scale)
            glyph = cv2.resize(self.digit(ink), (side, side), interpolation=cv2.INTER_CUBIC)
            y, x = (first[1] + last[1] - side) // 2, (first[0] + last[0] - side) // 2
            part = self.page[max(0, y) : y + side, max(0, x) : x + side]
            np.minimum(part, 255 - glyph[: part.shape[0], : part.shape[1]], out=part)
        if is_struck:
            cv2.line(self.page, first, last, INK, 3, cv2.LINE_AA)
            cv2.line(self.page, (first[0], last[1]), (last[0], first[1]), INK, 3, cv2.LINE_AA)
