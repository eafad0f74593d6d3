"""The daemon as a process."""

import signal
import subprocess
import sys

import pytest

from tests.conftest import DEADLINE_S, Outbox, environment

QUIET_S = "0.3"


@pytest.fixture
def daemon(inbox, outbox, tmp_path, eventually):
    """Yield a function that starts a daemon and returns its process once it watches; all are ended afterwards."""
    started = []

    def start(*arguments, **variables):
        # "a": to look at the log from its beginning must not lead the daemon to write there
        log = (tmp_path / f"log-{len(started)}").open("a+", encoding="utf-8")
        command = [sys.executable, "-m", "digitd", "watch", "--inbox", inbox, "--outbox", outbox.path, *arguments]
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
