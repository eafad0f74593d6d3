"""The left half of a card: the page, and what was read written above its ink.

Nothing is drawn on the ink itself: the outline stays clear of it and the tag stands above the outline.
"""

from matplotlib.path import Path

from digitd.annotate.mark import LOOKS
from digitd.annotate.sheet import PANEL, QUIET, WHITE, Area, Sheet
from digitd.annotate.view import View
from digitd.annotate.wording import percent, printable, shorten
from digitd.values import Box, Reading, Status

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
    """Draws the page panel of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        nothing = Area(0, 0, 1, 1)
        self.still = (sheet.rectangle(_PANEL, radius=8, facecolor=PANEL, linewidth=0),)
        self._frame = sheet.rectangle(nothing, facecolor="#c3cad3", linewidth=0)
        self._halo = sheet.rectangle(nothing, facecolor="none", edgecolor=WHITE, linewidth=4, alpha=0.8)
        self._outline = sheet.rectangle(nothing, facecolor="none", linewidth=2)
        self._tag_text = sheet.text(0, 0, 14, bold=True, align="center")
        self._caption = sheet.text(0, 0, 11.5, colour=QUIET, align="center")
        self._absent = sheet.outline(_ABSENT, facecolor=WHITE, edgecolor="#a3aebb", linewidth=2, joinstyle="round")

    def draw(self, view: View | None, reading: Reading) -> None:
        """Draw a page and its reading; no page, a page of outlines."""
        if view is None:
            self._sheet.draw(self._absent)
            self._write_caption("No page to show")
            return
        image = self._draw_page(view)
        box = None
        if view.ink is not None:
            box = _round(view.ink, image)
            self._draw_outline(box, LOOKS[reading.status].colour)
        if words := _words(reading):
            self._draw_tag(words, box or image, reading.status)

    def _draw_page(self, view: View) -> Area:
        rows, columns = view.pixels.shape[:2]
        left, top = _CENTRE_X - columns // 2, _CENTRE_Y - rows // 2
        self._frame.set_bounds(left - 1, top - 1, columns + 2, rows + 2)
        self._sheet.draw(self._frame)
        self._sheet.paste(view.pixels, left, top)
        self._write_caption(_caption(view))
        return Area(left, top, columns, rows)

    def _write_caption(self, words: str) -> None:
        self._sheet.stamp(self._caption, words, _CENTRE_X, _CAPTION_BASELINE)

    def _draw_outline(self, box: Area, colour: str) -> None:
        self._outline.set_edgecolor(colour)
        for line in (self._halo, self._outline):
            line.set_bounds(*box)
        self._sheet.draw(self._halo, self._outline)

    def _draw_tag(self, words: str, below: Area, status: Status) -> None:
        look = LOOKS[status]
        self._tag_text.set_text(printable(words, self._sheet.has_glyph))
        self._tag_text.set_color(look.on_colour)
        width = round(self._sheet.width_of(self._tag_text)) + 20
        left = below.left + below.width / 2 - width / 2
        left = round(max(_PANEL.left + 8, min(left, _PANEL.left + _PANEL.width - 8 - width)))
        top = round(below.top - 7 - _TAG_HEIGHT)
        tag = self._sheet.rectangle(
            Area(left, top, width, _TAG_HEIGHT), radius=5, facecolor=look.colour, edgecolor=WHITE, linewidth=1.5
        )
        self._tag_text.set_position((left + width / 2, top + 18))
        self._sheet.draw(tag, self._tag_text)


def _round(ink: Box, image: Area) -> Area:
    """Place the outline of an ink box, clear of the ink, on the sheet."""
    return Area(
        image.left + ink.x - _CLEAR,
        image.top + ink.y - _CLEAR,
        ink.width + 2 * _CLEAR,
        ink.height + 2 * _CLEAR,
    )


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
