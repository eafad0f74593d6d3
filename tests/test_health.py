"""How a daemon is found from outside: well, in trouble, hung, or gone."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from digitd.errors import InputError
from digitd.health import Health, LedgerFacts, examine
from digitd.ledger import Ledger
from digitd.service.snapshot import Facts, Identity, InboxState, Snapshot, State, Totals
from digitd.service.status import HUNG_AFTER_S, STATUS_NAME, StatusFile, read_status
from tests.conftest import ROOT

WELL = Snapshot(
    identity=Identity(version="1", started=1e9, outbox="outbox", model="0123456789ab"),
    facts=Facts(state=State.WATCHING, inboxes=(InboxState(path="north"), InboxState(path="south", waiting=3))),
    totals=Totals(files=5),
)
SPEAKER = """
import sys, time
from pathlib import Path
from digitd.service.status import StatusFile
from tests.test_health import WELL
StatusFile(Path(sys.argv[1]), clock=lambda: time.monotonic() - float(sys.argv[2])).show(WELL)
print("said", flush=True)
time.sleep(600)
"""


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


@pytest.fixture
def say(state):
    """Return a function that writes the status file as this process, some time ago, with other facts or identity."""

    def write(*, seconds_ago=0.0, process=None, identity=None, **facts):
        file = StatusFile(state, clock=lambda: time.monotonic() - seconds_ago)
        file._process = replace(file._process, **process or {})
        said = replace(WELL.identity, **identity or {})
        file.show(replace(WELL, facts=replace(WELL.facts, **facts), identity=said))

    return write


@pytest.fixture
def speaker(state):
    """Yield a function that starts another process which writes the status file, some time ago, and then only lives."""
    started = []

    def start(seconds_ago=0.0):
        words = [sys.executable, "-c", SPEAKER, str(state), str(seconds_ago)]
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout.readline() == b"said\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_daemon_that_watches_is_well(say, state):
    say()
    condition = examine(state)
    assert (condition.health, condition.because, condition.state) == (Health.OK, (), "watching")
    assert (condition.pid, condition.snapshot) == (os.getpid(), WELL)
    assert condition.silent_s < 10


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"state": State.PAUSED, "trouble": "the outbox is full"}, "paused: the outbox is full"),
        ({"state": State.STARTING, "trouble": "the outbox is full"}, "paused: the outbox is full"),
        ({"state": State.STARTING}, "it is starting"),
        ({"state": State.STOPPING}, "it is stopping"),
        (
            {"inboxes": (InboxState(path="north"), InboxState(path="south", is_listed=False))},
            "the inbox south cannot be listed",
        ),
        (
            {"identity": {"reload_error": "no such model"}},
            "the last reload failed, so it goes on as before: no such model",
        ),
    ],
)
def test_daemon_that_waits_for_something_is_degraded_and_says_for_what(say, state, said, because):
    say(**said)
    condition = examine(state)
    assert (condition.health, condition.because) == (Health.DEGRADED, (because,))
    assert condition.pid == os.getpid()


def test_all_that_is_not_as_it_should_be_is_said(say, state):
    gone = tuple(replace(inbox, is_listed=False) for inbox in WELL.facts.inboxes)
    say(state=State.PAUSED, trouble="the outbox is full", inboxes=gone, identity={"reload_error": "no such model"})
    assert len(examine(state).because) == 4


def test_daemon_that_never_ran_is_dead(tmp_path, state):
    for folder in (tmp_path / "none", state):
        condition = examine(folder)
        assert (condition.health, condition.state, condition.pid) == (Health.DEAD, "not running", None)
        assert condition.because == (f"no digitd has run with {folder}",)


@pytest.mark.parametrize("content", [b"", b'{"process": {"pid": 1', b'{"mood": "good",\n"crc32": 1}'], ids=repr)
def test_status_that_cannot_be_understood_is_of_a_dead_daemon(state, content):
    (state / STATUS_NAME).write_bytes(content)
    condition = examine(state)
    assert condition.health is Health.DEAD
    assert condition.because == (f"{state / STATUS_NAME} cannot be understood",)


def test_daemon_that_was_stopped_is_dead_though_its_number_was_used_again(say, state):
    say(state=State.STOPPED)
    condition = examine(state)
    assert (condition.health, condition.because, condition.pid) == (Health.DEAD, ("it was stopped",), None)
    assert condition.snapshot is not None


def test_daemon_that_lives_is_known_from_another_process(speaker, state):
    process = speaker()
    assert (examine(state).health, examine(state).pid) == (Health.OK, process.pid)


@pytest.mark.parametrize("is_reaped", [True, False], ids=["gone", "zombie"])
def test_daemon_that_was_killed_is_dead_at_once(speaker, state, is_reaped):
    process = speaker()
    process.kill()
    if is_reaped:
        process.wait()
    else:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    condition = examine(state)
    assert (condition.health, condition.state, condition.pid) == (Health.DEAD, "not running", None)
    assert condition.because == (f"its process {process.pid} has ended without a word",)
    assert condition.snapshot == WELL


@pytest.mark.parametrize(
    "process",
    [
        {"start_ticks": 1},  # the number was used again
        {"pid": 2**22 + 1, "start_ticks": 1},  # more than Linux ever gives
        {"namespace": "pid:[1]", "boot": "another"},
    ],
    ids=["reused", "none", "other boot"],
)
def test_daemon_whose_process_is_another_is_dead(say, state, process):
    say(process=process)
    assert examine(state).health is Health.DEAD


def test_daemon_of_another_namespace_is_known_by_its_signs_of_life(say, state):
    say(process={"namespace": "pid:[1]", "pid": 2**22 + 1})
    assert examine(state).health is Health.OK
    say(process={"namespace": "pid:[1]", "pid": 2**22 + 1}, seconds_ago=HUNG_AFTER_S + 5)
    condition = examine(state)
    assert (condition.health, condition.state) == (Health.DEAD, "not running")


def test_daemon_that_gives_no_sign_of_life_is_hung(speaker, state):
    process = speaker(seconds_ago=HUNG_AFTER_S + 5)
    process.send_signal(signal.SIGSTOP)
    condition = examine(state)
    assert (condition.health, condition.state, condition.pid) == (Health.DEAD, "hung", process.pid)
    (because,) = condition.because
    assert f"process {process.pid} is there and has given no sign of life for 6" in because
    assert condition.silent_s >= HUNG_AFTER_S + 5


def test_daemon_that_was_silent_for_a_while_is_well(say, state):
    say(seconds_ago=HUNG_AFTER_S - 10)
    assert examine(state).health is Health.OK


def test_beat_of_an_earlier_boot_is_no_negative_silence(say, state):
    say(seconds_ago=-1000.0)
    assert examine(state).silent_s == 0.0


def test_ledger_is_told_whoever_runs(say, state):
    with Ledger.open(state) as ledger:
        ledger.claim([(state, "a.png", "1:2:3:4:5")])
    told = LedgerFacts(rows=0, in_work=1, pictures_owed=0)
    assert examine(state).ledger == told
    say(state=State.STOPPED)
    assert examine(state).ledger == told


def test_ledger_that_is_in_use_can_be_told_and_holds_nobody_up(say, state):
    say()
    with Ledger.open(state):
        holder = sqlite3.connect(state / Ledger.NAME, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert examine(state).health is Health.OK
        assert time.monotonic() - began < 5
        holder.close()


def test_ledger_that_is_damaged_degrades_a_daemon_that_lives(say, state):
    say()
    (state / Ledger.NAME).write_bytes(b"junk" * 1000)
    condition = examine(state)
    assert (condition.health, condition.ledger) == (Health.DEGRADED, None)
    assert Ledger.NAME in condition.because[0]


def test_looking_changes_nothing_that_is_there(say, state):
    say()
    Ledger.open(state).close()
    before = {path.name: path.read_bytes() for path in state.iterdir()}
    examine(state)
    after = {path.name: path.read_bytes() for path in state.iterdir()}
    assert before.items() <= after.items()  # SQLite leaves empty files of its own beside the ledger


def test_members_are_what_json_can_hold(say, state):
    say(state=State.PAUSED, trouble="the outbox is full")
    members = json.loads(json.dumps(examine(state).members()))
    assert (members["health"], members["state"]) == ("degraded", "paused")
    assert members["because"] == ["paused: the outbox is full"]
    assert Snapshot.from_dict(members["snapshot"]) == read_status(state).snapshot


def test_state_folder_that_may_not_be_read_is_an_error(say, state, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    say()
    monkeypatch.setattr("digitd.service.status.os.open", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        examine(state)
