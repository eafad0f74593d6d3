"""``digitd status`` and ``digitd health``: for people, for scripts, and on a terminal."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from digitd.cli import run
from digitd.cli.status import _span
from digitd.ledger import Ledger
from digitd.service.snapshot import Facts, Identity, InboxState, Snapshot, State, Totals
from digitd.service.status import HUNG_AFTER_S, StatusFile
from tests.conftest import environment

WELL = Snapshot(
    identity=Identity(
        version="1.2", started=time.time() - 91_800, config="/etc/digitd.toml", outbox="out", model="abc"
    ),
    facts=Facts(
        state=State.WATCHING,
        inboxes=(InboxState(path="north", waiting=1234, oldest_s=90.0), InboxState(path="south", is_listed=False)),
    ),
    totals=Totals(
        files=5000,
        failed=2,
        readings={"accepted": 4990, "review": 8, "failed": 2},
        files_per_s=12.34,
        p50_ms=250.4,
        p95_ms=65_000.0,
        last_success=time.time() - 5,
    ),
)
CALM = replace(WELL, facts=Facts(state=State.WATCHING, inboxes=(InboxState(path="north"),)))


@pytest.fixture
def say(outbox):
    """Return a function that writes the status file of the outbox as this process, some time ago."""

    def write(snapshot, seconds_ago=0.0):
        state = outbox.path / ".state"
        state.mkdir(parents=True, exist_ok=True)
        StatusFile(state, clock=lambda: time.monotonic() - seconds_ago).show(snapshot)

    return write


@pytest.fixture
def ask(outbox, capsys):
    """Return a function that runs a command on the outbox and returns its exit code and what it says."""

    def execute(command, *words):
        code = run([command, "--outbox", str(outbox.path), *words])
        return code, capsys.readouterr().out

    return execute


def troubled(**facts):
    return replace(CALM, facts=replace(CALM.facts, **facts))


def test_health_is_a_line_and_an_exit_code(say, ask):
    say(CALM)
    assert ask("health") == (0, "ok: watching; 5000 files read, 2 of them failed; 0 waiting\n")
    say(troubled(state=State.PAUSED, trouble="the outbox is full", hint="make room"))
    assert ask("health") == (1, "degraded: paused: the outbox is full\n")
    say(troubled(inboxes=(InboxState(path="north", is_listed=False),)))
    assert ask("health") == (1, "degraded: the inbox north cannot be listed\n")
    say(replace(CALM, identity=replace(CALM.identity, reload_error="no such model")))
    assert ask("health") == (1, "degraded: the last reload failed, so it goes on as before: no such model\n")
    say(CALM, seconds_ago=HUNG_AFTER_S + 9.9)
    code, said = ask("health")
    assert (code, said[:6], said.count("\n")) == (2, "dead: ", 1)
    say(troubled(state=State.STOPPED))
    assert ask("health") == (2, "dead: it was stopped\n")


def test_health_of_what_never_ran_is_dead(outbox, ask):
    assert ask("health") == (2, f"dead: no digitd has run with {outbox.path / '.state'}\n")


@pytest.mark.parametrize("command", ["health", "status"])
def test_state_folder_that_may_not_be_read_is_said_with_a_way_out(outbox, digitd, command):
    outbox.path.mkdir()
    (outbox.path / ".state").touch()
    ended = digitd(command, "--outbox", outbox.path)
    assert ended.returncode == 5
    assert "cannot read" in ended.stderr
    assert "hint: ask as root" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_state_folder_of_another_user_is_said_with_a_way_out(say, outbox, bound_by_modes):
    say(CALM)
    (outbox.path / ".state").chmod(0)
    command = [*bound_by_modes, sys.executable, "-m", "digitd", "health", "--outbox", str(outbox.path)]
    ended = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    (outbox.path / ".state").chmod(0o755)
    assert ended.returncode == 5, ended.stderr
    assert "Permission denied" in ended.stderr


def test_status_is_a_table_of_what_a_person_asks(say, ask, outbox):
    Ledger.open(outbox.path / ".state").close()
    say(replace(WELL, identity=replace(WELL.identity, started=time.time() - 91_800)))
    code, said = ask("status")
    assert code == 0
    table = [(line[:13].strip(), line[14:]) for line in said.splitlines()]
    assert dict(table[:2]) == {"health": "degraded", "": "the inbox south cannot be listed"}
    assert ("state", f"watching, process {os.getpid()}") in table
    assert [value for name, value in table if name == "inbox"] == [
        "north  1,234 waiting, oldest 1 min 30 s",
        "south  cannot be listed",
    ]
    assert ("watching by", "events") in table
    assert ("read", "5,000 files, 2 of them failed; rows: 4,990 accepted, 8 review, 0 blank, 2 failed") in table
    assert ("last minute", "12.3 files a second; row after 250 ms (p50), 1 min 5 s (p95)") in table
    assert ("started", "1 d 1 h ago, digitd 1.2, model abc") in table
    assert ("configured", "/etc/digitd.toml") in table
    assert ("ledger", "0 rows, 0 files in work, 0 pictures owed") in table


def test_status_says_what_to_do(say, ask):
    say(troubled(state=State.PAUSED, trouble="the outbox is full", hint="make room"))
    lines = ask("status")[1].splitlines()
    assert f"{'to do':<13} make room" in lines


def test_status_says_why_inboxes_are_listed_instead(say, ask):
    say(troubled(watch_mode="listing", watch_because="other machines may write to north"))
    assert "listing every second: other machines may write to north" in ask("status")[1]


def test_status_of_one_that_is_gone_says_only_what_still_holds(say, ask):
    say(troubled(state=State.STOPPED, trouble="the outbox is full", hint="make room"))
    code, said = ask("status")
    assert code == 0
    assert said.startswith("health        dead\n              it was stopped\n")
    assert "5,000 files" in said
    for past in ("waiting", "make room", "watching by", "process"):
        assert past not in said


def test_status_of_what_never_ran_is_short(ask):
    code, said = ask("status")
    assert (code, len(said.splitlines())) == (0, 3)


def test_json_is_one_object_with_members_to_rely_on(say, ask, outbox):
    Ledger.open(outbox.path / ".state").close()
    say(WELL)
    code, said = ask("status", "--json")
    found = json.loads(said)
    assert code == 0
    assert found.keys() == {"health", "because", "state", "pid", "silent_s", "ledger", "snapshot"}
    assert (found["health"], found["state"], found["pid"]) == ("degraded", "watching", os.getpid())
    assert found["ledger"].keys() == {"rows", "in_work", "pictures_owed"}
    assert found["snapshot"].keys() == {"identity", "facts", "totals"}
    assert found["snapshot"]["facts"]["inboxes"][0] == {
        "path": "north",
        "is_listed": True,
        "waiting": 1234,
        "oldest_s": 90.0,
    }
    assert found["snapshot"]["totals"]["readings"]["accepted"] == 4990


def test_json_has_the_same_members_where_nothing_is_known(ask):
    found = json.loads(ask("status", "--json")[1])
    assert found.keys() == {"health", "because", "state", "pid", "silent_s", "ledger", "snapshot"}
    assert (found["health"], found["snapshot"], found["ledger"], found["pid"]) == ("dead", None, None, None)


@pytest.mark.parametrize("words", [["health"], ["status"], ["status", "--json"]], ids=" ".join)
def test_names_that_are_not_utf8_or_steer_a_terminal_can_be_told(say, digitd, outbox, words):
    odd = os.fsdecode(b"/srv/\xff\x1b[2J\n")
    say(
        replace(troubled(inboxes=(InboxState(path=odd, is_listed=False),)), identity=replace(CALM.identity, outbox=odd))
    )
    ended = digitd(*words, "--outbox", outbox.path)
    assert ended.returncode == (1 if words == ["health"] else 0), ended.stderr
    assert "\x1b" not in ended.stdout
    if "--json" in words:
        assert json.loads(ended.stdout)["snapshot"]["identity"]["outbox"] == odd
    else:
        assert r"/srv/\xff" in ended.stdout


@contextmanager
def on_a_terminal(outbox, *words, **variables):
    """Run ``digitd status`` on a terminal; yield its process, and a function that returns what it shows next."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "digitd", "status", "--outbox", str(outbox.path), *words]
    env = {key: value for key, value in environment().items() if key != "NO_COLOR"} | variables
    with subprocess.Popen(command, stdout=its, stderr=subprocess.PIPE, text=True, env=env) as process:
        os.close(its)

        def shown():
            try:
                return os.read(ours, 4096).decode()
            except OSError:  # EIO: the program has ended
                return ""

        yield process, shown
        process.kill()
    os.close(ours)


