"""How much memory digitd's processes take at most, and whether they take more and more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.daemon import Daemon
from benchmarks.held import Held, Watcher, settled_and_last
from benchmarks.images import make_images
from benchmarks.plan import LONG_HELD, Plan
from benchmarks.rows import watch_score
from benchmarks.section import Figure, Section, figure
from benchmarks.stock import copies

_STEPS = 10
_WARM = 2
"""Steps after which memory is held against that at the end."""
_LOOK_EVERY_S = 0.05
_JOBS = 2
_WARM_AND_LAST = (
    "resident, warm",
    "at the end",
    "",
    "not of a file, warm",
    "at the end",
    "descriptors, warm",
    "at the end",
)
_DIFFERENT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a command over so many files."""

    command: str
    annotate: str
    files: int
    noted: tuple[Held, ...]
    peak_mb: Mapping[str, float]


def measure_memory(plan: Plan, scratch: Path, tell: Callable[[str], None]) -> Section:
    """Send images through both commands, without pictures and with a picture of each."""
    sources = _mixed(scratch)
    runs = []
    for annotate, files in (("none", plan.files_held), ("all", plan.files_held_drawn)):
        for command, hold in (("watch", _hold_watch), ("score", _hold_score)):
            tell(f"memory: {files:,} images through `digitd {command}`, annotate {annotate}")
            watcher = Watcher(files // _STEPS)
            hold(sources, scratch / f"{command}-{annotate}", files, annotate, watcher)
            runs.append(
                Run(
                    command=command,
                    annotate=annotate,
                    files=files,
                    noted=tuple(watcher.noted),
                    peak_mb=watcher.peak_mb,
                )
            )
    return section(runs)


def _mixed(scratch: Path) -> list[Path]:
    """Make images: of fifty in a row one of 600 px, five of 100 px, the others of 28 px."""
    made = {
        size_px: make_images(scratch, size_px=size_px, count=_DIFFERENT, count_drawn=0).files for size_px in (28, 100)
    }
    made[600] = make_images(scratch, size_px=600, count=_DIFFERENT // 50, count_drawn=0).files
    return [
        made[600][number // 50] if number % 50 == 0 else made[100 if number % 10 == 5 else 28][number]
        for number in range(_DIFFERENT)
    ]


def _hold_watch(sources: Sequence[Path], folder: Path, files: int, annotate: str, watcher: Watcher) -> None:
    """Rename a step's files into the inbox, and look when all of them are settled."""
    step = files // _STEPS
    with Daemon(folder, annotate=annotate) as daemon:
        for done in range(step, files + 1, step):
            daemon.drop(copies(sources, folder / "staged", step, first=done - step))
            daemon.follow_all([(daemon.rows, done), (daemon.settled, done)], every_s=_LOOK_EVERY_S)
            watcher.look(daemon.pid, done)


def _hold_score(sources: Sequence[Path], folder: Path, files: int, annotate: str, watcher: Watcher) -> None:
    """Look after each step; one step more is read, because processes that have no more to do let go of things."""
    copies(sources, folder / "in", files + files // _STEPS)
    watch_score(
        folder / "in",
        folder / "out",
        annotate=annotate,
        jobs=_JOBS,
        look=lambda pid, rows: watcher.look(pid, min(rows, files)),
    )


def section(runs: Sequence[Run]) -> Section:
    """Lay out what each process of each run held."""
    figures: dict[Figure, float] = {}
    rows = []
    for run in runs:
        for role, peak_mb in run.peak_mb.items():
            pair = settled_and_last(run.noted, role, warm=_WARM * (run.files // _STEPS))
            rows.append((_name(run), role, f"{peak_mb:.0f} MB", *_cells(pair)))
            figures |= _figures(run, role, peak_mb, pair)
    return Section(
        title="Memory and descriptors",
        head=("", "process", "most", *_WARM_AND_LAST),
        rows=tuple(rows),
        notes=(
            (
                f"`digitd watch` gets its files in {_STEPS} waves, renamed into the inbox, and is looked at when one "
                f"is settled. `digitd score` runs with --jobs {_JOBS} on a tenth more files, and is looked at while it "
                "works. Warm is after a fifth of the files: until then caches fill."
            ),
            (
                f"{_DIFFERENT} different images, copied under new names; of fifty one has 600 px, five have 100 px, "
                "the others 28."
            ),
            (
                "From /proc/PID/status: most = VmHWM, resident = VmRSS, of which RssAnon is not of a file; MB of "
                "1,024 kB. Workers read for `score` and draw for `watch`; the tracker belongs to Python's "
                "multiprocessing. Descriptors are the fewest seen in a step, without those of files being read."
            ),
        ),
        record={"runs": [asdict(run) for run in runs]},
        figures=figures,
    )


def _name(run: Run) -> str:
    return f"`digitd {run.command}`, {run.annotate}, {run.files:,} images"


def _cells(pair: tuple[Held, Held] | None) -> tuple[str, ...]:
    if pair is None:
        return ("",) * 7
    warm, last = pair
    return (
        f"{warm.memory.resident_mb:.1f} MB",
        f"{last.memory.resident_mb:.1f} MB",
        f"{figure(last.memory.resident_mb / warm.memory.resident_mb)}x",
        f"{warm.memory.anonymous_mb:.1f} MB",
        f"{last.memory.anonymous_mb:.1f} MB",
        str(warm.descriptors),
        str(last.descriptors),
    )


def _figures(run: Run, role: str, peak_mb: float, pair: tuple[Held, Held] | None) -> dict[Figure, float]:
    """Return what goals are held against: peaks of the daemon's, growth where the run was long enough to tell."""
    figures: dict[Figure, float] = {}
    if run.command == "watch" and role == "parent":
        figures["peak-daemon", f"annotate {run.annotate}"] = peak_mb
    elif run.command == "watch" and role.startswith("worker"):
        figures["peak-painter", role] = peak_mb
    if pair is not None and run.files in LONG_HELD.values() and role != "tracker":
        warm, last = pair
        where = f"{run.command}, {run.annotate}, {role}"
        figures["flat-memory", where] = last.memory.resident_mb / warm.memory.resident_mb
        figures["flat-descriptors", where] = abs(last.descriptors - warm.descriptors)
    return figures
