"""The folders that the daemon stands on: locked for this process, and checked for being still the same.

A folder may be removed, made again, moved or mounted over while the daemon runs. An outbox or inbox that is made again
is locked again. An outbox that has gone from its file system is not: rows would land where nobody looks for them.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from digitd.errors import OutputError
from digitd.spool.inbox import WORK_FOLDER
from digitd.spool.lock import FolderLock


class Ground:
    """The folders of one daemon.

    Parameters
    ----------
    outbox, state : Path
    inboxes : sequence of Path
    """

    def __init__(self, outbox: Path, state: Path, inboxes: Sequence[Path]) -> None:
        self._outbox = outbox
        self._outbox_lock = FolderLock(outbox, f"the outbox {outbox}")
        self._state_lock = FolderLock(state, f"the state folder {state}")
        self._inbox_locks = {inbox: _lock_of(inbox) for inbox in inboxes}
        self._device = 0

    def __enter__(self) -> Self:
        """Make what is missing and lock it.

        Raises
        ------
        BusyError
            When another process works on one of the folders.
        OutputError
            When one cannot be used.
        """
        with ExitStack() as stack:
            for folder in (self._outbox, *self._inbox_locks):
                _make(folder)
            for inbox in self._inbox_locks:
                _refuse_link(inbox / WORK_FOLDER)
            for lock in self._locks:
                stack.enter_context(lock)
            self._device = self._outbox.stat().st_dev
            stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Unlock."""
        for lock in self._locks:
            lock.release()

    def add(self, inboxes: Sequence[Path]) -> None:
        """Make and lock those inboxes that are not yet; raises as entering does, then all is as it was."""
        added = {inbox: _lock_of(inbox) for inbox in inboxes if inbox not in self._inbox_locks}
        with ExitStack() as stack:
            for inbox, lock in added.items():
                _make(inbox)
                self._refuse_other_name(inbox)
                _refuse_link(inbox / WORK_FOLDER)
                stack.enter_context(lock)
            stack.pop_all()
        self._inbox_locks.update(added)

    def _refuse_other_name(self, inbox: Path) -> None:
        """Refuse an inbox that is locked under another name: its lock would look like another process's."""
        for served in self._inbox_locks:
            if os.path.exists(served) and os.path.samefile(served, inbox):  # noqa: PTH110, PTH121 - the first never raises
                raise OutputError(
                    f"the inbox {inbox} is {served}, which is served, under another name", hint="restart digitd"
                )

    def keep(self, inboxes: Sequence[Path]) -> None:
        """Unlock the inboxes that are not among these."""
        for inbox in set(self._inbox_locks).difference(inboxes):
            self._inbox_locks.pop(inbox).release()

    @property
    def _locks(self) -> tuple[FolderLock, ...]:
        return (self._outbox_lock, self._state_lock, *self._inbox_locks.values())

    def check(self) -> None:
        """Lock what was made again, and find out whether the outbox is there; raises as entering does."""
        try:
            device = self._outbox.stat().st_dev
        except OSError as error:
            raise OutputError(
                f"the outbox {self._outbox} is gone: {error.strerror}", hint="mount it or make it again"
            ) from error
        if device != self._device and not self._outbox_lock.is_there:
            raise OutputError(
                f"the outbox {self._outbox} is now on another file system, and it is not the one that was served",
                hint="mount it again; if it is meant, restart digitd",
            )
        self._outbox_lock.renew()
        for inbox, lock in self._inbox_locks.items():
            if os.path.isdir(inbox):  # noqa: PTH112 - unlike Path.is_dir, it never raises
                _refuse_link(inbox / WORK_FOLDER)
                lock.renew()


def _lock_of(inbox: Path) -> FolderLock:
    return FolderLock(inbox / WORK_FOLDER, f"the inbox {inbox}")


def _make(folder: Path) -> None:
    """Make a folder, and find out now rather than at the first file whether it can be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}", hint="check the path") from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise OutputError(f"{folder} is not writable for this user", hint="change its owner or its mode")


def _refuse_link(work_folder: Path) -> None:
    """Refuse a work folder that somebody who may write to the inbox has pointed elsewhere."""
    if os.path.islink(work_folder):  # noqa: PTH114 - unlike Path.is_symlink, it never raises
        raise OutputError(f"{work_folder} is a link", hint="remove it; digitd makes this folder itself")
