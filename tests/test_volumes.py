"""Rows over several files: whatever happens between, each row is in one of them, once, and in order."""

import logging
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitd import failpoints
from digitd.errors import OutputError
from digitd.failpoints import ROTATION
from digitd.ledger import Closed, Ledger, Verdict
from digitd.projection import CsvProjection
from digitd.rows import Row, day_of, header
from digitd.values import Reading, Status

FIRST_DAY = datetime(2026, 11, 26, 23, 59, 59, 999_000, tzinfo=UTC)


class Crash(BaseException):
    """The process ends here."""


class Outbox:
    """What outlives a process: the files and the ledger; it is reopened by `restart`."""

    def __init__(self, folder):
        self.folder = folder
        self.current = folder / "predictions.csv"
        self.ledger = None
        self.restart()

    def restart(self, *, rotates_daily=True):
        self.close()
        self.ledger = Ledger.open(self.folder / ".state")
        self.csv = CsvProjection(self.current, self.ledger, rotates_daily=rotates_daily)

    def close(self):
        if self.ledger:
            self.ledger.close()
            self.ledger = None

    def commit(self, day, rows=1):
        (delivery,) = self.ledger.claim([(Path("/inbox"), "a.png", "1")])
        reading = Reading(page=1, value="7", confidence=0.9, status=Status.ACCEPTED)
        moment = FIRST_DAY + timedelta(days=day)
        row = Row(time=moment, file="a.png", reading=reading, sha256="", model="", annotated="")
        self.ledger.commit([Verdict(delivery=delivery, rows=(row,) * rows, reason="", detail="")])

    def deliver(self, day, rows=1):
        self.commit(day, rows)
        self.csv.catch_up()

    @property
    def lines(self):
        return [line for _, line in self.ledger.lines_after(0, at_most=10**6)]

    @property
    def names(self):
        return sorted(path.name for path in self.folder.glob("*.csv*"))

    def check(self):
        """Check that the files hold the ledger's rows, and are recorded as they are."""
        seq = 0
        for closed in self.ledger.closed.all():
            assert closed.first_seq == seq + 1
            rows = self.lines[seq : closed.last_seq]
            content = (self.folder / closed.name).read_bytes()
            assert content == header() + b"".join(rows)
            assert closed.size_bytes == len(content)
            assert f"predictions-{day_of(rows[-1])}" in closed.name
            seq = closed.last_seq
        content = header() + b"".join(self.lines[seq:])
        assert self.current.read_bytes() == content
        assert self.ledger.projected() == (len(self.lines), len(content))


@pytest.fixture
def outbox(tmp_path):
    opened = Outbox(tmp_path)
    yield opened
    opened.close()


def test_row_of_another_day_closes_the_file_under_the_date_of_its_last_row(outbox, caplog):
    caplog.set_level(logging.INFO, "digitd")
    outbox.deliver(0, rows=2)
    inode = outbox.current.stat().st_ino
    outbox.deliver(1)
    assert outbox.names == ["predictions-2026-11-26.csv", "predictions.csv"]
    (closed,) = outbox.ledger.closed.all()
    assert (closed.first_seq, closed.last_seq) == (1, 2)
    assert (outbox.folder / closed.name).stat().st_ino == inode
    assert [line.split(b",")[0] for line in outbox.current.read_bytes().splitlines()] == [b"seq", b"3"]
    assert "is closed" in caplog.text
    outbox.check()


def test_file_goes_on_while_the_day_is_the_same(outbox):
    for _ in range(3):
        outbox.deliver(0)
    outbox.restart()
    outbox.deliver(0)
    assert outbox.names == ["predictions.csv"]
    outbox.check()


def test_rows_of_several_days_that_were_not_written_yet_are_parted(outbox):
    for day in (0, 0, 1, 2):
        outbox.commit(day)
    outbox.csv.catch_up()
    assert outbox.names == ["predictions-2026-11-26.csv", "predictions-2026-11-27.csv", "predictions.csv"]
    outbox.check()


