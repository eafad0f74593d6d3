"""Let one process at a time work on a folder. The lock ends with its process, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitd.errors import BusyError, OutputError


@contextmanager
def sole_process(folder: Path, what: str) -> Iterator[None]:
    """Hold the lock of a folder while the block runs.

    Raises
    ------
    BusyError
        When another process holds it.
    OutputError
        When the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise OutputError(
            f"cannot use {folder}: {error}", hint="it must be a folder that this user may write to"
        ) from error
    try:
        _lock(descriptor, folder, what)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path, what: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BusyError(
            f"another digitd works on {what}", hint="stop it first, or give this one folders of its own"
        ) from error
    except OSError as error:
        raise OutputError(
            f"cannot lock {folder}: {error.strerror}", hint="choose a folder on a file system with locks"
        ) from error
