"""Run ``digitd watch`` on folders of its own, feed it, and see from outside what it has done."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from benchmarks.processes import Process, running
from benchmarks.rows import Sighting, Tail, note

_LOOK_EVERY_S = 0.002
_STUCK_S = 120.0
"""Without a row or a file settled: then something is wrong."""


class Daemon:
    """A daemon; a context manager that starts and ends it.

    Parameters
    ----------
    folder : Path
        For its configuration, its log and, made where they are missing, its inbox and outbox.
    annotate : str
    """

    def __init__(self, folder: Path, *, annotate: str) -> None:
        self._folder = folder
        self._annotate = annotate
        self.inbox, self.outbox = folder / "inbox", folder / "outbox"
        self._tail = Tail(self.outbox / "predictions.csv")
        self._running = ExitStack()
        self._process: Process | None = None
        self.began = 0.0

    def __enter__(self) -> Self:
        """Start it; what lies in its inbox is read at once. ``began`` is when, by `time.perf_counter`."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        config = self._folder / "digitd.toml"
        config.write_text(
            f'[[inbox]]\npath = "inbox"\n[outbox]\npath = "outbox"\nannotate = "{self._annotate}"\n', encoding="utf-8"
        )
        log = self._running.enter_context((self._folder / "log").open("wb"))
        words = ("digitd", "watch", "--config", str(config))
        self.began = time.perf_counter()
        process = running(words, stdout=subprocess.DEVNULL, stderr=log.fileno())
        self._process = self._running.enter_context(process)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._running.close()

    @property
    def pid(self) -> int:
        """Number of the process."""
        if self._process is None:
            raise RuntimeError("the daemon was not started")
        return self._process.pid

    def rows(self) -> int:
        """Return how many rows there are."""
        return self._tail.rows()

    def settled(self) -> int:
        """Return how many files have reached ``done/``."""
        try:
            with os.scandir(self.outbox / "done") as entries:
                return sum(1 for _ in entries)
        except FileNotFoundError:
            return 0

    def drop(self, files: Iterable[Path]) -> None:
        """Rename files into the inbox, as uploaders do."""
        for file in files:
            os.rename(file, self.inbox / file.name)  # noqa: PTH104 - a Path costs as much as the rename

    def warm_up(self, files: Sequence[Path]) -> None:
        """Have some files read and, where it draws, drawn; return when they are settled."""
        self.drop(files)
        self.follow(self.settled, len(files))

    def follow(
        self, count: Callable[[], int], until: int, *, every_s: float = _LOOK_EVERY_S, since: float | None = None
    ) -> list[Sighting]:
        """Look at a count until it has reached a number; return when it grew, in seconds since a moment.

        Parameters
        ----------
        count : callable
            `rows` or `settled`.
        until : int
        every_s : float
        since : float, optional
            By `time.perf_counter`; by default now.

        Raises
        ------
        RuntimeError
            When the daemon ends, or the count stands still.
        """
        (sightings,) = self.follow_all([(count, until)], every_s=every_s, since=since)
        return sightings

    def follow_all(
        self,
        counts: Sequence[tuple[Callable[[], int], int]],
        *,
        every_s: float = _LOOK_EVERY_S,
        since: float | None = None,
    ) -> list[list[Sighting]]:
        """Look at several counts until each has reached its number; returns and raises as `follow` does."""
        since = time.perf_counter() if since is None else since
        seen: list[list[Sighting]] = [[] for _ in counts]
        moved_at = time.perf_counter()
        while True:
            now = time.perf_counter()
            before = [len(sightings) for sightings in seen]
            for (count, _), sightings in zip(counts, seen, strict=True):
                note(sightings, count(), now - since)
            if all(s and s[-1].rows >= until for s, (_, until) in zip(seen, counts, strict=True)):
                return seen
            if before != [len(sightings) for sightings in seen]:
                moved_at = now
            self._check(now - moved_at)
            time.sleep(every_s)

    def _check(self, still_s: float) -> None:
        """Raise when the daemon has ended or stands still."""
        process = self._process
        if process is None or process.poll() is not None or still_s > _STUCK_S:
            state = "stands still" if process is not None and process.poll() is None else "ended"
            log = (self._folder / "log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"`digitd watch` {state}: {log[-2000:]}")