def test_file_is_never_closed_unless_asked_to(outbox):
    outbox.restart(rotates_daily=False)
    outbox.deliver(0)
    outbox.deliver(5)
    outbox.csv.end_day(FIRST_DAY + timedelta(days=9))
    assert outbox.names == ["predictions.csv"]


def test_day_that_is_over_is_closed_without_a_new_row(outbox):
    outbox.deliver(0)
    outbox.csv.end_day(FIRST_DAY)
    assert outbox.names == ["predictions.csv"]
    outbox.csv.end_day(FIRST_DAY + timedelta(seconds=1))
    assert outbox.names == ["predictions-2026-11-26.csv", "predictions.csv"]
    assert outbox.current.read_bytes() == header()
    outbox.csv.end_day(FIRST_DAY + timedelta(days=5))
    assert len(outbox.names) == 2, "a file without rows is not closed"
    outbox.deliver(6)
    assert len(outbox.names) == 2
    outbox.check()


def test_day_that_ended_while_digitd_was_stopped_is_closed_after_the_start(outbox):
    outbox.deliver(0)
    outbox.restart()
    outbox.csv.catch_up()
    outbox.csv.end_day(FIRST_DAY + timedelta(days=2))
    assert outbox.names == ["predictions-2026-11-26.csv", "predictions.csv"]
    outbox.check()


def test_days_are_those_of_utc(outbox):
    outbox.deliver(0)
    outbox.csv.end_day(datetime.fromisoformat("2026-11-27T08:59:59+09:00"))
    assert outbox.names == ["predictions.csv"]
    outbox.csv.end_day(datetime.fromisoformat("2026-11-26T19:00:00-05:00"))
    assert len(outbox.names) == 2


def test_nothing_is_read_or_written_until_a_day_is_over(outbox, monkeypatch):
    outbox.deliver(0)
    outbox.close()
    monkeypatch.setattr(Path, "stat", lambda *_: pytest.fail("it looks at the file"))
    outbox.csv.end_day(FIRST_DAY)


def test_clock_that_was_set_back_does_not_close_a_day_that_is_to_come(outbox):
    outbox.deliver(3)
    outbox.csv.end_day(FIRST_DAY)
    assert outbox.names == ["predictions.csv"]


def test_name_that_is_taken_gets_a_number(outbox):
    (outbox.folder / "predictions-2026-11-27.csv").write_text("mine")
    for day in (1, 0, 1, 0):  # a clock that goes back and forth
        outbox.deliver(day)
    (outbox.folder / "predictions-2026-11-26.csv").rename(outbox.folder / "archived")
    outbox.deliver(1)
    assert [closed.name for closed in outbox.ledger.closed.all()] == [
        "predictions-2026-11-27-2.csv",
        "predictions-2026-11-26.csv",
        "predictions-2026-11-27-3.csv",
        "predictions-2026-11-26-2.csv",
    ]
    (outbox.folder / "archived").rename(outbox.folder / "predictions-2026-11-26.csv")
    assert (outbox.folder / "predictions-2026-11-27.csv").read_text() == "mine"
    outbox.check()


