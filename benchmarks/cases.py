"""What is timed, and what is compared with what."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import baseline, tight
from benchmarks.images import Images
from benchmarks.plan import Plan
from benchmarks.resident import Resident
from benchmarks.rows import first_line_s, steady_rate, watch_score

SCRIPT = "script"
SCRIPT_DRAWN = "script with pictures"
TIGHT = "tight loop"
SCRIPT_START = "start of the script to its first line"
DIGITD_START = "start of `digitd score` to its first row"


def score_name(annotate: str, jobs: int) -> str:
    """Return what the case of a ``digitd score`` is called."""
    return f"`digitd score --annotate {annotate} --jobs {jobs}`"


COMPARISONS = (
    (TIGHT, SCRIPT),
    (score_name("none", 1), SCRIPT),
    (score_name("none", 2), SCRIPT),
    (score_name("none", 1), TIGHT),
    (score_name("none", 2), TIGHT),
    (SCRIPT_DRAWN, SCRIPT),
    (score_name("all", 1), SCRIPT_DRAWN),
    (score_name("all", 2), SCRIPT_DRAWN),
    (score_name("all", 2), score_name("all", 1)),
    (DIGITD_START, SCRIPT_START),
)
"""Pairs of cases: how many times as fast as the second the first is. Both do the same work, pictures aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something that is timed.

    Attributes
    ----------
    name : str
    speed : callable
        Measures once, given images and a fresh folder for results: images per second, or starts per second.
    is_start : bool
        Whether a start is timed, which is done at one size only.
    """

    name: str
    speed: Callable[[Images, Path], float]
    is_start: bool = False


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
        loop = stack.enter_context(Resident(tight.prepare))
        script.time_s(images.files[:_WARM_UP], scratch)
        loop.time_s(images.files[:_WARM_UP])

        def script_speed(images: Images, _: Path) -> float:
            return plan.files_scripted / script.time_s(images.files[: plan.files_scripted], None)

        def script_drawn_speed(images: Images, results: Path) -> float:
            files = images.files[: plan.files_scripted_drawn]
            return len(files) / script.time_s(files, results)

        def tight_speed(images: Images, _: Path) -> float:
            return len(images.files) / loop.time_s(images.files)

        yield (
            Case(name=SCRIPT, speed=script_speed),
            Case(name=TIGHT, speed=tight_speed),
            *(_score_case("none", jobs) for jobs in (1, 2)),
            Case(name=SCRIPT_DRAWN, speed=script_drawn_speed),
            *(_score_case("all", jobs) for jobs in (1, 2)),
            Case(name=SCRIPT_START, speed=_script_start, is_start=True),
            Case(name=DIGITD_START, speed=_digitd_start, is_start=True),
        )


def _score_case(annotate: str, jobs: int) -> Case:
    def speed(images: Images, results: Path) -> float:
        folder = images.folder if annotate == "none" else images.folder_drawn
        return steady_rate(watch_score(folder, results / "out", annotate=annotate, jobs=jobs))

    return Case(name=score_name(annotate, jobs), speed=speed)


def _script_start(images: Images, _: Path) -> float:
    return 1 / first_line_s("benchmarks.baseline", str(images.files[0]))


def _digitd_start(images: Images, results: Path) -> float:
    return 1 / watch_score(images.files[0], results / "out", annotate="none", jobs=1)[0].at_s
