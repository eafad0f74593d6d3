"""How soon a file that is renamed into the inbox of an idle daemon is a row."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks.daemon import Daemon
from benchmarks.images import SEED, make_images
from benchmarks.plan import Plan
from benchmarks.section import Section, figure
from benchmarks.stock import copies

PERCENTILES = (50, 95, 99)
_PAUSE_S = (0.15, 0.4)
_LOOK_EVERY_S = 0.0005
_WARM_UP = 3


def measure_latency(plan: Plan, scratch: Path, tell: Callable[[str], None]) -> Section:
    """Drop files one at a time, in turn to a daemon that draws all and to one that draws none."""
    tell(f"latency: {plan.files_dropped} files one at a time, to each of two idle daemons")
    images = make_images(scratch, size_px=plan.start_px, count=min(48, plan.files_dropped), count_drawn=0)
    rng = np.random.default_rng(SEED)
    with ExitStack() as stack:
        daemons = {
            annotate: stack.enter_context(Daemon(scratch / annotate, annotate=annotate)) for annotate in ("all", "none")
        }
        files = {}
        for annotate, daemon in daemons.items():
            staged = copies(images.files, scratch / f"{annotate}-staged", _WARM_UP + plan.files_dropped)
            daemon.warm_up(staged[:_WARM_UP])
            files[annotate] = staged[_WARM_UP:]
        latencies_ms: dict[str, list[float]] = {annotate: [] for annotate in daemons}
        for number in range(plan.files_dropped):
            for annotate, daemon in daemons.items():
                time.sleep(rng.uniform(*_PAUSE_S))
                latencies_ms[annotate].append(1e3 * _latency_s(daemon, files[annotate][number]))
    return section(latencies_ms, plan)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that so many percent of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _latency_s(daemon: Daemon, file: Path) -> float:
    before = daemon.rows()
    began = time.perf_counter()
    daemon.drop([file])
    return daemon.follow(daemon.rows, before + 1, every_s=_LOOK_EVERY_S, since=began)[-1].at_s


def section(latencies_ms: Mapping[str, Sequence[float]], plan: Plan) -> Section:
    """Lay out percentiles of latencies, which are in milliseconds for each way to annotate."""
    found = {
        annotate: {percent: percentile(values, percent) for percent in PERCENTILES}
        for annotate, values in latencies_ms.items()
    }
    return Section(
        title="Latency of an idle `digitd watch`",
        head=("rename into the inbox to the row", *(f"p{percent}" for percent in PERCENTILES), "most"),
        rows=tuple(
            (
                f"annotate {annotate}",
                *(f"{figure(of[percent])} ms" for percent in PERCENTILES),
                f"{figure(max(latencies_ms[annotate]))} ms",
            )
            for annotate, of in found.items()
        ),
        notes=(
            (
                f"{plan.files_dropped} files of {plan.start_px} px to each of two daemons in turn, one at a time, "
                f"each after {1e3 * _PAUSE_S[0]:.0f}-{1e3 * _PAUSE_S[1]:.0f} ms at random; predictions.csv is looked "
                "at every 0.5 ms. Percentiles by nearest rank."
            ),
        ),
        record={"latencies_ms": {annotate: list(values) for annotate, values in latencies_ms.items()}},
        figures={
            (f"latency-p{percent}", f"annotate {annotate}"): of[percent]
            for percent in (50, 99)
            for annotate, of in found.items()
        },
    )
