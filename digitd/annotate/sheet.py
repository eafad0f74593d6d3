"""The Matplotlib figure that cards are drawn on: type, shapes and a background that is drawn once.

A card draws only what differs over the saved background (blitting), which is what makes it cost milliseconds and not
a tenth of a second. Lengths are pixels from the top-left corner. Fonts are the ones Matplotlib brings, by file, so
that a card looks the same on every machine.
"""

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any, Literal, NamedTuple, cast

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

INK, QUIET, WHITE = "#1b2430", "#5b6673", "#ffffff"
RULE, PANEL, TRACK = "#e1e5ea", "#f1f3f6", "#eef0f3"
_MAX_STAMPS = 2000  # about 5 kB each


class Area(NamedTuple):
    """A rectangle of the sheet in pixels."""

    left: float
    top: float
    width: float
    height: float


class Sheet:
    """A figure of a fixed size, drawn over and over. Not for two threads at once."""

    def __init__(self, width: int, height: int) -> None:
        # At 72 dpi a point is a pixel, so that sizes of type and widths of strokes are pixels too.
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=WHITE)
        self.height = height
        self.down = Affine2D.from_values(1, 0, 0, -1, 0, height)
        self._canvas = cast("Any", FigureCanvasAgg(self.figure))  # its methods carry no types
        self._renderer: RendererAgg = self._canvas.get_renderer()
        fonts = FilePath(mpl.get_data_path()) / "fonts" / "ttf"
        self._files = {False: str(fonts / "DejaVuSans.ttf"), True: str(fonts / "DejaVuSans-Bold.ttf")}
        self._glyphs = [get_font(file) for file in self._files.values()]
        self._stamps: dict[tuple[Text, str, int], tuple[int, slice, NDArray[np.uint8]]] = {}

    def text(
        self,
        x: float,
        baseline: float,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: Literal["left", "center", "right"] = "left",
        words: str = "",
    ) -> Text:
        """Make a text that is drawn as it stands: no mathematics, no TeX."""
        font = FontProperties(fname=self._files[bold], size=size)
        made = Text(x, baseline, words, color=colour, fontproperties=font, horizontalalignment=align)
        made.set_parse_math(False)  # a file name may hold dollar signs
        made.set_usetex(False)
        made.set_transform(self.down)
        made.set_figure(self.figure)
        return made

    def rectangle(self, area: Area, *, radius: float = 0, **style: Any) -> Rectangle | FancyBboxPatch:  # noqa: ANN401
        """Make a rectangle; with a radius, one with round corners. `style` is Matplotlib's, e.g. ``facecolor``."""
        corner = (area.left, area.top)
        if radius:
            rounded = f"round,pad=0,rounding_size={radius}"
            made: Rectangle | FancyBboxPatch = FancyBboxPatch(corner, area.width, area.height, rounded, **style)
        else:
            made = Rectangle(corner, area.width, area.height, **style)
        made.set_transform(self.down)
        made.set_figure(self.figure)
        return made

    def outline(self, path: Path, **style: Any) -> PathPatch:  # noqa: ANN401
        """Make a shape from a path in pixels of the sheet."""
        made = PathPatch(path, **style)
        made.set_transform(self.down)
        made.set_figure(self.figure)
        return made

    def width_of(self, text: Text) -> float:
        """Measure a text in pixels."""
        return float(text.get_window_extent(self._renderer).width)

    def has_glyph(self, character: str) -> bool:
        """Say whether both weights of the type can show a character."""
        return all(font.get_char_index(ord(character)) for font in self._glyphs)

    def draw(self, *artists: Artist) -> None:
        """Draw over what is there."""
        for artist in artists:
            artist.draw(self._renderer)

    def stamp(self, text: Text, words: str, x: int, baseline: int) -> None:
        """Draw words where only the background is; words drawn at the same `x` before are copied: ten times as fast."""
        key = (text, words, x)
        if key in self._stamps:
            rise, columns, pixels = self._stamps[key]
            self.pixels()[baseline - rise : baseline - rise + len(pixels), columns] = pixels
            return
        text.set_text(words)
        text.set_position((x, baseline))
        self.draw(text)
        if len(self._stamps) >= _MAX_STAMPS:
            self._stamps.clear()
        self._stamps[key] = self._drawn(text, baseline)

    def _drawn(self, text: Text, baseline: int) -> tuple[int, slice, NDArray[np.uint8]]:
        """Copy a text just drawn: its rise over the baseline, its columns, its pixels."""
        extent = text.get_window_extent(self._renderer)
        top = max(0, int(self.height - extent.y1) - 2)
        columns = slice(max(0, int(extent.x0) - 2), max(0, int(extent.x1) + 3))
        pixels = self.pixels()[top : max(top, int(self.height - extent.y0) + 3), columns].copy()
        return baseline - top, columns, pixels

    def paste(self, image: NDArray[np.uint8], left: int, top: int) -> None:
        """Put an (h, w, 3) uint8 RGB image on the sheet, pixel by pixel."""
        self.pixels()[top : top + image.shape[0], left : left + image.shape[1], :3] = image

    def background(self, still: Iterable[Artist]) -> Any:  # noqa: ANN401
        """Draw a clean sheet with the parts that never change, and keep it for `restore`."""
        self._canvas.draw()
        self.draw(*still)
        return self._canvas.copy_from_bbox(self.figure.bbox)

    def restore(self, background: Any) -> None:  # noqa: ANN401
        """Put a kept background in place of all that was drawn."""
        self._canvas.restore_region(background)

    def pixels(self) -> NDArray[np.uint8]:
        """Give what is drawn now as (height, width, 4) uint8 RGBA; valid until something else is drawn."""
        return np.asarray(self._canvas.buffer_rgba(), dtype=np.uint8)
