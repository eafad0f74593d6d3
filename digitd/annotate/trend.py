"""Draw what a daemon did in the last 24 hours: files a minute, files that wait, and how long a file takes to its row.

Minutes in, a PNG out. Like the other pictures it is drawn at 72 dpi, where a point is a pixel.
"""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from digitd.annotate.canvas import INK, PANEL, QUIET, RULE, WHITE
from digitd.annotate.mark import LOOKS
from digitd.annotate.png import PngEncoder
from digitd.annotate.timeline import PLACES, Timeline, Values
from digitd.annotate.wording import counted, duration
from digitd.values import Minute, Status

WIDTH, HEIGHT = 1200, 800

_LEFT, _RIGHT = 108, 1168
_PANELS = ((150, 320), (384, 520), (584, 730))
"""Top and bottom of each."""
_BLUE, _ORANGE = LOOKS[Status.ACCEPTED].colour, LOOKS[Status.REVIEW].colour
_GREY, _WINE = LOOKS[Status.BLANK].colour, LOOKS[Status.FAILED].colour
_HATCH = "#b4bcc6"
_TIMES_S = (0.01, 0.1, 1, 10, 60, 600, 3600, 36000, 864000)
"""Marked on the axis of latencies."""
_LEGEND: dict[str, Any] = {
    "frameon": False,
    "fontsize": 16,
    "labelcolor": QUIET,
    "handletextpad": 0.6,
    "columnspacing": 1.6,
    "borderpad": 0,
    "borderaxespad": 0,
}
_X = np.arange(PLACES)


def draw_trend(minutes: Sequence[Minute], *, now: float, zone: tzinfo | None = None) -> bytes:
    """Draw the last 24 hours; the same arguments give the same bytes.

    Parameters
    ----------
    minutes : sequence of Minute
        In order.
    now : float
        Seconds since 1970.
    zone : tzinfo or None
        Of the times that are shown; None is the zone of this machine.

    Returns
    -------
    bytes
        A PNG of 1200x800 pixels.
    """
    timeline = Timeline(minutes, now=now, zone=zone)
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72, facecolor=WHITE)
    canvas: Any = FigureCanvasAgg(figure)  # its methods carry no types
    _draw_head(figure, timeline)
    rate, waiting, latency = (_panel(figure, timeline, top, bottom) for top, bottom in _PANELS)
    _draw_rate(rate, timeline)
    _draw_waiting(waiting, timeline)
    _draw_latency(latency, timeline)
    latency.tick_params(labelbottom=True)
    _draw_foot(figure, timeline)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba(), dtype=np.uint8)[..., :3]
    return PngEncoder().encode(np.ascontiguousarray(pixels))


def _draw_head(figure: Figure, timeline: Timeline) -> None:
    files = sum(minute.files for minute in timeline.minutes)
    readings = sum(minute.readings for minute in timeline.minutes)
    failed = sum(minute.failed for minute in timeline.minutes)
    _write(figure, 32, 50, "The last 24 hours", size=28, fontweight="bold", color=INK)
    _write(figure, _RIGHT, 50, f"drawn at {timeline.moment}", size=17, color=QUIET, ha="right")
    words = f"{counted(files, 'file')}, {counted(readings, 'reading')}" if files else "No files"
    _write(figure, 32, 88, words, size=21, color=INK)
    if failed:
        _write(figure, _RIGHT, 88, f"{counted(failed, 'file')} could not be read", size=21, color=_WINE, ha="right")


def _draw_foot(figure: Figure, timeline: Timeline) -> None:
    """Name the zone, and what the shades mean that there are."""
    _write(figure, _RIGHT, 790, f"time in {timeline.zone}", size=15, color=QUIET, ha="right")
    kinds = {gap.is_before_all for gap in timeline.gaps()}
    patches = [Patch(**_shade(is_before_all=kind), label=_name_of(is_before_all=kind)) for kind in sorted(kinds)]
    if patches:
        anchor = (_LEFT / WIDTH, 1 - 794 / HEIGHT)
        figure.legend(handles=patches, loc="lower left", bbox_to_anchor=anchor, ncols=2, **_LEGEND)


def _panel(figure: Figure, timeline: Timeline, top: int, bottom: int) -> Axes:
    """Make the axes of a panel, with what is the same on all: the times, and shades where nothing ran."""
    axes = figure.add_axes((_LEFT / WIDTH, 1 - bottom / HEIGHT, (_RIGHT - _LEFT) / WIDTH, (bottom - top) / HEIGHT))
    axes.set_xlim(0, PLACES)
    axes.set_axisbelow(True)
    axes.grid(color=RULE, linewidth=1)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(QUIET)
    axes.set_xticks(*timeline.ticks())
    axes.tick_params(labelsize=16, labelcolor=QUIET, color=RULE, length=0, pad=7, labelbottom=False)
    for gap in timeline.gaps():
        axes.axvspan(gap.start, gap.end, **_shade(is_before_all=gap.is_before_all))
    return axes


