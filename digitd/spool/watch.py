"""Be told that something happened in the inboxes. What happened is found out by listing them.

Facts of python-watchdog on Linux that this module lives with: a handler that raises ends its thread for good, and an
inbox that is removed and made again, or mounted over, leaves an observer that says it is alive and is blind. So the
handler only sets a flag, and the folder that is watched is compared with the one that is there at every look.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from digitd.spool.wake import Wake

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

logger = logging.getLogger(__name__)

_TELLING = frozenset({"created", "modified", "moved", "closed"})
"""Kinds of events that can mean a new file; opening, reading and our own moving away do not."""


class _Waker(FileSystemEventHandler):
    def __init__(self, wake: Wake) -> None:
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:
        is_folder_of_a_change = event.is_directory and event.event_type == "modified"
        if event.event_type in _TELLING and not is_folder_of_a_change:
            self._wake.set()


class Watch:
    """Sets an event when something happens in one of the folders, where the file system tells.

    Parameters
    ----------
    folders : sequence of (Path, bool)
        Each folder and whether the folders inside it count too.
    wake : Wake
    """

    def __init__(self, folders: Sequence[tuple[Path, bool]], wake: Wake) -> None:
        self._folders = folders
        self._handler = _Waker(wake)
        self._observer: BaseObserver | None = None
        self._armed: dict[Path, tuple[int, int] | None] = {}

    def __enter__(self) -> Self:
        """Arm the watch."""
        self._arm()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the observer's threads."""
        self._disarm()

    def check(self) -> None:
        """Arm the watch again where a folder was replaced, came back, or the observer died."""
        identities = {folder: _identity(folder) for folder, _ in self._folders}
        is_alive = self._observer is not None and self._observer.is_alive()
        if identities != self._armed or (not is_alive and self._observer is not None):
            logger.warning("the inbox was replaced or the watch was lost; watching anew")
            self._disarm()
            self._arm()

    def _arm(self) -> None:
        self._armed = {folder: _identity(folder) for folder, _ in self._folders}
        observer = Observer()
        try:
            for folder, recursive in self._folders:
                if self._armed[folder] is not None:
                    observer.schedule(self._handler, str(folder), recursive=recursive)
            observer.start()
        except OSError as error:  # the limit of inotify watches or instances is reached, most often
            logger.warning("no file system events (%s); the inbox is listed every rescan_s instead", error)
            observer.unschedule_all()
            return
        self._observer = observer

    def _disarm(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
