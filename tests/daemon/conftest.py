"""The daemon as a process."""

import signal
import subprocess
import sys

import pytest

from digitd.health import examine
from tests.conftest import DEADLINE_S, Outbox, environment

QUIET_S = "0.3"


@pytest.fixture
def daemon(inbox, outbox, tmp_path, eventually):
    """Yield a function that starts a daemon and returns its process once it watches; all are ended afterwards."""
    started = []

    def start(*arguments, program="digitd", **variables):
        # "a": to look at the log from its beginning must not lead the daemon to write there
        log = (tmp_path / f"log-{len(started)}").open("a+", encoding="utf-8")
        folders = [] if "--config" in arguments else ["--inbox", inbox, "--outbox", outbox.path]
        command = [sys.executable, "-m", program, "watch", *folders, *arguments]
        env = environment() | {"DIGITD_SETTLE_QUIET_S": QUIET_S, "DIGITD_SETTLE_RESCAN_S": "1"} | variables
        process = subprocess.Popen([*map(str, command)], stderr=log, env=env)
        process.log = lambda: (log.flush(), log.seek(0), log.read())[-1]
        started.append((process, log))
        eventually(lambda: "watching" in process.log() or process.poll() is not None, "the daemon watches")
        return process

    yield start
    for process, log in started:
        process.kill()
        process.wait()
        log.close()


@pytest.fixture
def stop():
    """Return a function that asks a daemon to stop and returns its exit code."""

    def ask(process, number=signal.SIGTERM):
        process.send_signal(number)
        return process.wait(DEADLINE_S)

    return ask


@pytest.fixture(scope="session")
def digitd_once():
    """Return a function that serves an inbox until it is empty and returns its outbox."""

    def serve(inbox, outbox, *, prefix=()):
        command = [*prefix, sys.executable, "-m", "digitd", "watch", "--once", "--inbox", inbox, "--outbox", outbox]
        env = environment() | {"DIGITD_SETTLE_QUIET_S": QUIET_S}
        ended = subprocess.run(
            [*map(str, command)], env=env, capture_output=True, text=True, timeout=DEADLINE_S, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return Outbox(outbox)

    return serve


class Service:
    """A daemon with a configuration file, and a service manager that it speaks to."""

    def __init__(self, folder, daemon, manager, eventually):
        self.config = folder / "digitd.toml"
        self.outbox = Outbox(folder / "outbox")
        self._daemon, self._manager, self._eventually = daemon, manager, eventually
        self.environ = manager.environ
        self._said = []
        self.process = None

    def configure(self, *tables, inboxes=("inbox",), outbox="outbox"):
        """Write the configuration."""
        parts = [f'[[inbox]]\npath = "{inbox}"' for inbox in inboxes]
        self.config.write_text("\n".join([*parts, f'[outbox]\npath = "{outbox}"', *tables]), encoding="utf-8")

    def start(self, **variables):
        """Start it and wait until the service manager knows that it is ready."""
        self.process = self._daemon("--config", self.config, **self.environ, **variables)
        self.wait(lambda: "READY=1" in self.said, "it is ready")
        return self.process

    @property
    def said(self):
        """Return what the service manager was told so far."""
        self._said += self._manager.heard()
        return self._said

    def reload(self, answer="reloaded"):
        """Ask it to reload, wait until it has answered and is ready, and return the last line of its answer."""
        seen = len(self.said)
        before = self.process.log().count(answer)
        self.process.send_signal(signal.SIGHUP)
        self.wait(lambda: self.process.log().count(answer) > before, f"it says {answer!r}")
        self.wait(lambda: "READY=1" in self.said[seen:], "it is ready again")
        return next(line for line in reversed(self.process.log().splitlines()) if answer in line)

    def drop(self, name, content, inbox=None):
        """Put a file in an inbox the way a careful uploader does."""
        folder = inbox or self.config.parent / "inbox"
        (folder / ".part").write_bytes(content)
        (folder / ".part").rename(folder / name)

    def row(self, name):
        """Wait for the row of a file and return it."""
        return self.wait(
            lambda: next((row for row in self.outbox.rows if row["file"] == name), None), f"{name} is read"
        )

    def condition(self):
        """Return how it is found from outside."""
        return examine(self.outbox.path / ".state")

    def wait(self, condition, what):
        """Wait until a condition holds, unless the daemon ends first."""

        def holds():
            found = condition()
            assert found or self.process.poll() is None, self.process.log()
            return found

        return self._eventually(holds, what)


@pytest.fixture
def service(tmp_path, inbox, daemon, manager, eventually):
    """Return a daemon that is not started yet, with a configuration file of one inbox."""
    assert inbox == tmp_path / "inbox"
    made = Service(tmp_path, daemon, manager, eventually)
    made.configure()
    return made
