"""What pictures are drawn on: pixels with a Matplotlib figure behind them, drawn over again and again.

Shapes are drawn by Matplotlib, once, and then stamped. What each picture has anew is put straight into the pixels: the
page, rectangles, and words, see `digitd.annotate.lettering`. What never changes is drawn once and copied. This is what
makes a picture cost milliseconds and not a tenth of a second. Lengths are pixels from the top-left corner. Fonts
are the ones Matplotlib brings, by file, so that a picture looks the same on every machine.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, Literal, NamedTuple, cast

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from digitd.annotate.lettering import Lettering

INK, QUIET, WHITE = "#1b2430", "#5b6673", "#ffffff"
RULE, PANEL, TRACK = "#e1e5ea", "#f1f3f6", "#eef0f3"
_KEPT_WORDS = 256
"""Words are the same on one picture after the other, but for names. A name takes 3 kB, a long number 40 kB."""
_KEPT_STAMPS = 256
"""A tag takes 20 kB, and there is one for each width and colour."""


class Area(NamedTuple):
    """A rectangle of the canvas in pixels."""

    left: float
    top: float
    width: float
    height: float


class Stamp(NamedTuple):
    """Something drawn, apart from what it was drawn over.

    Attributes
    ----------
    keeps : ndarray
        (h, w, 3) uint8: how much of what is there shows through, 255 = all.
    adds : ndarray
        (h, w, 3) uint8 RGB: what comes on top.
    """

    keeps: NDArray[np.uint8]
    adds: NDArray[np.uint8]


class Canvas:
    """A figure of a fixed size, and pixels that `resize` makes another one. Not for two threads at once."""

    def __init__(self, width: int, height: int) -> None:
        # At 72 dpi a point is a pixel, so that widths of strokes are pixels too.
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=WHITE)
        self.down = Affine2D.from_values(1, 0, 0, -1, 0, height)
        canvas = cast("Any", FigureCanvasAgg(self.figure))  # its methods carry no types
        canvas.draw()
        self._renderer = canvas.get_renderer()
        self._drawn = np.asarray(canvas.buffer_rgba(), dtype=np.uint8)  # (height, width, 4), of the figure
        self.pixels: NDArray[np.uint8] = np.array(self._drawn[..., :3], dtype=np.uint8)
        """(height, width, 3) uint8 RGB: what is drawn now."""
        self._stamps: dict[Hashable, Stamp] = {}
        self._letterings: dict[tuple[float, bool], Lettering] = {}
        self._set = lru_cache(maxsize=_KEPT_WORDS)(Lettering.set)
        self.has_glyph = lru_cache(maxsize=4096)(self._has_glyph)
        """Return whether both weights of the type can show a character."""

    def resize(self, width: int, height: int) -> None:
        """Begin an empty picture of any size. Shapes no longer come by `draw`, only by `stamp`."""
        self.pixels = np.full((height, width, 3), 255, np.uint8)

    def words(
        self,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: Literal["left", "center", "right"] = "left",
    ) -> "Words":
        """Make words of a size in pixels; their place is their left or right end, or their middle."""
        return Words(self, self._lettering(size, bold=bold), colour=colour, align=align)

    def rounded(self, area: Area, *, radius: float, **style: Any) -> FancyBboxPatch:  # noqa: ANN401
        """Make a rectangle with round corners. `style` is Matplotlib's, e.g. ``facecolor``."""
        outline = f"round,pad=0,rounding_size={radius}"
        made = FancyBboxPatch((area.left, area.top), area.width, area.height, outline, **style)
        self._adopt(made)
        return made

    def outline(self, path: Path, **style: Any) -> PathPatch:  # noqa: ANN401
        """Make a shape from a path in pixels of the canvas."""
        made = PathPatch(path, **style)
        self._adopt(made)
        return made

    def draw(self, area: Area, *artists: Artist) -> None:
        """Draw shapes, which lie in an area, over what is there."""
        part, drawn = _part(self.pixels, area), _part(self._drawn, area)[..., :3]
        drawn[...] = part
        for artist in artists:
            artist.draw(self._renderer)
        part[...] = drawn

    def stamp(self, key: Hashable, area: Area, shapes: Callable[[], Sequence[Artist]]) -> None:
        """Draw shapes in an area of the canvas over what is there; the same key means the same ones, wherever.

        The area is no larger than the figure.
        """
        if key not in self._stamps:
            if len(self._stamps) == _KEPT_STAMPS:
                self._stamps.clear()
            self._stamps[key] = self._cut(area, shapes())
        self._put(self._stamps[key], round(area.left), round(area.top))

    def fill(self, area: Area, colour: str, *, opacity: float = 1.0) -> None:
        """Fill a rectangle, its edges rounded to pixels."""
        part = _part(self.pixels, area)
        if opacity < 1:
            part[...] = cv2.addWeighted(part, 1 - opacity, np.full_like(part, _rgb(colour)), opacity, 0)
        elif part.size:
            cv2.rectangle(part, (0, 0), part.shape[1::-1], _rgb(colour), cv2.FILLED)

    def frame(self, area: Area, colour: str, *, width: int, opacity: float = 1.0) -> None:
        """Draw the edges of a rectangle, half of their even width outside it."""
        half = width // 2
        left, top = area.left - half, area.top - half
        across, down = area.width + width, area.height + width
        for edge in (
            Area(left, top, across, width),
            Area(left, top + down - width, across, width),
            Area(left, top + width, width, down - 2 * width),
            Area(left + across - width, top + width, width, down - 2 * width),
        ):
            self.fill(edge, colour, opacity=opacity)

    def write(self, lettering: Lettering, words: str, x: int, baseline: int, *, colour: str, align: str) -> None:
        """Write words whose letters stand on the row `baseline`; what goes over the edge of the canvas is cut off."""
        bitmap, left, rise, advance = self._set(lettering, words)
        if not bitmap.size:
            return
        first = x + left - {"left": 0, "center": advance // 2, "right": advance}[align]
        cover = cv2.merge((bitmap, bitmap, bitmap))
        stamp = Stamp(_array(cv2.bitwise_not(cover)), _array(cv2.LUT(cover, _shades(colour))))
        self._put(stamp, first, baseline + 1 - rise)

    def paste(self, image: NDArray[np.uint8], left: int, top: int) -> None:
        """Put an (h, w, 3) uint8 RGB image on the canvas, pixel by pixel."""
        self.pixels[top : top + image.shape[0], left : left + image.shape[1]] = image

    def keep(self) -> NDArray[np.uint8]:
        """Return a copy of what is drawn, for `restore`."""
        return self.pixels.copy()

    def restore(self, kept: NDArray[np.uint8]) -> None:
        """Put what was kept in place of all that is drawn."""
        np.copyto(self.pixels, kept)

    def _cut(self, area: Area, shapes: Sequence[Artist]) -> Stamp:
        """Draw shapes over black and over white, which tells them from what is below.

        They are drawn in the corner of the figure, which may be smaller than what they are for.
        """
        left, top = round(area.left), round(area.top)
        corner = Area(0, 0, round(area.left + area.width) - left, round(area.top + area.height) - top)
        part = _part(self._drawn, corner)[..., :3]
        drawn = []
        self.down.translate(-left, top)
        for grey in (0, 255):
            part[...] = grey
            for shape in shapes:
                shape.draw(self._renderer)
            drawn.append(part.copy())
        self.down.translate(left, -top)
        black, white = drawn
        return Stamp(_array(cv2.subtract(white, black)), black)

    def _put(self, stamp: Stamp, left: int, top: int) -> None:
        """Put something drawn over what is there; what goes over the edge of the canvas is cut off."""
        height, width = stamp.adds.shape[:2]
        rows, columns = _clip(top, height, len(self.pixels)), _clip(left, width, self.pixels.shape[1])
        part = self.pixels[rows, columns]
        if part.size:
            cut = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
            kept = cv2.multiply(part, stamp.keeps[cut], scale=1 / 255)
            part[...] = cv2.add(kept, stamp.adds[cut])

    def _has_glyph(self, character: str) -> bool:
        return all(self._lettering(12, bold=bold).has_glyph(character) for bold in (False, True))

    def _lettering(self, size: float, *, bold: bool) -> Lettering:
        if (size, bold) not in self._letterings:
            name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
            file = FilePath(mpl.get_data_path()) / "fonts" / "ttf" / name
            self._letterings[size, bold] = Lettering(str(file), size)
        return self._letterings[size, bold]

    def _adopt(self, artist: Artist) -> None:
        artist.set_transform(self.down)
        artist.set_figure(self.figure)


class Words:
    """Words in one size, weight and colour; made by `Canvas.words`."""

    def __init__(self, canvas: Canvas, lettering: Lettering, *, colour: str, align: str) -> None:
        self._canvas = canvas
        self._lettering = lettering
        self._colour = colour
        self._align = align

    def write(self, words: str, x: int, baseline: int, *, colour: str = "") -> None:
        """Write words at a place, maybe in another colour."""
        self._canvas.write(self._lettering, words, x, baseline, colour=colour or self._colour, align=self._align)

    def width_of(self, words: str) -> int:
        """Measure words in pixels."""
        return self._lettering.width_of(words)

    def fits(self, width: float) -> Callable[[str], bool]:
        """Return what tells whether words are no wider than so many pixels."""
        return lambda words: self._lettering.width_of(words) <= width


@lru_cache(maxsize=64)
def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in to_rgb(colour))
    return red, green, blue


@lru_cache(maxsize=64)
def _shades(colour: str) -> NDArray[np.uint8]:
    """Return what a colour adds at each coverage, as (1, 256, 3) uint8."""
    return np.rint(np.outer(np.arange(256), _rgb(colour)) / 255).astype(np.uint8).reshape(1, 256, 3)


def _array(mat: Any) -> NDArray[np.uint8]:  # noqa: ANN401
    return np.asarray(mat, np.uint8)


def _part(pixels: NDArray[np.uint8], area: Area) -> NDArray[np.uint8]:
    left, right = max(0, round(area.left)), max(0, round(area.left + area.width))
    top, bottom = max(0, round(area.top)), max(0, round(area.top + area.height))
    return pixels[top:bottom, left:right]


def _clip(start: int, length: int, limit: int) -> slice:
    """Return the part of so many pixels that is on the canvas."""
    first = min(max(0, start), limit)
    return slice(first, max(first, min(start + length, limit)))