@pytest.mark.parametrize("change", ["edited", "removed", "cut"])
def test_current_file_that_was_harmed_is_written_anew_from_where_it_begins(outbox, change):
    outbox.deliver(0)
    outbox.deliver(1, rows=2)
    closed = outbox.folder / "predictions-2026-11-26.csv"
    before = closed.stat()
    match change:
        case "edited":
            outbox.current.write_bytes(outbox.current.read_bytes().replace(b",7,0.9", b",1,0.9"))
        case "removed":
            outbox.current.unlink()
        case "cut":
            os.truncate(outbox.current, 50)
    outbox.restart()
    outbox.deliver(1)
    outbox.check()
    assert (closed.stat().st_ino, closed.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert ("predictions.csv.damaged-1" in outbox.names) == (change != "removed")


def test_ledger_of_before_there_was_rotation_goes_on_with_its_file(outbox):
    outbox.deliver(0)
    outbox.close()
    since = ("closed", "held", "page", "form_delivery", "form_file", "form_time")
    with closing(sqlite3.connect(outbox.folder / ".state" / "ledger.sqlite3")) as connection:
        connection.executescript("".join(f"DROP TABLE {table};" for table in since))
        connection.executescript("DROP INDEX owed_pictures; PRAGMA user_version = 4;")
    outbox.restart()
    outbox.deliver(0)
    assert outbox.names == ["predictions.csv"]
    outbox.deliver(1)
    assert outbox.names == ["predictions-2026-11-26.csv", "predictions.csv"]
    outbox.check()


def test_rotation_that_is_switched_off_goes_on_with_the_current_file(outbox):
    outbox.deliver(0)
    outbox.deliver(1)
    outbox.restart(rotates_daily=False)
    outbox.deliver(2)
    assert outbox.names == ["predictions-2026-11-26.csv", "predictions.csv"]
    outbox.check()


def test_file_of_many_days_is_closed_whole_once_rotation_is_switched_on(outbox):
    outbox.restart(rotates_daily=False)
    outbox.deliver(0)
    outbox.deliver(1)
    outbox.restart()
    outbox.deliver(2)
    assert outbox.names == ["predictions-2026-11-27.csv", "predictions.csv"]
    outbox.check()


def test_line_that_a_killed_process_began_is_completed_before_the_file_is_closed(outbox):
    outbox.deliver(0)
    outbox.commit(1)
    outbox.commit(2)
    with outbox.current.open("ab") as file:  # appended by a digitd that did not rotate
        file.write(outbox.lines[1][:20])
    outbox.restart()
    outbox.csv.catch_up()
    assert outbox.names == ["predictions-2026-11-27.csv", "predictions.csv"]
    outbox.check()


@pytest.mark.parametrize("current", ["absent", "header"])
def test_closed_files_of_a_lost_ledger_are_not_taken_for_a_new_beginning(outbox, current):
    outbox.deliver(0)
    outbox.csv.end_day(FIRST_DAY + timedelta(days=1))
    if current == "absent":
        outbox.current.unlink()
    outbox.close()
    shutil.rmtree(outbox.folder / ".state")
    outbox.restart()
    with pytest.raises(OutputError, match=r"predictions-2026-11-26\.csv has rows that the ledger does not know"):
        outbox.csv.catch_up()
    (outbox.folder / "predictions-2026-11-26.csv").unlink()
    outbox.csv.catch_up()


def test_file_that_cannot_be_renamed_is_closed_later(outbox, monkeypatch):
    outbox.deliver(0)

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    outbox.commit(1)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        for _ in range(2):
            with pytest.raises(OutputError, match="Operation not permitted"):
                outbox.csv.catch_up()
    outbox.csv.catch_up()
    assert outbox.names == ["predictions-2026-11-26.csv", "predictions.csv"]
    outbox.check()


def test_name_that_somebody_takes_at_the_last_moment_is_not_overwritten(outbox, monkeypatch):
    outbox.deliver(0)
    outbox.commit(1)
    taken = outbox.folder / "predictions-2026-11-26.csv"
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "reach", lambda point: taken.write_text("mine") if point == "closing" else None)
        with pytest.raises(OutputError, match="will not overwrite"):
            outbox.csv.catch_up()
    outbox.csv.catch_up()
    assert taken.read_text() == "mine"
    assert [closed.name for closed in outbox.ledger.closed.all()] == ["predictions-2026-11-26-2.csv"]
    outbox.check()


