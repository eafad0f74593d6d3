"""How long digitd takes to its first row, and where that time goes."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.daemon import Daemon
from benchmarks.images import Images, make_images
from benchmarks.plan import Plan
from benchmarks.processes import running
from benchmarks.rows import first_line_s, watch_score
from benchmarks.section import Section, figure, plural
from benchmarks.stock import copies

SCRIPT = "the script (`benchmarks/baseline.py`) to its first line"
SCORE = "`digitd score` to its first row"
WATCH = "`digitd watch` to the first row of a file that waits"
WATCH_DRAWN = f"{WATCH}, drawing"
PARTS = {
    "python": "python alone",
    "imports": "what `digitd score` imports",
    "model": "opening the model",
    "reading": "the first reading",
}
"""Parts of the start of a `digitd score`, as `benchmarks.parts` prints them."""


def measure_starts(plan: Plan, scratch: Path, tell: Callable[[str], None]) -> Section:
    """Start everything once a round; before the first of several once more, for the page cache."""
    images = make_images(scratch, size_px=plan.start_px, count=1, count_drawn=0)
    seconds: dict[str, list[float]] = {}
    for number in range(0 if plan.rounds > 1 else 1, plan.rounds + 1):
        tell(f"start: round {number} of {plan.rounds}" if number else "start: once, for the page cache")
        for turn in _TURNS if number % 2 == 0 else reversed(_TURNS):
            folder = scratch / f"{number}-{_TURNS.index(turn)}"
            folder.mkdir()
            for name, took_s in turn(images, folder).items():
                if number:
                    seconds.setdefault(name, []).append(took_s)
    return section(seconds, plan)


def _script(images: Images, _: Path) -> dict[str, float]:
    return {SCRIPT: first_line_s("benchmarks.baseline", str(images.files[0]))}


def _score(images: Images, folder: Path) -> dict[str, float]:
    return {SCORE: watch_score(images.files[0], folder / "out", annotate="none", jobs=1)[0].at_s}


def _watch(images: Images, folder: Path) -> dict[str, float]:
    return {WATCH: _first_row_s(images, folder, "none")}


def _watch_drawn(images: Images, folder: Path) -> dict[str, float]:
    return {WATCH_DRAWN: _first_row_s(images, folder, "all")}


def _first_row_s(images: Images, folder: Path, annotate: str) -> float:
    copies(images.files, folder / "inbox", 1)
    with Daemon(folder, annotate=annotate) as daemon:
        return daemon.follow(daemon.rows, 1, since=daemon.began)[0].at_s


def _parts(images: Images, _: Path) -> dict[str, float]:
    """Run `benchmarks.parts` in a process of its own; what it does not say is what Python took to reach it."""
    began = time.monotonic()
    with running(
        ("benchmarks.parts", str(images.files[0])), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        text = process.stdout.read().decode() if process.stdout else ""
        process.wait()
    return parse_parts(text, began)


def parse_parts(text: str, began: float) -> dict[str, float]:
    """Turn lines of a part and the moment of its end, in order, into seconds of each; all by `time.monotonic`.

    Raises
    ------
    RuntimeError
        When a part is missing.
    """
    ends = {name: float(at) for name, _, at in (line.partition(" ") for line in text.splitlines())}
    if list(ends) != list(PARTS):
        raise RuntimeError(f"benchmarks.parts ended early: {text!r}")
    moments = [began, *ends.values()]
    return {PARTS[name]: after - before for name, before, after in zip(ends, moments[:-1], moments[1:], strict=True)}


_TURNS = (_script, _score, _watch, _watch_drawn, _parts)


def section(seconds: Mapping[str, Sequence[float]], plan: Plan) -> Section:
    """Lay out medians of seconds, of each start and each part in every round."""
    names = (SCORE, *PARTS.values(), WATCH, WATCH_DRAWN, SCRIPT)
    rest_s = median(
        whole - sum(parts) for whole, *parts in zip(*(seconds[name] for name in (SCORE, *PARTS.values())), strict=True)
    )
    return Section(
        title="Starts",
        head=("", "seconds", "range", "the script against it"),
        rows=tuple(_row(name, seconds) for name in names),
        notes=(
            (
                f"Fresh processes on one image of {plan.start_px} px, their files in the page cache; medians of "
                f"{plural(plan.rounds, 'round')}. The parts are timed one after another in a process of their own; the "
                f"rest of the start of `digitd score` ({rest_s:.2f} s) is its ledger, locks and commits."
            ),
        ),
        record={"seconds": {name: list(of) for name, of in seconds.items()}},
        figures={("start", name): median(seconds[name]) for name in (SCORE, WATCH, WATCH_DRAWN)},
    )


def _row(name: str, seconds: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    own = seconds[name]
    is_part = name in PARTS.values()
    ratio = "" if is_part else f"{figure(median(s / o for s, o in zip(seconds[SCRIPT], own, strict=True)))}x"
    return (f"- {name}" if is_part else name, f"{median(own):.3f}", f"{min(own):.3f}-{max(own):.3f}", ratio)
