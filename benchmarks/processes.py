"""Start digitd's processes as their user does, and end them with all that they started, whatever happens."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from benchmarks.proc import Entry, entry_of, tree

Process = subprocess.Popen[bytes]

_PATIENCE_S = 15.0
"""In which a process ends when it is asked to: the daemon draws pictures that are owed for 5 s more."""
_LOOK_EVERY_S = 0.01


@contextmanager
def running(words: Sequence[str], *, stdout: int, stderr: int) -> Iterator[Process]:
    """Run a module without the settings of digitd that the user may have made; end it with the block."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DIGITD_")}
    command = [sys.executable, "-m", *words]
    process = subprocess.Popen(command, stdout=stdout, stderr=stderr, env=environment)  # noqa: S603 - our own modules
    try:
        yield process
    finally:
        end(process)
        if process.stdout is not None:
            process.stdout.close()


def end(process: Process, patience_s: float = _PATIENCE_S) -> None:
    """End a process by its number: asked first, killed when it does not end; then what is left of its children."""
    family = tree(process.pid) if process.poll() is None else {}
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    family.pop(process.pid, None)
    ends = time.monotonic() + patience_s
    while (left := [pid for pid, entry in family.items() if _is_still(pid, entry)]) and time.monotonic() < ends:
        time.sleep(_LOOK_EVERY_S)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _is_still(pid: int, entry: Entry) -> bool:
    """Return whether a number still belongs to the process that had it; numbers are given again."""
    now = entry_of(pid)
    return now is not None and now.began == entry.began
