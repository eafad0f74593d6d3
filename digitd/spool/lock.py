"""Let one process at a time work on a folder. The lock ends with its process, however that ends."""

import fcntl
import os
from pathlib import Path
from typing import Self

from digitd.errors import BusyError, OutputError

_NAME = ".lock"


class FolderLock:
    """The lock of a folder.

    Parameters
    ----------
    folder : Path
        Made where there is none.
    what : str
        What it is, for the error of whoever comes second.
    """

    def __init__(self, folder: Path, what: str) -> None:
        self._folder = folder
        self._what = what
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock.

        Raises
        ------
        BusyError
            When another process holds it.
        OutputError
            When the folder cannot be written.
        """
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self.release()

    @property
    def is_there(self) -> bool:
        """Whether the folder is the one that was locked."""
        try:
            status = (self._folder / _NAME).stat()
        except OSError:
            return False
        return self._descriptor >= 0 and os.path.samestat(status, os.fstat(self._descriptor))

    def renew(self) -> None:
        """Take the lock again where the folder is not the one that was locked; raises as entering does."""
        if not self.is_there:
            self.release()
            self._take()

    def _take(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(self._folder / _NAME, flags, 0o644)
        except OSError as error:
            raise OutputError(
                f"cannot use {self._folder}: {error}", hint="it must be a folder that this user may write to"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise self._refusal(error) from error
        self._descriptor = descriptor

    def _refusal(self, error: OSError) -> BusyError | OutputError:
        if isinstance(error, BlockingIOError):
            return BusyError(
                f"another digitd works on {self._what}", hint="stop it first, or give this one folders of its own"
            )
        return OutputError(
            f"cannot lock {self._folder}: {error.strerror}", hint="choose a folder on a file system with locks"
        )

    def release(self) -> None:
        """Give it back, if it is held."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
