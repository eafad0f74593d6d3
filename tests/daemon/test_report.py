"""What a daemon tells of itself: to the service manager, in its status file, in metrics."""

import os
import re
import signal
import socket
import sqlite3
import stat
import sys
import time
import urllib.request
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from subprocess import Popen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from digitd.health import Health
from digitd.ledger import Ledger
from digitd.service.snapshot import State
from tests.conftest import SAMPLES, environment, waiting_in

WATCHDOG_S = 2.0
WATCHED = {
    "WATCHDOG_USEC": str(round(WATCHDOG_S * 1e6)),
    "DIGITD_OUTBOX_ANNOTATE": "none",
    "DIGITD_SETTLE_RESCAN_S": "30",  # so that no look at the inbox comes to the help of the signs of life
}


@pytest.fixture
def digit():
    return (SAMPLES / "two-small.png").read_bytes()


def kinds(messages):
    """Return the names of what was told, without how it is and requests for time."""
    names = [re.split("[=\n]", message)[0] for message in messages]
    return [name for name in names if name not in {"STATUS", "EXTEND_TIMEOUT_USEC", "WATCHDOG"}]


def launch(service, log):
    """Start it without waiting for anything."""
    command = [sys.executable, "-m", "digitd", "watch", "--config", str(service.config)]
    with log.open("w", encoding="utf-8") as file:
        return Popen(command, stderr=file, env=environment() | service.environ)


def test_ready_is_told_when_the_watch_is_armed_and_not_before(service, eventually, manager, tmp_path):
    log = tmp_path / "log"
    process = launch(service, log)
    heard = []
    try:
        eventually(lambda: heard.extend(manager.heard()) or "READY=1" in heard, "it is ready")
        assert "watching inbox" in log.read_text()
        before = heard[: heard.index("READY=1")]
        assert next(message for message in before if "STATUS" in message).startswith("STATUS=starting")
        assert before[-1].startswith("STATUS=watching")
        assert "EXTEND_TIMEOUT_USEC=60000000" in before
        assert "READY=1" not in before
    finally:
        process.terminate()
        assert process.wait(60) == 0


def test_daemon_that_cannot_take_up_its_work_is_not_ready_until_it_can(service, digit, stop, tmp_path, eventually):
    process = service.start()
    service.drop("a.png", digit)
    service.row("a.png")
    assert stop(process) == 0
    csv = service.outbox.path / "predictions.csv"
    csv.unlink()
    csv.symlink_to("/dev/full")
    already = len(service.said)
    service.process = launch(service, tmp_path / "again")
    try:
        eventually(lambda: any("STATUS=starting: " in told for told in service.said[already:]), "it says why")
        assert service.condition().health is Health.DEGRADED
        assert "READY=1" not in service.said[already:]
        csv.unlink()
        eventually(lambda: "READY=1" in service.said[already:], "it is ready")
        assert [row["file"] for row in service.outbox.rows] == ["a.png"]
    finally:
        service.process.terminate()
        assert service.process.wait(60) == 0


def test_stop_is_told_before_the_end_and_after_it_the_status_says_so(service, digit, stop):
    process = service.start()
    for number in range(30):
        service.drop(f"{number}.png", digit)
    service.wait(lambda: service.outbox.rows, "the first rows are there")
    assert stop(process) == 0
    assert kinds(service.said) == ["READY", "STOPPING"]
    states = [told.partition("=")[2].split(";")[0] for told in service.said if told.startswith("STATUS=")]
    assert states[-2:] == ["stopping", "stopped"]
    condition = service.condition()
    assert (condition.health, condition.because) == (Health.DEAD, ("it was stopped",))
    assert condition.snapshot.totals.files == len(service.outbox.rows)