def _draw_rate(axes: Axes, timeline: Timeline) -> None:
    files, failed = timeline.values(lambda minute: minute.files), timeline.values(lambda minute: minute.failed)
    _name(axes, "Files a minute", _peak(files, timeline))
    _fill(axes, files, _BLUE, at_least=1)
    if (places := np.flatnonzero(failed > 0)).size:
        axes.plot(places, failed[places], "x", color=_WINE, ms=10, mew=2.5, label="could not be read", clip_on=False)
        _legend(axes)


def _draw_waiting(axes: Axes, timeline: Timeline) -> None:
    waiting = timeline.values(lambda minute: minute.backlog)
    longest_s = max((minute.oldest_s for minute in timeline.minutes), default=0.0)
    peak = _peak(waiting, timeline)
    _name(axes, "Files waiting", f"{peak}; the longest for {duration(longest_s)}" if peak else "")
    _fill(axes, waiting, _GREY, at_least=10)


def _draw_latency(axes: Axes, timeline: Timeline) -> None:
    half, most = timeline.values(lambda minute: minute.p50_s), timeline.values(lambda minute: minute.p95_s)
    _name(axes, "From arrival to row", "")
    axes.set_yscale("log")
    known = np.concatenate([half, most])
    known = np.maximum(known[np.isfinite(known)], _TIMES_S[0] / 2)
    low, high = (known.min() / 2, known.max() * 2) if known.size else (0.1, 10)
    axes.set_ylim(low, max(high, 100 * low))
    axes.yaxis.set_major_locator(FixedLocator(_TIMES_S))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: duration(seconds)))
    if known.size:
        _line(axes, most, _ORANGE, "^", width=1.8, dashes=(0, (4, 1.5)), label="19 of 20 files take no longer (p95)")
        _line(axes, half, _BLUE, "o", width=2.6, dashes="-", label="half of the files (p50)")
        _legend(axes)


def _fill(axes: Axes, values: Values, colour: str, *, at_least: int) -> None:
    """Draw counts as an area with an edge; the axis goes at least so far, or a file or two would look like many."""
    axes.fill_between(_X, values, step="post", color=colour, alpha=0.3, linewidth=0)
    axes.step(_X, values, where="post", color=colour, linewidth=1.8)
    most = max(float(np.nanmax(values, initial=0)), at_least)
    axes.set_ylim(0, 1.15 * most)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,.0f}"))


def _line(axes: Axes, values: Values, colour: str, marker: str, *, width: float, dashes: Any, label: str) -> None:  # noqa: ANN401
    """Draw a line with gaps; a minute that stands alone, which has no line, is a mark."""
    is_known = np.isfinite(np.concatenate([[np.nan], values, [np.nan]]))
    alone = np.flatnonzero(is_known[1:-1] & ~is_known[:-2] & ~is_known[2:])
    axes.plot(_X, values, color=colour, linewidth=width, linestyle=dashes, label=label, solid_joinstyle="round")
    axes.plot(alone, values[alone], marker, color=colour, ms=6)


def _peak(values: Values, timeline: Timeline) -> str:
    """Say how large the largest value is, and when it was first reached; nothing where all are 0."""
    if not np.nansum(values):
        return ""
    place = int(np.nanargmax(values))
    return f"at most {values[place]:,.0f}, at {timeline.time_of(place)}"


def _legend(axes: Axes) -> None:
    """Put the legend above the panel, at the right."""
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1.05), ncols=2, **_LEGEND)


def _name(axes: Axes, name: str, rest: str) -> None:
    axes.set_title(f"{name}: {rest}" if rest else name, loc="left", fontsize=18, fontweight="bold", color=INK, pad=10)


def _shade(*, is_before_all: bool) -> dict[str, Any]:
    return {"facecolor": PANEL, "edgecolor": _HATCH, "hatch": "" if is_before_all else "///", "linewidth": 0}


def _name_of(*, is_before_all: bool) -> str:
    return "before the first record" if is_before_all else "not running"


def _write(figure: Figure, x: int, y: int, words: str, *, size: int, **style: Any) -> None:  # noqa: ANN401
    figure.text(x / WIDTH, 1 - y / HEIGHT, words, fontsize=size, **style)
