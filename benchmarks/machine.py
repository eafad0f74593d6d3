"""Name the machine that a run was made on, at the head of its report."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = (
    "digitd",
    "ai-edge-litert",
    "keras",
    "matplotlib",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "tensorflow",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where and when a run was made.

    Attributes
    ----------
    processor : str
    cores : int
        Those this process may use.
    load : float
        Processes that were running or waiting in the minute before, on average; near 0 where nothing else ran.
    file_system : str
        Of the folder that inputs and results were written to; decides what making them durable costs.
    python : str
    libraries : dict of str to str
        Versions by distribution.
    time : str
        Of the start, RFC 3339 UTC, by the machine's clock.
    """

    processor: str
    cores: int
    load: float
    file_system: str
    python: str
    libraries: dict[str, str]
    time: str


def this_machine(folder: Path) -> Machine:
    """Describe the machine; `folder` is where inputs and results are written."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        load=round(os.getloadavg()[0], 1),
        file_system=_file_system(folder.resolve()),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        libraries={name: version(name) for name in _LIBRARIES},
        time=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    )


def heading(machine: Machine, *more: str) -> list[str]:
    """Write the lines that a report begins with, the last of them empty."""
    where = f"{machine.processor}, {machine.cores} cores, {machine.python}, results on {machine.file_system}"
    return [
        f"{where}; load {machine.load} before the run; {machine.time}.",
        ", ".join(f"{name} {number}" for name, number in machine.libraries.items()) + ".",
        *more,
        "",
    ]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _file_system(folder: Path) -> str:
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    above = [(len(point), kind) for _, point, kind, *_ in mounts if folder.is_relative_to(point)]
    return max(above)[1]
