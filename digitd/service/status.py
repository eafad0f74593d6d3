"""The status file: what a daemon last said of itself, and whether it is still there to say more.

It is written over in place, so that a full disk, which makes the daemon pause, does not make it look dead. So a reader
may see half of an old and half of a new one: a checksum tells, and it looks again.
"""

import json
import os
import stat
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from digitd.errors import InputError
from digitd.service.snapshot import Snapshot

STATUS_NAME = "status.json"
HUNG_AFTER_S = 60.0
"""Without a sign of life. A busy daemon gives one with each page, an idle one every few seconds."""

_BEAT_EVERY_S = 1.0
_BLOCK_BYTES = 16384
"""It grows by so much, which hardly ever happens: a hundred inboxes fit in the first block."""
_MOST_BYTES = 1 << 20
"""More than a thousand inboxes fill."""
_ATTEMPTS, _PAUSE_S = 20, 0.01
"""At reading a file that is being written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Which process wrote a status file.

    Attributes
    ----------
    pid : int
    namespace : str
        Of its number.
    boot : str
        Identity of the system's start.
    start_ticks : int
        When the process was started: no other process has the same number and the same start.
    """

    pid: int
    namespace: str
    boot: str
    start_ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a status file says; ``beat`` is the moment of its last sign of life, in seconds of CLOCK_MONOTONIC."""

    process: Process
    beat: float
    snapshot: Snapshot


class StatusFile:
    """Writes the status file of one state folder.

    Parameters
    ----------
    folder : Path
    clock : callable
        Seconds of CLOCK_MONOTONIC.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = folder / STATUS_NAME
        self._clock = clock
        self._process = this_process()
        self._snapshot: Snapshot | None = None
        self._beat_at = float("-inf")

    def show(self, snapshot: Snapshot) -> None:
        """Write what there is to say, with a sign of life."""
        self._snapshot = snapshot
        self._write()

    def beat(self) -> None:
        """Give a sign of life, if the last is more than a second old."""
        if self._snapshot is not None and self._clock() - self._beat_at >= _BEAT_EVERY_S:
            self._write()

    def _write(self) -> None:
        self._beat_at = self._clock()
        if self._snapshot is None:
            return
        process = json.dumps({name: getattr(self._process, name) for name in Process.__slots__})
        content = f'{{"process": {process}, "beat": {self._beat_at!r}, "snapshot": {self._snapshot.to_json()}'
        whole = f'{content},\n"crc32": {zlib.crc32(content.encode())}}}\n'.encode()
        padded = whole.ljust(-(-len(whole) // _BLOCK_BYTES) * _BLOCK_BYTES)
        with suppress(OSError):  # a status that cannot be written is an old one, which its reader notices
            flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK  # it may have become a pipe
            descriptor = os.open(self._path, flags, 0o644)
            try:
                os.pwrite(descriptor, padded, 0)
                os.ftruncate(descriptor, len(padded))
            finally:
                os.close(descriptor)


def read_status(folder: Path) -> Sighting | None:
    """Read the status file of a state folder; None where there is none, or none that a daemon of this version wrote.

    Raises
    ------
    InputError
        When it may not be read.
    """
    path = folder / STATUS_NAME
    for _ in range(_ATTEMPTS):
        try:
            content = _text_of(path)
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:  # half a letter
            content = ""
        except OSError as error:
            raise InputError(
                f"cannot read {path}: {error.strerror}", hint="ask as root, or as the user that digitd runs as"
            ) from error
        with suppress(ValueError, KeyError, TypeError, OverflowError):
            return _parse(content)
        time.sleep(_PAUSE_S)
    return None


def _text_of(path: Path) -> str:
    """Read a file that should be one of some kilobytes, and nothing else; raises OSError, UnicodeDecodeError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        return os.read(descriptor, _MOST_BYTES).decode()
    finally:
        os.close(descriptor)


def this_process() -> Process:
    """Return which process this is."""
    return Process(pid=os.getpid(), namespace=_namespace(), boot=_boot(), start_ticks=_start_ticks(os.getpid()) or 0)


def is_there(process: Process) -> bool | None:
    """Return whether a process still runs; None where its number is of another namespace and so tells nothing.

    Within one namespace, number and start tell. The identity of the boot does not: a container may have one of its own,
    and a sandbox in it, with another /proc, the machine's (seen with systemd-nspawn).
    """
    if process.namespace != _namespace():
        return None if process.boot == _boot() else False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _start_ticks(process.pid) in (process.start_ticks, None)


def _parse(content: str) -> Sighting:
    body, separator, rest = content.rpartition(",\n")
    members = json.loads(content)
    if not separator or not rest.startswith('"crc32"') or zlib.crc32(body.encode()) != members["crc32"]:
        raise ValueError("half written")
    return Sighting(
        process=Process(**members["process"]),
        beat=float(members["beat"]),
        snapshot=Snapshot.from_dict(members["snapshot"]),
    )


def _namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it is no path
    except OSError:
        return ""


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _start_ticks(pid: int) -> int | None:
    """Return when a process was started, 0 for one that has ended; None where that may not be known."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split(" ")
        return 0 if fields[0] in "ZX" else int(fields[19])  # proc_pid_stat(5), fields 3 and 22
    except (OSError, IndexError, ValueError):
        return None
