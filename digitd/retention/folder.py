"""A folder in which files are looked at and removed, and nothing anywhere else."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class OpenFolder:
    """A folder that is held open while files below it are removed; a context manager.

    No link is followed, neither to it nor below it, and what somebody puts in its place meanwhile is not touched. Paths
    are relative to it.

    Parameters
    ----------
    path : Path

    Raises
    ------
    FileNotFoundError
        When there is none.
    NotADirectoryError
        When it is a link, or something else.
    OSError
        When it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, _FLAGS)

    def __enter__(self) -> Self:
        """Return itself: it is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        os.close(self._descriptor)

    def look(self, path: Path) -> os.stat_result | None:
        """Return what is there, a link as itself, or None for nothing; raises OSError."""
        try:
            with self._parent(path) as parent:
                return os.stat(path.name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def remove(self, path: Path) -> None:
        """Remove a file, or a link itself, unless somebody has just done so; raises OSError."""
        with suppress(FileNotFoundError), self._parent(path) as parent:
            os.unlink(path.name, dir_fd=parent)

    def tidy(self, path: Path) -> None:
        """Remove the folders that led to a file, as far as they are empty now."""
        for folder in path.parents[:-1]:
            try:
                with suppress(FileNotFoundError), self._parent(folder) as parent:
                    os.rmdir(folder.name, dir_fd=parent)
            except OSError:  # there is more in it
                return

    @contextmanager
    def _parent(self, path: Path) -> Iterator[int]:
        """Open the folder that a path lies in, one part after the other."""
        if path.is_absolute() or ".." in path.parts:
            raise OSError(errno.EINVAL, "it leads out of its folder", str(path))
        if len(path.parts) == 1:  # as nearly always
            yield self._descriptor
            return
        descriptor = os.dup(self._descriptor)
        try:
            for part in path.parts[:-1]:
                below = os.open(part, _FLAGS, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = below
            yield descriptor
        finally:
            os.close(descriptor)
