"""What a file that lies in an inbox says of being finished: how it ends, and whether anybody has it open to write.

The kernel grants a read lease only while no process has the file open for writing, whatever name it was opened by
(fcntl(2), F_SETLEASE). It is asked for and given back. This works for files of the own user, or with CAP_LEASE, on
local file systems; elsewhere nothing is known and the quiet period decides.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from digitd.imaging.endings import HEAD_BYTES, TAIL_BYTES, Ending, ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """How a file ends, and whether somebody has it open to write; None where that cannot be known."""

    ending: Ending
    is_open: bool | None


NO_SIGNS = Signs(ending=Ending.UNKNOWN, is_open=None)


def signs_of(path: Path) -> Signs:
    """Look at a regular file without following links or waiting; what cannot be opened gives no signs."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return NO_SIGNS
    try:
        # asked before it is read: what a writer that has closed it left is all there
        is_open = _is_open_to_write(descriptor)
        size = os.fstat(descriptor).st_size
        head = os.pread(descriptor, HEAD_BYTES, 0)
        tail = os.pread(descriptor, TAIL_BYTES, max(0, size - TAIL_BYTES))
        return Signs(ending=ending(head, tail, size), is_open=is_open)
    except OSError:
        return NO_SIGNS
    finally:
        os.close(descriptor)


def _is_open_to_write(descriptor: int) -> bool | None:
    """Ask for a lease and give it back; who would open the file meanwhile waits for that moment.

    The kernel tells of such a one by SIGIO, which `serve` ignores.
    """
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    return False