def test_file_that_is_only_going_to_be_closed_does_not_count(outbox):
    outbox.deliver(0)
    closed = Closed(name="x.csv", first_seq=1, last_seq=1, size_bytes=9)
    outbox.ledger.closed.begin(closed)
    assert (outbox.ledger.closed.all(), outbox.ledger.closed.last_seq()) == ([], 0)
    assert outbox.ledger.closed.closing() == closed
    outbox.ledger.closed.withdraw(closed)
    assert outbox.ledger.closed.closing() is None


@pytest.mark.parametrize("is_idle", [True, False])
@pytest.mark.parametrize("point", ROTATION)
def test_crash_while_a_file_is_closed(outbox, monkeypatch, point, is_idle):
    outbox.deliver(0, rows=2)
    if not is_idle:
        outbox.commit(1)
    go_on = partial(outbox.csv.end_day, FIRST_DAY + timedelta(days=1)) if is_idle else outbox.csv.catch_up
    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "reach", crash_at(lambda name: name == point, 1))
        with pytest.raises(Crash):
            go_on()
    outbox.restart()
    outbox.csv.catch_up()
    outbox.csv.end_day(FIRST_DAY + timedelta(days=1))
    assert outbox.names == ["predictions-2026-11-26.csv", "predictions.csv"]
    outbox.check()


def crash_at(counts, number):
    """Return what a failpoint calls, to end the process when it has been called so often with what counts."""
    reached = count(1)

    def reach(name):
        if counts(name) and next(reached) == number:
            raise Crash

    return reach


def torn_write(number):
    """Return an `os.write` that ends the process in the middle of the n-th append."""
    write, called = os.write, count(1)

    def tear(descriptor, content):
        if next(called) == number:
            write(descriptor, content[: len(content) // 2])
            raise Crash
        return write(descriptor, content)

    return tear


STEPS = st.one_of(
    st.tuples(st.just("deliver"), st.integers(0, 4), st.integers(0, 3)),
    st.tuples(st.just("end_day"), st.integers(0, 5)),
    st.tuples(st.just("restart"), st.booleans()),
    st.tuples(st.just("remove")),
    st.tuples(st.just("edit")),
)
CRASHES = st.one_of(st.none(), st.tuples(st.just("point"), st.integers(1, 12)), st.tuples(st.just("torn"), st.just(1)))


@settings(max_examples=150)
@given(steps=st.lists(st.tuples(STEPS, CRASHES), max_size=14))
def test_rows_of_all_files_are_those_of_the_ledger_after_any_days_and_crashes(tmp_path_factory, steps):
    outbox = Outbox(tmp_path_factory.mktemp("outbox"))
    left = {}
    for (what, *words), crash in steps:
        with pytest.MonkeyPatch.context() as patch:
            if crash and crash[0] == "point":
                patch.setattr(failpoints, "reach", crash_at(lambda _: True, crash[1]))
            elif crash:
                patch.setattr("os.write", torn_write(crash[1]))
            try:
                perform(outbox, what, *words)
            except Crash:
                patch.undo()
                outbox.restart()
        for closed in outbox.ledger.closed.all():
            status = (outbox.folder / closed.name).stat()
            assert left.setdefault(closed.name, (status.st_ino, status.st_mtime_ns)) == (
                status.st_ino,
                status.st_mtime_ns,
            )
    outbox.restart()
    outbox.csv.catch_up()
    outbox.check()
    outbox.close()


def perform(outbox, what, *words):
    """Let one thing happen to an outbox."""
    match what:
        case "deliver":
            outbox.deliver(*words)
        case "end_day":
            outbox.csv.end_day(FIRST_DAY + timedelta(days=words[0]))
        case "restart":
            outbox.restart(rotates_daily=words[0])
        case "remove":
            outbox.current.unlink(missing_ok=True)
        case "edit":
            with suppress(FileNotFoundError):
                outbox.current.write_bytes(outbox.current.read_bytes().replace(b",7,", b",1,"))
