"""Draw what a batch of forms came to: how much was read, what is left to check and why, and which pages failed."""

from collections.abc import Sequence
from typing import NamedTuple

from digitd.annotate.canvas import QUIET, RULE, TRACK, Area, Canvas
from digitd.annotate.mark import LOOKS, Mark
from digitd.annotate.png import PngEncoder
from digitd.annotate.wording import counted, duration, in_words, printable, shorten
from digitd.values import Status, Summary

WIDTH, HEIGHT = 1200, 900
_LEFT, _RIGHT, _HALF = 40, WIDTH - 40, 620
_PAGES_TOP, _FIELDS_TOP, _LISTS_TOP, _FAILED_TOP = 132, 246, 392, 708
_BAR_HEIGHT, _ROW, _MOST_ROWS = 30, 30, 8
_LEAST_PX = 4  # one field of a million is still seen
_MOST_NAMES, _NAME_COLUMNS = 15, 3


class _Part(NamedTuple):
    """A part of a bar."""

    number: int
    status: Status
    word: str


class _Row(NamedTuple):
    """A row of a ranked list: its words, how many, and what is said of that."""

    words: str
    number: int
    note: str


def render_summary(summary: Summary) -> bytes:
    """Draw a batch; the same summary gives the same bytes.

    Returns
    -------
    bytes
        A PNG of 1200x900 pixels.
    """
    return PngEncoder().encode(_Drawing(summary).drawn().pixels)


