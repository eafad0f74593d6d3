"""SIGHUP: another configuration and model, or the old ones, and never a lost or doubled file."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from digitd.errors import BusyError
from digitd.health import Health
from digitd.model.artefact import shipped_model
from digitd.spool.inbox import WORK_FOLDER
from digitd.spool.lock import FolderLock
from tests.conftest import SAMPLES, environment, waiting_in
from tests.faults.invariants import ledger_lines

QUICK = {"DIGITD_OUTBOX_ANNOTATE": "none"}


@pytest.fixture
def digit():
    return (SAMPLES / "two-small.png").read_bytes()


def is_free(folder):
    """Return whether no daemon has an inbox."""
    try:
        with FolderLock(folder / WORK_FOLDER, "the inbox"):
            return True
    except BusyError:
        return False


def test_service_manager_is_told_when_a_reload_begins_and_when_it_is_over(service, digit):
    process = service.start()
    before = time.monotonic()
    service.configure("[review]\nthreshold = 1.0")
    service.reload()
    told = service.said[service.said.index("READY=1") + 1 :]
    begun = next(number for number, message in enumerate(told) if message.startswith("RELOADING=1"))
    name, microseconds = told[begun].splitlines()[1].split("=")
    assert name == "MONOTONIC_USEC"
    assert before <= int(microseconds) / 1e6 <= time.monotonic()
    assert [message for message in told[begun + 1 :] if not message.startswith("STATUS=")] == ["READY=1"]
    service.drop("a.png", digit)
    assert service.row("a.png")["reason"] == "low_confidence"  # what it says it is ready for is in effect
    assert service.condition().pid == process.pid


def test_threshold_model_and_annotate_are_applied_together(service, digit, tmp_path):
    shutil.copytree(shipped_model(), tmp_path / "model")
    with (tmp_path / "model" / "manifest.json").open("a", encoding="utf-8") as manifest:
        manifest.write("\n")  # it reads as the other does, and has another identity
    service.start()
    service.drop("before.png", digit)
    before = service.row("before.png")
    assert (before["status"], before["annotated"] != "") == ("accepted", True)
    service.configure(
        'annotate = "none"', "[review]\nthreshold = 1.0", '[model]\npath = "model"'
    )  # first: of the outbox
    service.reload()
    service.drop("after.png", digit)
    after = service.row("after.png")
    assert (after["status"], after["reason"], after["annotated"]) == ("review", "low_confidence", "")
    assert after["model"] != before["model"]
    assert after["value"] == before["value"]
    identity = service.condition().snapshot.identity
    assert (identity.model, identity.reload_error) == (after["model"], "")
    assert time.time() - identity.reloaded < 60


def test_inbox_that_is_added_is_made_locked_and_read(service, digit, tmp_path):
    service.start()
    service.configure(inboxes=("inbox", "second"))
    service.reload()
    assert not is_free(tmp_path / "second")
    service.drop("new.png", digit, inbox=tmp_path / "second")
    service.drop("old.png", digit)
    service.row("new.png")
    service.row("old.png")
    assert [inbox.path for inbox in service.condition().snapshot.facts.inboxes] == [
        str(tmp_path / name) for name in ("inbox", "second")
    ]


def test_inbox_that_is_removed_is_free_for_another(service, digit, tmp_path):
    service.configure(inboxes=("inbox", "second"))
    service.start()
    assert not is_free(tmp_path / "second")
    service.configure()
    service.reload()
    assert is_free(tmp_path / "second")
    service.drop("left.png", digit, inbox=tmp_path / "second")
    service.drop("read.png", digit)
    service.row("read.png")
    assert waiting_in(tmp_path / "second") == ["left.png"]
    assert len(service.outbox.rows) == 1


def not_toml(service, _):
    service.config.write_text("[[inbox]\n")
    return "not valid TOML"


def no_file(service, _):
    service.config.unlink()
    return "cannot read the configuration"


def unknown_key(service, _):
    service.configure("[review]\ntreshold = 0.5")
    return "review.treshold"


def no_model(service, _):
    service.configure('[model]\npath = "none"')
    return "none"


def damaged_model(service, tmp_path):
    shutil.copytree(shipped_model(), tmp_path / "damaged")
    (tmp_path / "damaged" / "model.tflite").write_bytes(b"junk")
    service.configure('[model]\npath = "damaged"')
    return "model.tflite"


def another_outbox(service, _):
    service.configure(outbox="elsewhere")
    return "[outbox] path is now"


def inbox_that_is_a_file(service, tmp_path):
    (tmp_path / "file").touch()
    service.configure(inboxes=("inbox", "new", "file"))
    return "cannot make the folder"


@pytest.mark.parametrize(
    "harm",
    [
        not_toml,
        no_file,
        unknown_key,
        no_model,
        damaged_model,
        another_outbox,
        inbox_that_is_a_file,
    ],
)
def test_what_is_wrong_keeps_the_old_and_is_said_until_it_is_right(service, digit, tmp_path, harm):
    process = service.start(**QUICK)
    because = harm(service, tmp_path)
    assert because in service.reload("reload failed")
    assert "hint=" in process.log()
    assert "Traceback" not in process.log()
    condition = service.wait(lambda: (c := service.condition()).health is Health.DEGRADED and c, "it is degraded")
    assert because in condition.because[0]
    service.drop("a.png", digit)
    assert service.row("a.png")["status"] == "accepted"
    assert not (tmp_path / "elsewhere").exists()
    assert is_free(tmp_path / "new")
    service.configure()
    service.reload()
    service.wait(lambda: service.condition().health is Health.OK, "it is well")
    assert service.condition().pid == process.pid


@contextmanager
def a_listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_port_in_use_keeps_everything_as_it_was(service, digit, tmp_path):
    service.configure(inboxes=("inbox", "second"))
    service.start(**QUICK)
    with a_listener() as port:
        service.configure(f"[metrics]\nport = {port}", inboxes=("inbox", "third"))
        assert f"port = {port}" in service.reload("reload failed")
        assert is_free(tmp_path / "third")
        assert not is_free(tmp_path / "second")
        service.drop("a.png", digit, inbox=tmp_path / "second")
        service.row("a.png")
    service.reload()
    assert is_free(tmp_path / "second")


def test_inbox_that_another_has_is_refused_with_all_the_rest(service, digit, tmp_path):
    service.start(**QUICK)
    (tmp_path / "taken").mkdir()
    with FolderLock(tmp_path / "taken" / WORK_FOLDER, "the inbox"):
        service.configure("[review]\nthreshold = 1.0", inboxes=("new", "taken"))
        assert "another digitd works on" in service.reload("reload failed")
        assert is_free(tmp_path / "new")
        service.drop("a.png", digit)
        assert service.row("a.png")["status"] == "accepted"
    service.reload()
    service.drop("b.png", digit, inbox=tmp_path / "taken")
    assert service.row("b.png")["status"] == "review"


def test_reload_during_a_pause_is_applied_and_the_pause_goes_on(service, digit, outbox):
    process = service.start(**QUICK)
    away = outbox.path.with_name("away")
    outbox.path.rename(away)
    service.drop("a.png", digit)
    service.wait(lambda: "paused:" in process.log(), "it pauses")
    service.configure("[review]\nthreshold = 1.0")
    service.reload()
    service.wait(lambda: process.log().count("paused:") == 2, "the new session pauses too")
    away.rename(outbox.path)
    assert service.row("a.png")["reason"] == "low_confidence"
    service.wait(lambda: service.condition().health is Health.OK, "it is well")


def test_reload_that_fails_during_a_pause_leaves_the_pause(service, digit, outbox):
    process = service.start(**QUICK)
    away = outbox.path.with_name("away")
    outbox.path.rename(away)
    service.drop("a.png", digit)
    service.wait(lambda: "paused:" in process.log(), "it pauses")
    not_toml(service, None)
    service.reload("reload failed")
    away.rename(outbox.path)
    assert service.row("a.png")["status"] == "accepted"
    assert process.log().count("paused:") == 1


def everything_ended(service, number):
    return lambda: len(service.outbox.names("done")) == number


def test_reloads_in_a_burst_deliver_each_file_once(service, digit, tmp_path, stop):
    process = service.start()
    for number in range(120):
        service.drop(f"{number:03}.png", digit)
        if number % 30 == 0:
            process.send_signal(signal.SIGHUP)
    service.wait(everything_ended(service, 120), "all is done")
    service.wait(lambda: "reloaded" in process.log(), "it was reloaded")
    assert stop(process) == 0
    rows = service.outbox.rows
    assert [int(row["seq"]) for row in rows] == list(range(1, 121))
    assert len({row["file"] for row in rows}) == 120
    assert ledger_lines(service.outbox.path / ".state")[1:] == (0, 0)
    assert waiting_in(tmp_path / "inbox") == []
    assert all((service.outbox.path / row["annotated"]).is_file() for row in rows)


def test_inbox_that_is_removed_in_a_burst_and_added_again_has_each_file_once(service, digit, tmp_path):
    service.configure(inboxes=("inbox", "second"))
    service.start()
    for number in range(60):
        service.drop(f"{number:02}.png", digit, inbox=tmp_path / "second")
    service.wait(lambda: service.outbox.rows, "the first rows are there")
    service.configure()
    service.reload()
    assert is_free(tmp_path / "second")
    service.configure(inboxes=("inbox", "second"))
    service.reload()
    service.wait(everything_ended(service, 60), "all is done")
    rows = service.outbox.rows
    assert sorted(row["file"] for row in rows) == [f"{number:02}.png" for number in range(60)]
    assert [int(row["seq"]) for row in rows] == list(range(1, 61))


def test_hangup_while_starting_is_a_reload_once_it_runs(service, eventually, manager, tmp_path):
    command = [sys.executable, "-m", "digitd", "watch", "--config", str(service.config)]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, env=environment() | manager.environ)
    try:
        eventually((service.outbox.path / ".lock").exists, "it has begun")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "reloaded" in (tmp_path / "log").read_text(), "it was reloaded")
        heard = []
        eventually(lambda: heard.extend(manager.heard()) or heard.count("READY=1") == 2, "it is ready")
        kinds = [re.split("[=\n]", message)[0] for message in heard if "STATUS" not in message]
        assert [kind for kind in kinds if kind != "EXTEND_TIMEOUT_USEC"] == ["READY", "RELOADING", "READY"]
    finally:
        process.terminate()
        assert process.wait(60) == 0


def test_many_reloads_leave_nothing_behind(service, digit):
    process = service.start(**QUICK)

    def held():
        return len(os.listdir(f"/proc/{process.pid}/fd")), len(os.listdir(f"/proc/{process.pid}/task"))

    service.reload()
    before = held()
    for _ in range(5):
        service.reload()
    service.wait(lambda: held() <= before, "what a session held is given back")
    service.drop("a.png", digit)
    service.row("a.png")