def test_status_counts_what_was_read(service, digit):
    process = service.start()
    service.drop("a.png", digit)
    service.drop("bad.png", b"text")
    service.wait(lambda: service.condition().snapshot.totals.files == 2, "both are counted")
    snapshot = service.condition().snapshot
    assert snapshot.totals.readings == {"accepted": 1, "failed": 1}
    assert (snapshot.totals.failed, snapshot.facts.rows, snapshot.facts.state) == (1, 2, State.WATCHING)
    assert time.time() - snapshot.totals.last_success < 60
    assert snapshot.identity.config == str(service.config)
    service.wait(lambda: service.condition().ledger.in_work == 0, "both are settled")
    assert service.condition().pid == process.pid
    assert "STATUS=watching; 2 files read, 1 of them failed; 0 waiting" in service.said


def test_files_that_events_told_of_are_no_finds_of_a_rescan(service, digit):
    service.start(DIGITD_SETTLE_RESCAN_S="5")
    for number in range(20):
        (service.config.parent / "inbox" / f"slow-{number}.bin").write_bytes(b"no image, so given its quiet period")
        service.drop(f"{number}.png", digit)
        service.row(f"{number}.png")
    service.wait(lambda: service.condition().snapshot.totals.files == 40, "all is counted")
    assert service.condition().snapshot.facts.rescan_finds == 0


