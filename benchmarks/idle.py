"""What a daemon costs that has nothing to do."""

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.daemon import Daemon
from benchmarks.images import make_images
from benchmarks.plan import Plan
from benchmarks.proc import cpu_share
from benchmarks.section import Section, figure
from benchmarks.stock import copies

_FILES = 3
_CALM_S = 1.0
"""After the last picture, before the watch begins."""


def measure_idle(plan: Plan, scratch: Path, tell: Callable[[str], None]) -> Section:
    """Watch a daemon and its processes that have drawn pictures and wait for more."""
    tell(f"idle: {plan.idle_s:g} s")
    images = make_images(scratch, size_px=plan.start_px, count=_FILES, count_drawn=0)
    with Daemon(scratch / "watch", annotate="all") as daemon:
        daemon.warm_up(copies(images.files, scratch / "staged", _FILES))
        time.sleep(_CALM_S)
        percent = 100 * cpu_share(daemon.pid, plan.idle_s)
    return Section(
        title="Idle",
        head=("`digitd watch` with an empty inbox", "of one core"),
        rows=(("processor's time", f"{figure(percent)} %"),),
        notes=(
            (
                f"utime + stime of the daemon and its children over {plan.idle_s:g} s, after it has drawn {_FILES} "
                "pictures; the kernel counts in 10 ms."
            ),
        ),
        record={"percent_of_a_core": percent, "seconds": plan.idle_s},
        figures={("idle", ""): percent},
    )
