"""The history of a daemon and its picture, with clocks that a test sets and a real process that draws."""

import io
import logging
import multiprocessing
import os
import signal
from datetime import UTC, datetime

import pytest
from PIL import Image

from digitd.daemon.chronicle import Chronicle
from digitd.service.history import load_history
from digitd.service.throughput import Sample
from digitd.values import Status

BEGAN = datetime(2026, 11, 26, 12, 0, tzinfo=UTC).timestamp()
EVERY_S = 300.0
A_FILE = Sample(statuses=(Status.ACCEPTED,), latency_s=0.2, waited_s=0.1, read_s=0.1, at=BEGAN, is_failed=False)


def nothing():
    """Set up nothing."""


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class Folders:
    """A state folder and an outbox, with clocks beside them."""

    def __init__(self, path):
        self.state, self.outbox = path / "state", path / "outbox"
        self.passed_s = 0.0
        for folder in (self.state, self.outbox):
            folder.mkdir()

    def chronicle(self, *, every_s=EVERY_S, begin=nothing):
        return Chronicle(
            self.state,
            self.outbox,
            every_s=every_s,
            begin=begin,
            wall=lambda: BEGAN + self.passed_s,
            monotonic=lambda: self.passed_s,
        )

    @property
    def picture(self):
        return self.outbox / "throughput.png"

    @property
    def saved(self):
        return load_history(self.state / "history.json", now=BEGAN + self.passed_s)


@pytest.fixture
def folders(tmp_path):
    return Folders(tmp_path)


@pytest.fixture
def chronicle(folders):
    made = folders.chronicle()
    yield made
    made.close()


@pytest.fixture
def drawn(folders, eventually):
    """Return a function that lets a time pass, and then lets the chronicle go on until nothing draws."""

    def wait(chronicle, passed_s=EVERY_S):
        folders.passed_s += passed_s
        chronicle.go_on()
        eventually(lambda: (chronicle.go_on(), not multiprocessing.active_children())[-1], "the drawing has ended")
        chronicle.go_on()

    return wait


def test_picture_is_drawn_in_its_turn_when_there_is_news(folders, chronicle, drawn):
    chronicle.add(A_FILE)
    folders.passed_s += EVERY_S - 1
    chronicle.go_on()
    assert multiprocessing.active_children() == []
    drawn(chronicle, 1)
    with Image.open(io.BytesIO(folders.picture.read_bytes())) as image:
        assert image.size == (1200, 800)
    assert sum(minute.files for minute in folders.saved) == 1


def test_nothing_is_drawn_without_news(folders, chronicle, drawn):
    chronicle.note(backlog=0, oldest_s=0.0)
    drawn(chronicle)
    assert not folders.picture.exists()
    chronicle.note(backlog=3, oldest_s=0.0)
    drawn(chronicle)
    folders.picture.unlink()
    chronicle.note(backlog=3, oldest_s=300.0)
    drawn(chronicle)
    assert not folders.picture.exists()


def test_quiet_minutes_are_kept_though_nothing_is_drawn(folders, chronicle, drawn):
    drawn(chronicle)
    assert len(folders.saved) == 6


def test_caller_does_not_wait_for_the_drawing(folders, chronicle, drawn):
    chronicle.add(A_FILE)
    folders.passed_s += EVERY_S
    chronicle.go_on()
    assert len(multiprocessing.active_children()) == 1
    assert not folders.picture.exists()
    chronicle.add(A_FILE)
    folders.passed_s += EVERY_S
    chronicle.go_on()
    assert len(multiprocessing.active_children()) == 1  # the first one draws
    drawn(chronicle)
    assert folders.picture.exists()


def test_nothing_is_drawn_where_that_is_not_wanted(folders, drawn):
    chronicle = folders.chronicle(every_s=0)
    chronicle.add(A_FILE)
    drawn(chronicle, 10_000)
    chronicle.close()
    assert not folders.picture.exists()
    assert sum(minute.files for minute in folders.saved) == 1


def test_time_to_the_next_turn_is_told(folders, chronicle):
    folders.passed_s += 100
    assert chronicle.due_in_s() == EVERY_S - 100
    chronicle.configure(every_s=60, begin=nothing)
    assert chronicle.due_in_s() == 0


def test_closing_keeps_what_a_later_one_goes_on_with(folders):
    first = folders.chronicle()
    first.add(A_FILE)
    first.close()
    folders.passed_s += 1800
    second = folders.chronicle()
    second.add(A_FILE)
    second.close()
    assert [minute.files for minute in folders.saved] == [1, 1]
    assert folders.saved[1].number - folders.saved[0].number == 30


def test_closing_ends_the_process_that_draws(folders):
    chronicle = folders.chronicle()
    chronicle.add(A_FILE)
    folders.passed_s += EVERY_S
    chronicle.go_on()
    chronicle.close()
    assert multiprocessing.active_children() == []


@pytest.fixture
def warnings(caplog):
    """Return a function that tells what was warned of since it was last called."""
    caplog.set_level(logging.WARNING)

    def told():
        messages = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return messages

    return told


def test_outbox_that_is_gone_is_told_once_not_made_and_drawn_to_once_it_is_back(folders, chronicle, drawn, warnings):
    folders.outbox.rmdir()
    chronicle.add(A_FILE)
    drawn(chronicle)
    (message,) = warnings()
    assert str(folders.picture) in message
    drawn(chronicle)
    assert warnings() == []
    assert not folders.outbox.exists()
    folders.outbox.mkdir()
    drawn(chronicle)
    assert folders.picture.exists()
    folders.outbox.rename(folders.outbox.with_name("elsewhere"))
    chronicle.add(A_FILE)
    drawn(chronicle)
    assert len(warnings()) == 1


def test_state_folder_that_is_gone_is_told_once(folders, chronicle, drawn, warnings):
    folders.state.rmdir()
    folders.state.write_bytes(b"no folder")
    chronicle.add(A_FILE)
    drawn(chronicle)
    drawn(chronicle)
    (message,) = warnings()
    assert "history.json" in message
    assert not folders.picture.exists()


def test_process_that_dies_is_told_once_and_tried_again(folders, drawn, warnings):
    chronicle = folders.chronicle(begin=die)
    chronicle.add(A_FILE)
    drawn(chronicle)
    drawn(chronicle)
    (message,) = warnings()
    assert "has ended" in message
    chronicle.configure(every_s=EVERY_S, begin=nothing)
    drawn(chronicle)
    chronicle.close()
    assert folders.picture.exists()


def test_process_that_cannot_be_started_is_told_once_and_tried_again(folders, chronicle, drawn, warnings, monkeypatch):
    def refuse(*_):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as patched:
        patched.setattr("multiprocessing.context.SpawnProcess.start", refuse)
        chronicle.add(A_FILE)
        drawn(chronicle)
        drawn(chronicle)
    (message,) = warnings()
    assert "cannot start a process" in message
    drawn(chronicle)
    assert folders.picture.exists()


def test_what_a_killed_process_was_writing_is_removed(folders):
    left = [folder / ".digitd-0123456789abcdef.tmp" for folder in (folders.state, folders.outbox)]
    for path in left:
        path.write_bytes(b"half")
    folders.chronicle().close()
    assert not any(path.exists() for path in left)


def test_damaged_history_begins_anew(folders, warnings):
    (folders.state / "history.json").write_bytes(b"{")
    chronicle = folders.chronicle()
    assert len(warnings()) == 1
    chronicle.close()
    assert len(folders.saved) == 1