class _Drawing:
    """One summary being drawn."""

    def __init__(self, summary: Summary) -> None:
        self._summary = summary
        self._canvas = canvas = Canvas(WIDTH, HEIGHT)
        self._title = canvas.words(28, bold=True)
        self._quiet_right = canvas.words(15, colour=QUIET, align="right")
        self._quiet = canvas.words(15, colour=QUIET)
        self._heading = canvas.words(18, bold=True)
        self._plain = canvas.words(15)
        self._number = canvas.words(15, bold=True, align="right")

    def drawn(self) -> Canvas:
        """Draw all of it."""
        summary = self._summary
        self._draw_head()
        failed = len(summary.failed_pages)
        pages = [
            _Part(summary.registered, Status.ACCEPTED, "recognised"),
            _Part(summary.blank_pages, Status.BLANK, "empty"),
            _Part(failed, Status.FAILED, "not read"),
        ]
        fields = [
            _Part(summary.accepted, Status.ACCEPTED, "accepted"),
            _Part(summary.review, Status.REVIEW, "to check"),
            _Part(summary.blank, Status.BLANK, "blank"),
        ]
        self._draw_bar(_PAGES_TOP, counted(summary.pages, "page"), pages)
        self._draw_bar(_FIELDS_TOP, counted(sum(part.number for part in fields), "field"), fields)
        self._draw_rows(_LEFT, _HALF - 40, "Why fields are to be checked", self._reasons())
        self._draw_rows(_HALF, _RIGHT, "Fields to be checked, and on how many pages", self._worst_fields())
        self._draw_failed()
        return self._canvas

    def _draw_head(self) -> None:
        summary = self._summary
        rate = f"{counted(round(summary.pages_per_min), 'page')} a minute, {duration(summary.elapsed_s)} in all"
        model = self._shown(summary.model)[:12]
        self._quiet_right.write(rate, _RIGHT, 52)
        self._quiet_right.write(f"Model {model}" if model else "", _RIGHT, 78)
        room = _RIGHT - self._quiet_right.width_of(rate) - 40 - _LEFT
        self._title.write(shorten(f"Form {self._shown(summary.form)}", self._title.fits(room)), _LEFT, 58)
        self._canvas.fill(Area(0, 100, WIDTH, 1), RULE)

    def _draw_bar(self, top: int, title: str, parts: Sequence[_Part]) -> None:
        """Draw shares of a whole as one bar, with a legend below that names and counts them."""
        self._heading.write(title, _LEFT, top + 18)
        bar = Area(_LEFT, top + 30, _RIGHT - _LEFT, _BAR_HEIGHT)
        self._canvas.fill(bar, TRACK)
        total = sum(part.number for part in parts)
        x = float(_LEFT)
        for part, width in zip(parts, _widths([part.number for part in parts], bar.width), strict=True):
            self._canvas.fill(Area(x, bar.top, max(0.0, width - 2), bar.height), LOOKS[part.status].colour)
            x += width
        x = _LEFT
        for part in parts:
            if part.number:
                words = f"{part.number:,} {part.word} ({_share(part.number, total)})"
                Mark(self._canvas, part.status).draw(int(x) + 9, top + 80, 9)
                self._plain.write(words, int(x) + 26, top + 86)
                x += 26 + self._plain.width_of(words) + 32

    def _draw_rows(self, left: int, right: int, title: str, rows: Sequence[_Row]) -> None:
        """Draw a ranked list with bars, the longest of which is the largest count."""
        self._heading.write(title, left, _LISTS_TOP)
        if not rows:
            self._quiet.write("There is nothing to check", left, _LISTS_TOP + 32)
        shown = [self._fitted(row, (right - left) * 11 // 20) for row in rows[:_MOST_ROWS]]
        bar_left = left + max((self._columns_width(row) for row in shown), default=0)
        room = right - bar_left - self._quiet.width_of("> 99 %") - 8
        for place, row in enumerate(shown):
            baseline = _LISTS_TOP + 32 + _ROW * place
            self._plain.write(row.words, left, baseline)
            self._number.write(f"{row.number:,}", bar_left - 10, baseline)
            width = max(float(_LEAST_PX), room * row.number / shown[0].number)
            self._canvas.fill(Area(bar_left, baseline - 13, width, 15), LOOKS[Status.REVIEW].colour)
            self._quiet.write(row.note, round(bar_left + width) + 6, baseline)
        if len(rows) > _MOST_ROWS:
            self._quiet.write(f"and {len(rows) - _MOST_ROWS:,} more", left, _LISTS_TOP + 32 + _ROW * _MOST_ROWS)

    def _fitted(self, row: _Row, width: int) -> _Row:
        return row._replace(words=shorten(row.words, self._plain.fits(width)))

    def _columns_width(self, row: _Row) -> int:
        """Measure the words of a row and its number, with what keeps them apart."""
        return self._plain.width_of(row.words) + 24 + self._number.width_of(f"{row.number:,}") + 10

    def _reasons(self) -> list[_Row]:
        ranked = sorted(self._summary.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        total = sum(count for _, count in ranked)
        return [_Row(self._shown(in_words(reason)), count, _share(count, total)) for reason, count in ranked if count]

    def _worst_fields(self) -> list[_Row]:
        """Return the fields that a person must look at, with the share of the pages on which that is so."""
        ranked = sorted((field for field in self._summary.fields if field.review), key=lambda field: -field.review)
        return [_Row(self._shown(field.name), field.review, _share(field.review, field.total)) for field in ranked]

    def _draw_failed(self) -> None:
        names = self._summary.failed_pages
        self._canvas.fill(Area(_LEFT, _FAILED_TOP - 30, _RIGHT - _LEFT, 1), RULE)
        heading = f"{counted(len(names), 'page')} could not be read" if names else "All pages could be read"
        self._heading.write(heading, _LEFT, _FAILED_TOP)
        width = (_RIGHT - _LEFT) // _NAME_COLUMNS
        rows = -(-_MOST_NAMES // _NAME_COLUMNS)
        for number, name in enumerate(names[:_MOST_NAMES]):
            column, row = divmod(number, rows)
            shown = shorten(self._shown(name), self._plain.fits(width - 24))
            self._plain.write(shown, _LEFT + column * width, _FAILED_TOP + 30 + 26 * row)
        if len(names) > _MOST_NAMES:
            words = f"and {counted(len(names) - _MOST_NAMES, 'page')} more"
            self._quiet.write(words, _LEFT, _FAILED_TOP + 30 + 26 * rows)

    def _shown(self, text: str) -> str:
        return printable(text, self._canvas.has_glyph)


def _widths(counts: Sequence[int], width: float) -> list[float]:
    """Share a width by counts, so that what there is at all can be seen."""
    total = sum(counts)
    if not total:
        return [0.0] * len(counts)
    least = [_LEAST_PX + 2 if count else 0 for count in counts]
    room = width - sum(least)
    return [start + room * count / total for start, count in zip(least, counts, strict=True)]


def _share(count: int, total: int) -> str:
    """Write a share in whole per cent; never as 0 or 100 where that is not so."""
    if not total or count in (0, total):
        return "100 %" if total and count else "0 %"
    share = 100 * count / total
    if share < 1:
        return "< 1 %"
    return "> 99 %" if share > 99 else f"{share:.0f} %"
