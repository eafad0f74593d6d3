"""Be told that something happened in the inboxes. What happened is found out by listing them.

Facts of python-watchdog on Linux that this module lives with: a handler that raises ends its thread for good; a queue
that overflows loses events; and an inbox that is removed and made again, or mounted over, leaves an observer that says
it is alive and is blind. So the handler only sets a flag, every inbox proves by a canary that its events arrive, and
the folder that is watched is compared with the one that is there at every look. Where events do not come, or other
machines write, the inboxes are listed more often.
"""

import logging
import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from digitd.spool.mounts import is_remote
from digitd.spool.wake import Wake

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

logger = logging.getLogger(__name__)

_OBSERVER_LOG = logging.getLogger("watchdog.observers.inotify_c")

_TELLING = frozenset({"created", "modified", "moved", "closed"})
"""Kinds of events that can mean a new file; opening, reading and our own moving away do not."""
_CANARY = ".digitd-canary"
_CANARY_S = 2.0
"""How long an event may take to arrive: some milliseconds, unless the machine is very busy."""
_POLL_S = 1.0
_TRY_AGAIN_S = 60.0


class _Handler(FileSystemEventHandler):
    """Wakes the loop, and notes canaries; it may not raise."""

    def __init__(self, wake: Wake) -> None:
        self._wake = wake
        self.heard: set[Path] = set()
        self.has_heard = threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        path = Path(os.fsdecode(event.src_path))
        if path.name == _CANARY:
            self.heard.add(path)
            self.has_heard.set()
            return
        is_folder_of_a_change = event.is_directory and event.event_type == "modified"
        if event.event_type in _TELLING and not is_folder_of_a_change:
            self._wake.set()


class _Overflows(logging.Handler):
    """Counts overflows of the kernel's queue, of which python-watchdog says nothing but a line in its log."""

    def __init__(self, wake: Wake) -> None:
        super().__init__(logging.WARNING)
        self.count = 0
        self._wake = wake

    def emit(self, record: logging.LogRecord) -> None:
        """Count an overflow, and have the inboxes listed."""
        if "queue overflowed" in record.msg:
            self.count += 1
            self._wake.set()


class Watch:
    """Wakes a loop when something happens in one of the folders, where the file system tells.

    Parameters
    ----------
    folders : sequence of (Path, bool)
        Each folder and whether the folders inside it count too.
    wake : Wake
    """

    def __init__(self, folders: Sequence[tuple[Path, bool]], wake: Wake) -> None:
        self._folders = folders
        self._wake = wake
        self._observer: BaseObserver | None = None
        self._armed: dict[Path, tuple[int, int] | None] = {}
        self.blind_because = ""
        """Why events cannot be relied on; empty where they can."""
        self._overflows = _Overflows(wake)
        self._try_again_at = 0.0

    @property
    def listing_s(self) -> float:
        """How many seconds may pass until the inboxes are listed again, whatever events say."""
        return _POLL_S if self.blind_because else float("inf")

    @property
    def mode(self) -> str:
        """``events``, or ``listing`` where events cannot be relied on."""
        return "listing" if self.blind_because else "events"

    @property
    def overflows(self) -> int:
        """How often the kernel had more events than it could keep."""
        return self._overflows.count

    def __enter__(self) -> Self:
        """Arm the watch."""
        _OBSERVER_LOG.addHandler(self._overflows)
        _OBSERVER_LOG.setLevel(logging.WARNING)
        self._arm()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the observer's threads."""
        self._disarm()
        _OBSERVER_LOG.removeHandler(self._overflows)

    def check(self) -> bool:
        """Arm the watch again where a folder was replaced or came back, or the observer died; return whether it was."""
        identities = {folder: _identity(folder) for folder, _ in self._folders}
        # an emitter ends by itself with its folder, and the observer stays
        is_dead = self._observer is not None and not all(
            thread.is_alive() for thread in (self._observer, *self._observer.emitters)
        )
        is_replaced = identities != self._armed
        if is_replaced or is_dead:
            logger.warning("the inbox was replaced or the watch was lost; watching anew")
        elif not self.blind_because or time.monotonic() < self._try_again_at:
            return False
        self._disarm()
        self._arm()
        return is_replaced

    def _arm(self) -> None:
        self._armed = {folder: _identity(folder) for folder, _ in self._folders}
        present = [(folder, recursive) for folder, recursive in self._folders if self._armed[folder] is not None]
        because = self._observe(present)
        for folder, _ in present:
            if is_remote(folder):
                because = f"other machines may write to {folder}"
        if because != self.blind_because:
            mode = f"listing every {_POLL_S:g} s" if because else "events"
            logger.warning("watching mode", extra={"fields": {"mode": mode, "because": because or "events arrive"}})
        self.blind_because = because
        self._try_again_at = time.monotonic() + _TRY_AGAIN_S
        self._wake.set()  # what came while nobody watched

    def _observe(self, folders: Sequence[tuple[Path, bool]]) -> str:
        """Start the observer, and return why events cannot be relied on, or nothing."""
        handler = _Handler(self._wake)
        observer: BaseObserver | None = None
        try:
            observer = Observer()
            for folder, recursive in folders:
                observer.schedule(handler, str(folder), recursive=recursive)
            observer.start()
        except (OSError, RuntimeError) as error:  # the limit of inotify watches, instances or threads, most often
            if observer is not None:
                observer.stop()  # it holds an inotify instance and a thread of its own from the first
            return f"no file system events: {getattr(error, 'strerror', None) or error}"
        self._observer = observer
        return _silent(handler, [folder for folder, _ in folders])

    def _disarm(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None


def _silent(handler: _Handler, folders: Sequence[Path]) -> str:
    """Put a canary into each folder, and return which folder's was not heard, or nothing."""
    waiting = {}
    for folder in folders:
        canary = folder / _CANARY
        with suppress(OSError):  # where nothing can be written, nothing can be taken, and that is said elsewhere
            canary.unlink(missing_ok=True)
            canary.touch(exist_ok=False)
            waiting[canary] = folder
            canary.unlink()
    ends = time.monotonic() + _CANARY_S
    while not handler.heard.issuperset(waiting):
        handler.has_heard.clear()
        if handler.heard.issuperset(waiting):
            break
        if not handler.has_heard.wait(max(0.0, ends - time.monotonic())):
            missing = next(folder for canary, folder in waiting.items() if canary not in handler.heard)
            return f"no event came for a file made in {missing}"
    return ""


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
