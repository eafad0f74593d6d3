"""What Linux says of a process in /proc: its memory, open descriptors, time on the processor, and children."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_KB_AN_MB = 1024
"""/proc counts in units of 1,024 bytes, which it writes as kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Memory of one process in MB of 1,024 kB.

    Attributes
    ----------
    peak_mb : float
        The most that was ever resident (VmHWM).
    resident_mb : float
        Resident now (VmRSS); pages of libraries, which processes share, are part of it.
    anonymous_mb : float
        Resident now and not of a file (RssAnon): what the process itself holds.
    """

    peak_mb: float
    resident_mb: float
    anonymous_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One process: its parent, its seconds on the processor so far, and when it began, in ticks since the boot.

    One that ``has_ended`` is only listed because its parent has not yet asked how.
    """

    parent: int
    cpu_s: float
    began: int
    has_ended: bool = False


def parse_status(text: str) -> Memory:
    """Parse /proc/PID/status; a process that has ended and was not waited for holds nothing."""
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    peak, resident, anonymous = (
        int(fields.get(name, "0 kB").split()[0]) / _KB_AN_MB for name in ("VmHWM", "VmRSS", "RssAnon")
    )
    return Memory(peak_mb=peak, resident_mb=resident, anonymous_mb=anonymous)


def parse_stat(text: str, ticks_a_second: int = TICKS_A_SECOND) -> Entry:
    """Parse /proc/PID/stat. The second field, the name of the program in brackets, may hold blanks and brackets."""
    fields = text.rpartition(")")[2].split()  # from the third field of proc(5) on
    return Entry(
        parent=int(fields[1]),
        cpu_s=(int(fields[11]) + int(fields[12])) / ticks_a_second,
        began=int(fields[19]),
        has_ended=fields[0] in "ZX",
    )


def memory_of(pid: int) -> Memory | None:
    """Return the memory of a process, or None where it has ended."""
    with suppress(OSError):
        return parse_status((_PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace"))
    return None


def entry_of(pid: int) -> Entry | None:
    """Return the entry of a process, or None where it has ended."""
    with suppress(OSError):
        entry = parse_stat((_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace"))
        return None if entry.has_ended else entry
    return None


def descriptors_of(pid: int) -> int:
    """Return how many descriptors a process has open; 0 where it has ended."""
    with suppress(OSError), os.scandir(_PROC / str(pid) / "fd") as entries:
        return sum(1 for _ in entries)
    return 0


def role_of(pid: int) -> str:
    """Return what a child of a Python process is: a worker, or the tracker that `multiprocessing` starts with it."""
    with suppress(OSError):
        words = (_PROC / str(pid) / "cmdline").read_bytes()
        return "tracker" if b"resource_tracker" in words else "worker"
    return "worker"


def tree(pid: int) -> dict[int, Entry]:
    """Return a process and those that it and its children started, by number, in the order of their start."""
    entries = {number: entry for number in _numbers() if (entry := entry_of(number)) is not None}
    ours = {pid} & entries.keys()
    while more := {number for number, entry in entries.items() if entry.parent in ours} - ours:
        ours |= more
    return {number: entries[number] for number in sorted(ours, key=lambda number: (entries[number].began, number))}


def cpu_share(pid: int, seconds: float) -> float:
    """Watch a process and its children for some seconds; return their share of one core, 1 = all of it."""
    before, began = tree(pid), time.perf_counter()
    time.sleep(seconds)
    after, ended = tree(pid), time.perf_counter()
    return spent_s(before, after) / (ended - began)


def spent_s(before: dict[int, Entry], after: dict[int, Entry]) -> float:
    """Return the processor's seconds between two looks at a tree; a process that is new counts from its start."""
    return sum(entry.cpu_s - (before[pid].cpu_s if pid in before else 0.0) for pid, entry in after.items())


def _numbers() -> list[int]:
    with os.scandir(_PROC) as entries:
        return [int(entry.name) for entry in entries if entry.name.isdecimal()]
