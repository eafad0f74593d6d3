"""Print blank pages as pixels: words, rules, frames, logos, boxes, markers."""

from functools import lru_cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitd.forms.printed import marker_bits


class Press:
    """A sheet of paper of a size in mm, and so many pixels to a mm. Lengths are mm, greys 0 = black."""

    def __init__(self, width: float, height: float, per_mm: float) -> None:
        self.per_mm = per_mm
        size = round(width * per_mm), round(height * per_mm)
        self._words = Image.new("L", size, 255)
        self._draw = ImageDraw.Draw(self._words)
        self._bars = np.full(size[::-1], 255, np.float32)

    def picture(self):
        """Return the sheet, (H, W) uint8."""
        return np.minimum(np.asarray(self._words), np.rint(self._bars).astype(np.uint8))

    def words(self, x, y, words, size=3.2, *, face="Sans", anchor="ls", grey=0) -> None:
        """Print words; y is their base line. `face` is e.g. ``Serif-Bold``."""
        font = _font(face, round(size * self.per_mm * 10) / 10)
        self._draw.text((x * self.per_mm, y * self.per_mm), words, fill=grey, font=font, anchor=anchor)

    def lines(self, x, y, lines, size=2.6, *, face="Sans", leading=1.45) -> None:
        for number, line in enumerate(lines):
            self.words(x, y + number * size * leading, line, size, face=face)

    def bar(self, left, top, right, bottom, *, grey=0) -> None:
        """Fill a rectangle, its edges as exact as pixels that are partly covered can show."""
        rows, down = _covered(top * self.per_mm, bottom * self.per_mm, self._bars.shape[0])
        columns, across = _covered(left * self.per_mm, right * self.per_mm, self._bars.shape[1])
        part = self._bars[rows, columns]
        np.minimum(part, 255 - (255 - grey) * np.outer(down, across), out=part)

    def rule(self, x, y, length, *, mm=0.25, grey=0, down=False) -> None:
        """Print a line to the right, or down."""
        half, across, along = mm / 2, 0 if down else length, length if down else 0
        self.bar(x - half, y - half, x + across + half, y + along + half, grey=grey)

    def frame(self, left, top, width, height, *, mm=0.25, grey=0) -> None:
        """Print the sides of a rectangle, centred on its edges."""
        for y in (top, top + height):
            self.rule(left, y, width, mm=mm, grey=grey)
        for x in (left, left + width):
            self.rule(x, top, height, mm=mm, grey=grey, down=True)

    def grid(self, left, top, columns, rows, *, mm=0.2, grey=0) -> None:
        """Print a table from the widths of its columns and the heights of its rows."""
        for x in np.cumsum([left, *columns]):
            self.rule(x, top, sum(rows), mm=mm, grey=grey, down=True)
        for y in np.cumsum([top, *rows]):
            self.rule(left, y, sum(columns), mm=mm, grey=grey)

    def logo(self, x, y, size, *, grey=60) -> None:
        """Print a disc with a star of as many points as it has tenths of mm, which tells logos apart."""
        outer = [(x * self.per_mm, y * self.per_mm), ((x + size) * self.per_mm, (y + size) * self.per_mm)]
        self._draw.ellipse(outer, fill=grey)
        turns = np.linspace(0, 2 * np.pi, 2 * (3 + round(size) % 5) + 1)[:-1]
        radii = size * self.per_mm * np.where(np.arange(len(turns)) % 2, 0.18, 0.42)
        middle = (np.array([x, y]) + size / 2) * self.per_mm
        points = middle + radii[:, None] * np.column_stack([np.sin(turns), -np.cos(turns)])
        self._draw.polygon([tuple(point) for point in points], fill=255)

    def marker(self, marker) -> None:
        step = marker.square.width / 6
        for row, column in zip(*np.nonzero(~marker_bits(marker.id)), strict=True):
            left, top = marker.square.x + column * step, marker.square.y + row * step
            self.bar(left, top, left + step, top + step)


@lru_cache(maxsize=64)
def _font(face, size):
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"DejaVu{face}.ttf"), size)


def _covered(start, end, limit):
    """Return the pixels that a stretch touches as a slice, and the share of each that it covers."""
    first, last = max(0, int(np.floor(start))), min(limit, int(np.ceil(end)))
    pixels = np.arange(first, last)
    return slice(first, last), np.clip(np.minimum(end, pixels + 1) - np.maximum(start, pixels), 0, 1)


def turned(picture, quarters):
    """Turn a picture by so many quarters to the right."""
    ways = (None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)
    return picture if quarters % 4 == 0 else cv2.rotate(picture, ways[quarters % 4])
