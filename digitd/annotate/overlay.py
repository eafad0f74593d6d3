"""The left half of a card: the page, and what was read written above its ink.

Nothing is drawn on the ink itself: the outline stays clear of it and the tag stands above the outline.
"""

from matplotlib.patches import FancyBboxPatch
from matplotlib.path import Path

from digitd.annotate.canvas import PANEL, QUIET, WHITE, Area, Canvas
from digitd.annotate.mark import LOOKS
from digitd.annotate.view import View
from digitd.annotate.wording import NO_PAGE, percent, printable, shorten
from digitd.values import Reading, Status

VIEW_WIDTH, VIEW_HEIGHT = 392, 304
_PANEL = Area(32, 88, 440, 408)
_CENTRE_X, _CENTRE_Y, _CAPTION_BASELINE = 252, 300, 479
_TAG_HEIGHT, _TAG_DIGITS = 26, 20
_CLEAR = 5  # from the ink to the middle of the outline; half of outline and halo is 2
_ABSENT = Path(
    [(222, 250), (266, 250), (286, 270), (286, 336), (222, 336), (222, 250), (266, 250), (266, 270), (286, 270)],
    [1, 2, 2, 2, 2, 79, 1, 2, 2],
)


class Overlay:
    """Draws the page panel of one canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._tag = canvas.rounded(Area(0, 0, 1, _TAG_HEIGHT), radius=5, edgecolor=WHITE, linewidth=1.5)
        self._tag_words = canvas.words(14, bold=True, align="center")
        self._caption = canvas.words(11.5, colour=QUIET, align="center")
        self._absent = canvas.outline(_ABSENT, facecolor=WHITE, edgecolor="#a3aebb", linewidth=2, joinstyle="round")

    def draw_still(self) -> None:
        """Draw what is the same on all cards: the panel."""
        self._canvas.draw(_PANEL, self._canvas.rounded(_PANEL, radius=8, facecolor=PANEL, linewidth=0))

    def draw(self, view: View | None, reading: Reading) -> None:
        """Draw a page and its reading; no page, a page of outlines."""
        if view is None:
            self._canvas.stamp("absent", _PANEL, lambda: (self._absent,))
            self._write_caption(NO_PAGE)
            return
        image = self._draw_page(view)
        box = None
        if view.ink is not None:
            ink = Area(image.left + view.ink.x, image.top + view.ink.y, view.ink.width, view.ink.height)
            box = _widened(ink, _CLEAR)
            self._canvas.frame(box, WHITE, width=4, opacity=0.8)
            self._canvas.frame(box, LOOKS[reading.status].colour, width=2)
        if words := _words(reading):
            self._draw_tag(words, box or image, reading.status)

    def _draw_page(self, view: View) -> Area:
        rows, columns = view.pixels.shape[:2]
        left, top = _CENTRE_X - columns // 2, _CENTRE_Y - rows // 2
        self._canvas.frame(Area(left, top, columns, rows), "#c3cad3", width=2)
        self._canvas.paste(view.pixels, left, top)
        self._write_caption(_caption(view))
        return Area(left, top, columns, rows)

    def _write_caption(self, words: str) -> None:
        self._caption.write(words, _CENTRE_X, _CAPTION_BASELINE)

    def _draw_tag(self, words: str, below: Area, status: Status) -> None:
        look = LOOKS[status]
        shown = printable(words, self._canvas.has_glyph)
        width = self._tag_words.width_of(shown) + 20
        left = below.left + below.width / 2 - width / 2
        left = round(max(_PANEL.left + 8, min(left, _PANEL.left + _PANEL.width - 8 - width)))
        top = round(below.top - 7 - _TAG_HEIGHT)
        area = Area(left, top, width, _TAG_HEIGHT)
        self._canvas.stamp(("tag", status, width), _widened(area, 2), lambda: (self._shaped_tag(area, look.colour),))
        self._tag_words.write(shown, left + width // 2, top + 18, colour=look.on_colour)

    def _shaped_tag(self, area: Area, colour: str) -> FancyBboxPatch:
        self._tag.set_bounds(*area)
        self._tag.set_facecolor(colour)
        return self._tag


def _widened(area: Area, margin: int) -> Area:
    return Area(area.left - margin, area.top - margin, area.width + 2 * margin, area.height + 2 * margin)


def _words(reading: Reading) -> str:
    if not reading.value:
        return {Status.BLANK: "blank", Status.FAILED: "not read"}.get(reading.status, "")
    doubt = "?" if reading.status is Status.REVIEW else ""
    sure = f"   {percent(reading.confidence)}" if reading.confidence is not None else ""
    value = shorten(reading.value, lambda digits: len(digits) <= _TAG_DIGITS)
    return f"{value}{doubt}{sure}"


def _caption(view: View) -> str:
    width, height = view.page_size
    size = f"{width} × {height} px"  # noqa: RUF001
    return f"Detail of a page of {size}" if view.is_detail else size
