"""Print a form: a PDF of its pages, to fill in by hand, or of somebody's own pages with markers added.

Lines and markers are vectors, so that they are where the template says on any printer. The same template gives the same
bytes. Words go where they touch no box; what finds no room is left out. Residual risk: a printer that fits pages to its
paper scales the form, which registration takes out again.
"""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from digitd.forms.template import MARKER_MODULES, Field, FormPage, Marker, Rect, Template

_MM_PER_INCH, _POINTS_PER_MM = 25.4, 72 / 25.4
_BORDER_MM = 0.3
"""A line of 0.85 points: seen in a scan of 100 dpi, and thin beside any pen."""
_TITLE_MM, _LABEL_MM, _FOOT_MM = 6.0, 2.6, 2.6
"""Sizes of type. Where a label finds no room it may shrink to `_LEAST_MM`, which can still be read."""
_LEAST_MM = 1.4
_GAP_MM = 1.2
"""Between words and boxes, and between words and the edge of the paper twice as much."""
_NO_BACKGROUNDS: Mapping[int, NDArray[np.uint8]] = MappingProxyType({})


def printed_pdf(template: Template, backgrounds: Mapping[int, NDArray[np.uint8]] = _NO_BACKGROUNDS) -> bytes:
    """Print the pages of a form.

    Parameters
    ----------
    template : Template
    backgrounds : mapping of int to (H, W) or (H, W, 3) uint8
        Blank pages by their numbers, each spanning exactly its page. On these only markers are printed.

    Returns
    -------
    bytes
        A PDF with a page of exact size for each page of the form.
    """
    buffer = BytesIO()
    with mpl.rc_context(mpl.rcParamsDefault), PdfPages(buffer, metadata={"CreationDate": None}) as pdf:
        for page in template.pages:
            figure, axes = _paper(page)
            if page.number in backgrounds:
                _draw_background(axes, page, backgrounds[page.number])
            else:
                _draw_form(axes, template, page)
            for marker in page.markers:
                _draw_marker(axes, marker)
            pdf.savefig(figure)
    return buffer.getvalue()


def _paper(page: FormPage) -> tuple[Figure, Axes]:
    """Make a figure of the page's size with axes in mm from its top-left corner."""
    figure = Figure(figsize=(page.width / _MM_PER_INCH, page.height / _MM_PER_INCH))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, page.width), ylim=(page.height, 0))
    return figure, axes


def _draw_background(axes: Axes, page: FormPage, picture: NDArray[np.uint8]) -> None:
    extent = (0, page.width, page.height, 0)
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255, extent=extent, interpolation="none", aspect="auto")


def _draw_form(axes: Axes, template: Template, page: FormPage) -> None:
    fields = template.fields_of(page.number)
    boxes = [box for field in fields for box in field.boxes]
    sides = LineCollection(
        sides_of(boxes), colors="black", linewidths=_BORDER_MM * _POINTS_PER_MM, capstyle="projecting"
    )
    axes.add_collection(sides)
    room = _Room(page, boxes)
    _write(axes, room, template.form, _TITLE_MM, _title_places(page))
    foot = f"page {page.number} of {len(template.pages)}"
    _write(axes, room, foot, _FOOT_MM, [(page.width / 2, page.height - 8, 0.5)])
    for field in fields:
        _write(axes, room, field.name, _LABEL_MM, _label_places(field))


def sides_of(boxes: Sequence[Rect]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the sides of boxes as pairs of points in mm; one that two boxes share, to 0.1 mm, only once."""
    sides: dict[tuple[int, ...], tuple[tuple[float, float], tuple[float, float]]] = {}
    for box in boxes:
        for start, end in zip(box.corners, [*box.corners[1:], box.corners[0]], strict=True):
            first, last = sorted((start, end))
            sides.setdefault(tuple(round(10 * value) for value in (*first, *last)), (first, last))
    return list(sides.values())


def _draw_marker(axes: Axes, marker: Marker) -> None:
    """Draw the squares of a marker on white, with its quiet zone around."""
    bits, square = marker_bits(marker.id), marker.square
    step = square.width / MARKER_MODULES
    quiet = Rectangle((marker.quiet.x, marker.quiet.y), marker.quiet.width, marker.quiet.height)
    black = Rectangle((square.x, square.y), square.width, square.height)
    white = [
        Rectangle((square.x + left * step, square.y + row * step), (right - left) * step, step)
        for row, left, right in _runs(bits)
    ]
    for patches, colour in (([quiet], "white"), ([black], "black"), (white, "white")):
        axes.add_collection(PatchCollection(patches, facecolors=colour, edgecolors="none", zorder=3))


def marker_bits(number: int) -> NDArray[np.bool_]:
    """Return a marker of ``DICT_4X4_50`` with its black border, (6, 6) bool, True = white."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return np.asarray(cv2.aruco.generateImageMarker(dictionary, number, MARKER_MODULES), np.uint8) > 127


def _runs(bits: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Yield the runs of True as (row, first column, first column after it)."""
    for row, line in enumerate(bits):
        edges = np.flatnonzero(np.diff(line.astype(int), prepend=0, append=0))
        for left, right in zip(edges[::2], edges[1::2], strict=True):
            yield row, int(left), int(right)


class _Room:
    """What of a page is still free for words."""

    def __init__(self, page: FormPage, boxes: Sequence[Rect]) -> None:
        self._page = page
        self._taken = [*boxes, *(marker.quiet for marker in page.markers)]

    def takes(self, words: Rect) -> bool:
        """Tell whether words fit there, and if so keep their place."""
        edge = 2 * _GAP_MM
        inside = words.x >= edge and words.x + words.width <= self._page.width - edge
        inside = inside and words.y >= edge and words.y + words.height <= self._page.height - edge
        if not inside or any(_touch(words, taken) for taken in self._taken):
            return False
        self._taken.append(words)
        return True


_Place = tuple[float, float, float]
"""x and y of the base line in mm; the share of the words that is left of x."""


def _title_places(page: FormPage) -> list[_Place]:
    return [(page.width / 2, y, 0.5) for y in (15, 12, 9, 20)]


def _label_places(field: Field) -> list[_Place]:
    """Left of the first box, or above it."""
    first = field.boxes[0]
    return [(first.x - _GAP_MM, first.y + 0.62 * first.height, 1), (first.x, first.y - _GAP_MM, 0)]


def _write(axes: Axes, room: _Room, words: str, size: float, places: Sequence[_Place]) -> None:
    """Write words at the first place where they fit, as large as they fit there."""
    font = FontProperties(fname=str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    width = TextPath((0, 0), words, size=1, prop=font).get_extents().width
    for x, y, before in places:
        height = size
        while height >= _LEAST_MM:
            left = x - before * width * height
            if room.takes(Rect(x=left, y=y - 0.8 * height, width=width * height, height=height)):
                font.set_size(height * _POINTS_PER_MM)
                axes.text(left, y, words, fontproperties=font, parse_math=False)
                return
            height *= 0.85


def _touch(one: Rect, other: Rect) -> bool:
    apart = _GAP_MM / 2
    beside = one.x + one.width + apart <= other.x or other.x + other.width + apart <= one.x
    return not beside and one.y + one.height > other.y and other.y + other.height > one.y
