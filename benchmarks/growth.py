"""Whether a file costs more where more files wait, and what a start costs there."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.daemon import Daemon
from benchmarks.images import Images, make_images
from benchmarks.plan import Plan
from benchmarks.rows import Sighting
from benchmarks.section import Section, figure, plural
from benchmarks.stock import copies

_SIZE_PX = 28
_DIFFERENT = 384
_GOAL_WAITING = (1_000, 100_000)
"""The numbers of files that the goals speak of; a quick run has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A daemon's start on so many files that wait: seconds to its first row, and seconds a file after it.

    ``file_s`` is 0 where too few files waited to tell.
    """

    waiting: int
    first_row_s: float
    file_s: float


def measure_growth(plan: Plan, scratch: Path, tell: Callable[[str], None]) -> Section:
    """Start the daemon on more and more files, in rounds."""
    images = make_images(scratch, size_px=_SIZE_PX, count=_DIFFERENT, count_drawn=0)
    starts = []
    for number in range(plan.waiting_rounds):
        sizes = (1, *plan.waiting)
        for waiting in sizes if number % 2 == 0 else reversed(sizes):
            tell(f"growth: round {number + 1} of {plan.waiting_rounds}, {plural(waiting, 'file')} waiting")
            starts.append(_start(images, scratch / "watch", waiting, plan.window))
    return section(starts, plan)


def cost_s(sightings: Sequence[Sighting], files: int) -> float:
    """Return the seconds a row took between the first tenth and the last tenth of so many rows."""
    begin, end = (next(seen for seen in sightings if seen.rows >= share * files) for share in (0.1, 0.9))
    return (end.at_s - begin.at_s) / (end.rows - begin.rows) if end is not begin else 0.0


def _start(images: Images, folder: Path, waiting: int, window: int) -> Start:
    copies(images.files, folder / "inbox", waiting)
    rows = min(waiting, window)
    with Daemon(folder, annotate="none") as daemon:
        seen = daemon.follow(daemon.rows, rows, since=daemon.began)
    shutil.rmtree(folder)
    return Start(waiting=waiting, first_row_s=seen[0].at_s, file_s=cost_s(seen, rows) if rows > 1 else 0.0)


def section(starts: Sequence[Start], plan: Plan) -> Section:
    """Lay out what starts took; goals are held against the medians."""
    first_s = {waiting: _median(starts, waiting, "first_row_s") for waiting in (1, *plan.waiting)}
    file_s = {waiting: _median(starts, waiting, "file_s") for waiting in plan.waiting}
    fewest, most = min(plan.waiting), max(plan.waiting)
    return Section(
        title="Growth of the inbox",
        head=("files waiting at the start", "a file", f"against {fewest:,}", "start to first row", "beyond one file"),
        rows=tuple(_row(waiting, first_s, file_s, fewest) for waiting in (1, *plan.waiting)),
        notes=(
            f"`digitd watch` without pictures; {_DIFFERENT} different images of {_SIZE_PX} px, copied under new names.",
            (
                "A file's cost is the time between the rows at 10 % and 90 % of the first "
                f"{plan.window:,} (of all, where fewer wait), divided by them; medians of "
                f"{plural(plan.waiting_rounds, 'start')} on each, in turn."
            ),
        ),
        record={"starts": [asdict(start) for start in starts]},
        figures={("growth", ""): file_s[most] / file_s[fewest], ("scan", ""): first_s[most] - first_s[1]}
        if (fewest, most) == _GOAL_WAITING
        else {},
    )


def _median(starts: Sequence[Start], waiting: int, name: str) -> float:
    return median(getattr(start, name) for start in starts if start.waiting == waiting)


def _row(waiting: int, first_s: Mapping[int, float], file_s: Mapping[int, float], fewest: int) -> tuple[str, ...]:
    start = (f"{figure(first_s[waiting])} s", f"{figure(first_s[waiting] - first_s[1])} s")
    if waiting not in file_s:
        return (f"{waiting:,}", "", "", *start)
    return (f"{waiting:,}", f"{1e3 * file_s[waiting]:.3f} ms", f"{file_s[waiting] / file_s[fewest]:.2f}x", *start)