@pytest.mark.parametrize(("variables", "colour"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["wanted", "unwanted"])
def test_terminal_gets_colour_unless_it_is_unwanted(say, outbox, variables, colour):
    say(WELL)
    with on_a_terminal(outbox, **variables) as (process, shown):
        said = "".join(iter(shown, ""))
        assert process.wait(60) == 0, process.stderr.read()
    assert "5,000 files" in said
    assert ("\x1b[33m" in said, "\x1b" in said) == (colour, colour)


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}], ids=["colour", "none"])
def test_watched_status_is_shown_in_the_same_place_until_ctrl_c(say, outbox, eventually, variables):
    say(WELL)
    said = []
    with on_a_terminal(outbox, "--watch", **variables) as (process, shown):
        eventually(lambda: said.append(shown()) or "".join(said).count("5,000 files") == 2, "it is shown twice")
        process.send_signal(signal.SIGINT)
        complaint = process.stderr.read()
        assert process.wait(60) == 130
    assert "".join(said).count("\x1b[H\x1b[2J") == 2
    assert complaint.split() == ["digitd:", "interrupted"]


def test_watched_json_is_a_line_each_time(say, outbox):
    say(WELL)
    command = [sys.executable, "-m", "digitd", "status", "--outbox", str(outbox.path), "--watch", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert lines[1]["silent_s"] > lines[0]["silent_s"]
    assert (process.returncode, complaint.split()) == (130, [b"digitd:", b"interrupted"])


def test_watched_status_ends_with_its_reader(say, outbox):
    say(WELL)
    command = [sys.executable, "-m", "digitd", "status", "--outbox", str(outbox.path), "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read().decode()
        process.wait(60)
    assert "Traceback" not in complaint


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.6, "1 min 0 s"), (3599, "59 min 59 s"), (3660, "1 h 1 min"), (90_000, "1 d 1 h"), (-5, "0 s")],
)
def test_spans_of_time_are_told_in_their_two_largest_units(seconds, words):
    assert _span(seconds) == words
