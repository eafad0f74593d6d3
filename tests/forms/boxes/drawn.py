"""A field of boxes on paper, written on by a steady hand."""

import cv2
import numpy as np

from digitd.forms.boxes.blanks import Blanks
from digitd.forms.boxes.borders import borders_of
from digitd.forms.boxes.cut import cut
from digitd.forms.boxes.ink import ink_of
from digitd.forms.boxes.strip import strip_of
from digitd.forms.placed import Registration
from digitd.forms.template import Field, Rect

PER_MM = 12
"""Pixels: 305 dpi."""
PAPER = 244
NO_PRINT = Blanks(prints={})


def field_of(count=4, *, pitch=6.0, at=(5.0, 5.0), size=(6.0, 8.0), name="id"):
    """Return a field of boxes; they adjoin at a pitch of 6."""
    boxes = tuple(Rect(x=at[0] + pitch * place, y=at[1], width=size[0], height=size[1]) for place in range(count))
    return Field(name=name, page=1, boxes=boxes)


class Drawn:
    """Paper with the borders of a field on it."""

    def __init__(self, field=None, *, border=20, mm=0.3, size=(60, 20)):
        self.field = field or field_of()
        self.picture = np.full((size[1] * PER_MM, size[0] * PER_MM), PAPER, np.uint8)
        for box in self.field.boxes:
            corners = [(box.x, box.y), (box.x + box.width, box.y + box.height)]
            cv2.rectangle(self.picture, *map(_pixel, corners), border, max(1, round(mm * PER_MM)), cv2.LINE_AA, 4)

    def stroke(self, *points, grey=40, mm=0.6):
        """Draw a stroke through points (x, y) in mm, with a pen of a width."""
        way = np.array([_pixel(point) for point in points], np.int32)
        ink = np.zeros_like(self.picture)
        cv2.polylines(ink, [way], False, 255, round(mm * PER_MM), cv2.LINE_AA, 4)
        dark = PAPER - (PAPER - grey) * (ink / 255)
        self.picture = np.minimum(self.picture, dark.astype(np.uint8))
        return self

    def write(self, place, glyph, *, share=0.75):
        """Write an MNIST digit, (28, 28) uint8 with 255 = ink, in a box, so large."""
        box = self.field.boxes[place]
        x, y, width, height = cv2.boundingRect(glyph)
        scale = share * min(box.height / height, box.width / width) * PER_MM
        size = max(1, round(width * scale)), max(1, round(height * scale))
        large = cv2.resize(glyph[y : y + height, x : x + width], size, interpolation=cv2.INTER_CUBIC)
        left = round((box.x + box.width / 2) * PER_MM - size[0] / 2)
        top = round((box.y + box.height / 2) * PER_MM - size[1] / 2)
        window = self.picture[top : top + size[1], left : left + size[0]]
        np.minimum(window, PAPER - (large * 0.85).astype(np.uint8), out=window)
        return self

    @property
    def place(self):
        """Return where the page lies on the picture."""
        return np.diag([PER_MM, PER_MM, 1.0])

    def strip(self, place=None):
        return strip_of(self.picture, self.place if place is None else place, self.field)

    def ink(self):
        strip = self.strip()
        return ink_of(strip, borders_of(strip).drawn)

    def cut(self, blanks=NO_PRINT, place=None):
        """Return what is in the boxes."""
        transform = self.place if place is None else place
        found = Registration(page=1, transform=transform, fields={}, method="markers", rms_mm=0.0)
        return cut(self.picture, found, (self.field,), blanks)[self.field.name]


def _pixel(point):
    return round(point[0] * PER_MM * 16), round(point[1] * PER_MM * 16)
