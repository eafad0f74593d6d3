"""Whose speed is timed, and what is compared with what."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import baseline, tight
from benchmarks.bursts import burst_rates
from benchmarks.images import Images
from benchmarks.plan import Plan
from benchmarks.resident import Resident
from benchmarks.rows import SETTLED_ROWS, steady_rate, watch_score

SCRIPT = "script"
SCRIPT_DRAWN = "script with pictures"
TIGHT = "tight loop"
TIGHT_TWICE = "two tight loops side by side"
JOBS = (1, 2)


def score_name(annotate: str, jobs: int) -> str:
    """Return what the case of a ``digitd score`` is called."""
    return f"`digitd score --annotate {annotate} --jobs {jobs}`"


def watch_name(annotate: str, counted: str) -> str:
    """Return what the case of a ``digitd watch`` is called, whose ``rows`` or ``settled`` files are counted."""
    return f"`digitd watch`, {annotate}: {counted}"


COMPARISONS = (
    (TIGHT, SCRIPT),
    *((score_name("none", jobs), SCRIPT) for jobs in JOBS),
    *((score_name("none", jobs), TIGHT) for jobs in JOBS),
    (score_name("none", 2), score_name("none", 1)),
    (TIGHT_TWICE, TIGHT),
    (SCRIPT_DRAWN, SCRIPT),
    *((score_name(annotate, jobs), SCRIPT_DRAWN) for annotate in ("all", "sheet", "review") for jobs in JOBS),
    *((score_name(annotate, 2), score_name(annotate, 1)) for annotate in ("all", "sheet", "review")),
    (score_name("sheet", 2), score_name("none", 2)),
    (watch_name("none", "rows"), SCRIPT),
    (watch_name("none", "rows"), score_name("none", 1)),
    (watch_name("all", "rows"), SCRIPT_DRAWN),
    (watch_name("all", "settled"), SCRIPT_DRAWN),
    (watch_name("all", "settled"), score_name("all", 1)),
)
"""Pairs of cases: how many times as fast as the second the first is. Both do the same work, pictures aside."""

GOAL_PAIRS = {
    "all-script": (score_name("all", 2), SCRIPT_DRAWN),
    "none-script": (score_name("none", 2), SCRIPT),
    "none-tight": (score_name("none", 1), TIGHT),
    "none-jobs": (score_name("none", 2), score_name("none", 1)),
    "all-jobs": (score_name("all", 2), score_name("all", 1)),
}
"""The pairs for which there is a goal, by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something that is timed.

    Attributes
    ----------
    names : tuple of str
        Of the speeds, where one run gives several.
    speeds : callable
        Measures once, given images and a fresh folder for results: images per second, for each name.
    """

    names: tuple[str, ...]
    speeds: Callable[[Images, Path], tuple[float, ...]]


_WARM_UP = 3
"""Images that a loop reads first: Keras compiles at the first, Matplotlib looks for its fonts."""


@contextmanager
def open_cases(plan: Plan, images: Images, scratch: Path) -> Iterator[tuple[Case, ...]]:
    """Make the cases; loops that stay warm live in processes that end with the block.

    Parameters
    ----------
    plan : Plan
    images : Images
        What the loops are warmed up with.
    scratch : Path
        A folder for the pictures of that.
    """
    with ExitStack() as stack:
        script = stack.enter_context(Resident(baseline.prepare))
        loops = [stack.enter_context(Resident(tight.prepare)) for _ in range(2)]
        script.time_s(images.files[:_WARM_UP], scratch)
        for loop in loops:
            loop.time_s(images.files[:_WARM_UP])

        def script_speed(images: Images, _: Path) -> tuple[float]:
            return (plan.files_scripted / script.time_s(images.files[: plan.files_scripted], None),)

        def script_drawn_speed(images: Images, results: Path) -> tuple[float]:
            files = images.files[: plan.files_scripted_drawn]
            return (len(files) / script.time_s(files, results),)

        def tight_speed(images: Images, _: Path) -> tuple[float]:
            return (len(images.files) / loops[0].time_s(images.files),)

        def twice_tight_speed(images: Images, _: Path) -> tuple[float]:
            for number, loop in enumerate(loops):
                loop.begin(images.files[number::2])
            return (len(images.files) / max(loop.end_s() for loop in loops),)

        yield (
            Case(names=(SCRIPT,), speeds=script_speed),
            Case(names=(TIGHT,), speeds=tight_speed),
            Case(names=(TIGHT_TWICE,), speeds=twice_tight_speed),
            *(_score_case("none", jobs) for jobs in JOBS),
            _watch_case(plan, "none", "rows"),
            Case(names=(SCRIPT_DRAWN,), speeds=script_drawn_speed),
            *(_score_case(annotate, jobs) for annotate in ("review", "sheet", "all") for jobs in JOBS),
            _watch_case(plan, "all", "rows", "settled"),
        )


def _score_case(annotate: str, jobs: int) -> Case:
    def speeds(images: Images, results: Path) -> tuple[float]:
        folder = images.folder_drawn if annotate == "all" else images.folder
        first = 1 if annotate == "sheet" else SETTLED_ROWS  # later rows of sheets come about once a second
        return (steady_rate(watch_score(folder, results / "out", annotate=annotate, jobs=jobs), first=first),)

    return Case(names=(score_name(annotate, jobs),), speeds=speeds)


def _watch_case(plan: Plan, annotate: str, *counted: str) -> Case:
    def speeds(images: Images, results: Path) -> tuple[float, ...]:
        files = images.files[: plan.files_burst_drawn] if annotate == "all" else images.files
        rates = burst_rates(files, results, annotate=annotate, is_settled="settled" in counted)
        return tuple(rates[name] for name in counted)

    return Case(names=tuple(watch_name(annotate, name) for name in counted), speeds=speeds)