def test_overflow_of_the_kernels_queue_is_counted_and_loses_no_file(service, digit, inbox):
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    process = service.start(DIGITD_SETTLE_RESCAN_S="300")
    process.send_signal(signal.SIGSTOP)
    (inbox / ".one").touch()
    for number in range(most // 2 + 1000):
        os.link(inbox / ".one", inbox / f".{number}")
        os.unlink(inbox / f".{number}")
    service.drop("a.png", digit)  # of which no event can tell
    process.send_signal(signal.SIGCONT)
    service.row("a.png")
    service.wait(lambda: service.condition().snapshot.facts.overflows == 1, "it is counted")
    service.reload()
    service.wait(lambda: service.condition().snapshot.facts.overflows == 1, "it stays counted")


def test_killed_daemon_is_dead_and_its_ledger_can_be_asked(service, digit):
    process = service.start()
    service.drop("a.png", digit)
    service.row("a.png")
    process.kill()
    process.wait()
    condition = service.condition()
    assert (condition.health, condition.ledger.rows) == (Health.DEAD, 1)


def test_stopped_process_gives_no_sign_of_life(service):
    process = service.start()
    process.send_signal(signal.SIGSTOP)
    before = service.condition().silent_s
    service.wait(lambda: service.condition().silent_s > before + 1, "the silence grows")
    process.send_signal(signal.SIGCONT)
    service.wait(lambda: service.condition().silent_s < 1, "it beats again")


def beats(service, number):
    """Wait for so many signs of life, and return the longest time between two."""
    heard, times = len(service.said), []

    def have_come():
        nonlocal heard
        times.extend(time.monotonic() for message in service.said[heard:] if message == "WATCHDOG=1")
        heard = len(service.said)
        return len(times) >= number

    service.wait(have_come, f"{number} signs of life")
    return max(after - before for before, after in pairwise(times))


def falls_silent(service):
    """Wait until no sign of life has come for longer than the service manager would wait."""
    last, heard = time.monotonic(), len(service.said)

    def is_silent():
        nonlocal last, heard
        if "WATCHDOG=1" in service.said[heard:]:
            last = time.monotonic()
        heard = len(service.said)
        return time.monotonic() - last > WATCHDOG_S

    service.wait(is_silent, "the signs of life end")


def test_signs_of_life_come_while_nothing_happens_and_while_much_does(service, digit):
    service.start(**WATCHED)
    assert beats(service, 3) < WATCHDOG_S
    for number in range(200):
        service.drop(f"{number}.png", digit)
    assert beats(service, 3) < WATCHDOG_S
    service.wait(lambda: len(service.outbox.names("done")) == 200, "all is done")


def make_full(outbox):
    """Let rows find no room, and return what ends that."""
    csv = outbox.path / "predictions.csv"
    csv.rename(outbox.path / "mine.csv")
    csv.symlink_to("/dev/full")

    def make_room():
        csv.unlink()
        (outbox.path / "mine.csv").rename(csv)

    return make_room


def take_away(outbox):
    """Move the outbox away, and return what brings it back."""
    away = outbox.path.with_name("away")
    outbox.path.rename(away)
    return lambda: away.rename(outbox.path)


@pytest.mark.parametrize("trouble", [make_full, take_away])
def test_signs_of_life_come_while_the_outbox_cannot_be_used(service, digit, trouble):
    process = service.start(**WATCHED)
    service.drop("a.png", digit)
    service.row("a.png")
    mend = trouble(service.outbox)
    service.drop("b.png", digit)
    service.wait(lambda: "paused:" in process.log(), "it pauses")
    assert beats(service, 4) < WATCHDOG_S
    mend()
    service.row("b.png")


def test_signs_of_life_end_while_another_program_has_the_ledger(service, digit):
    process = service.start(**WATCHED)
    with closing(sqlite3.connect(service.outbox.path / ".state" / Ledger.NAME, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        service.drop("a.png", digit)
        service.wait(lambda: "paused:" in process.log(), "it pauses")
        heard = len(service.said)
        falls_silent(service)
        assert "WATCHDOG=1" not in service.said[heard:]  # not even before the next attempt
        assert "is locked" in service.condition().because[0]
    service.row("a.png")
    assert beats(service, 3) < WATCHDOG_S


def test_signs_of_life_end_while_no_inbox_can_be_listed(service, tmp_path):
    service.configure(inboxes=("inbox", "second"))
    service.start(**WATCHED | {"DIGITD_SETTLE_RESCAN_S": "1"})  # by which it is noticed
    (tmp_path / "second").rename(tmp_path / "second-away")
    service.wait(lambda: service.condition().health is Health.DEGRADED, "it is degraded")
    assert beats(service, 3) < WATCHDOG_S  # there is another
    (tmp_path / "inbox").rename(tmp_path / "inbox-away")
    falls_silent(service)
    (tmp_path / "inbox-away").rename(tmp_path / "inbox")
    (tmp_path / "second-away").rename(tmp_path / "second")
    assert beats(service, 3) < WATCHDOG_S
    service.wait(lambda: service.condition().health is Health.OK, "it is well")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def counted(text):
    """Return the values of what Prometheus's own parser finds, by name and labels but for the service's name."""
    samples = (one for family in text_string_to_metric_families(text) for one in family.samples)
    return {(one.name, *(one.labels[name] for name in one.labels if name != "service")): one.value for one in samples}


def test_metrics_are_given_out_from_start_to_end_and_counted_on_over_a_reload(service, digit, stop, tmp_path):
    port, folder = free_port(), tmp_path / "node-exporter"
    tables = [f'[metrics]\nport = {port}\ntextfile = "{folder / "digitd.prom"}"\nevery_s = 1']
    service.configure(*tables)
    process = service.start()

    def ask():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            return counted(answer.read().decode())

    service.wait(lambda: process.log().count("cannot write the metrics") == 1, "that the folder is missing is said")
    service.drop("a.png", digit)
    service.wait(lambda: ask()["digitd_files_total", "read"] == 1, "the file is counted")
    assert ask()["digitd_stage_seconds_count", "commit"] == 1
    service.reload()
    folder.mkdir()
    service.drop("b.png", digit)
    service.wait(lambda: ask()["digitd_files_total", "read"] == 2, "the next is counted on")
    file = folder / "digitd.prom"
    service.wait(lambda: file.exists() and counted(file.read_text())["digitd_files_total", "read"] == 2, "in the file")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert os.listdir(folder) == ["digitd.prom"]
    assert process.log().count("cannot write the metrics") == 1
    assert stop(process) == 0
    assert counted(file.read_text())["digitd_state", "stopped"] == 1
    with pytest.raises(OSError, match="refused"):
        ask()
    assert waiting_in(tmp_path / "inbox") == []
