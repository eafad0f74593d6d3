import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.service.history import DAY_MINUTES, History, load_history, save_history
from digitd.service.throughput import Sample
from digitd.values import Minute, Status

MINUTE = 1_000_000
"""Of the wall clock, where a test begins."""


def at(minute, second=0):
    return (MINUTE + minute) * 60 + second


def a_file(latency_s=0.2, *, readings=1, is_failed=False):
    return Sample(
        statuses=(Status.FAILED if is_failed else Status.ACCEPTED,) * readings,
        latency_s=latency_s,
        waited_s=0.0,
        read_s=0.0,
        at=0.0,
        is_failed=is_failed,
    )


@pytest.fixture
def history():
    made = History()
    made.turn(at(0), 0)
    return made


def numbers(history):
    return [minute.number - MINUTE for minute in history.minutes()]


def test_minute_sums_up_its_files(history):
    for latency_s in (0.1, 0.2, 0.3, 0.4):
        history.add(a_file(latency_s, readings=2))
    history.add(a_file(9.0, is_failed=True))
    history.note(backlog=7, oldest_s=3.5)
    history.note(backlog=0, oldest_s=0.0)
    history.turn(at(1), 60)
    assert history.minutes()[0] == Minute(
        number=MINUTE, files=5, readings=9, failed=1, backlog=7, oldest_s=3.5, p50_s=0.3, p95_s=9.0
    )


def test_minute_that_goes_on_is_told_as_far_as_it_is_known(history):
    history.add(a_file())
    assert [minute.files for minute in history.minutes()] == [1]


def test_files_are_counted_in_the_minute_in_which_they_were_finished(history):
    for minute in range(3):
        history.turn(at(minute, 30), 60 * minute + 30)
        for _ in range(minute):
            history.add(a_file())
    assert [minute.files for minute in history.minutes()] == [0, 1, 2]
    assert [minute.p50_s for minute in history.minutes()] == [None, 0.2, 0.2]


def test_what_waits_goes_on_waiting_in_the_next_minute(history):
    history.note(backlog=7, oldest_s=3.5)
    history.turn(at(2), 120)
    assert [minute.backlog for minute in history.minutes()] == [7, 7, 7]


def test_only_another_backlog_is_news(history):
    assert history.note(backlog=7, oldest_s=1.0)
    assert not history.note(backlog=7, oldest_s=2.0)
    assert history.note(backlog=6, oldest_s=2.0)


def test_minutes_without_a_call_are_quiet_ones(history):
    history.turn(at(5), 300)
    assert numbers(history) == [0, 1, 2, 3, 4, 5]


def test_minutes_that_a_machine_slept_are_a_gap(history):
    history.turn(at(5), 20)
    assert numbers(history) == [0, 5]


def test_restart_leaves_a_gap(history):
    later = History(history.minutes())
    later.turn(at(3), 7)
    assert numbers(later) == [0, 3]


def test_restart_within_a_minute_goes_on_with_it(history):
    history.add(a_file(0.5))
    history.note(backlog=3, oldest_s=1.0)
    later = History(history.minutes())
    later.turn(at(0, 59), 7)
    assert later.minutes() == history.minutes()
    later.add(a_file(0.7, is_failed=True))
    assert later.minutes() == (
        Minute(number=MINUTE, files=2, readings=2, failed=1, backlog=3, oldest_s=1.0, p50_s=0.7, p95_s=0.7),
    )


def test_small_step_back_of_the_clock_changes_nothing(history):
    history.turn(at(3), 180)
    history.turn(at(1, 30), 181)
    history.add(a_file())
    history.turn(at(4), 331)
    assert numbers(history) == [0, 1, 2, 3, 4]
    assert [minute.files for minute in history.minutes()] == [0, 0, 0, 1, 0]


def test_clock_that_was_ahead_and_is_set_back_forgets_what_has_not_happened_yet(history):
    history.turn(at(300), 1)
    history.turn(at(1), 61)
    assert numbers(history) == [0, 1]


def test_clock_set_back_before_all_minutes_begins_anew(history):
    history.turn(at(-500), 1)
    assert numbers(history) == [-500]


def test_no_more_than_a_day_is_kept(history):
    for minute in range(2 * DAY_MINUTES):
        history.turn(at(minute), 60 * minute)
    assert numbers(history) == list(range(DAY_MINUTES, 2 * DAY_MINUTES))


def test_day_without_a_call_is_a_day_of_quiet_minutes(history):
    history.turn(at(100_000), 6_000_000)
    assert numbers(history) == list(range(100_000 - DAY_MINUTES + 1, 100_001))


def test_minutes_before_a_gap_are_dropped_when_they_are_a_day_old(history):
    history.turn(at(DAY_MINUTES), 5)
    assert numbers(history) == [DAY_MINUTES]


@given(st.lists(st.tuples(st.integers(-5000, 5000), st.integers(0, 100_000), st.booleans())))
def test_minutes_are_in_order_and_within_a_day_whatever_the_clocks_say(steps):
    history = History()
    wall = monotonic = 60 * 1_000_000
    history.turn(wall, monotonic)
    for set_by, passed, has_file in steps:
        monotonic += passed
        wall += passed + set_by
        history.turn(wall, monotonic)
        if has_file:
            history.add(a_file())
    found = [minute.number for minute in history.minutes()]
    assert found == sorted(set(found))
    assert found[-1] - found[0] < DAY_MINUTES
    assert 0 <= found[-1] - wall // 60 <= 2


def test_history_is_read_as_it_was_written(tmp_path, history):
    history.add(a_file())
    history.turn(at(1), 60)
    save_history(tmp_path / "history.json", history.minutes())
    assert load_history(tmp_path / "history.json", now=at(1)) == history.minutes()


def content(*rows, version=1):
    return json.dumps({"version": version, "minutes": rows}).encode()


@pytest.mark.parametrize(
    ("damaged", "because"),
    [
        (b"", "damaged"),
        (b"\xff\xfe", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"[]", "no history"),
        (b'{"version": 1}', "no history"),
        (content(version=2), "another version"),
        (content([1, 0, 0]), "minute that is none"),
        (content([1, "0", 0, 0, 0, 0.0, None, None]), "count"),
        (content([1, True, 0, 0, 0, 0.0, None, None]), "count"),
        (content([1, 0, 0, 0, 0, "0", None, None]), "time"),
        (content([1, 0, 0, 0, 0, float("nan"), None, None]), "cannot be"),
        (content([1, -1, 0, 0, 0, 0.0, None, None]), "cannot be"),
        (content([1, 10**400, 0, 0, 0, 0.0, None, None]), "cannot be"),
        (content([2, 0, 0, 0, 0, 0.0, None, None], [1, 0, 0, 0, 0, 0.0, None, None]), "order"),
        (content([MINUTE + 3, 0, 0, 0, 0, 0.0, None, None]), "future"),
        (b" " * (2 << 20), "limit"),
    ],
)
def test_history_that_is_damaged_or_foreign_begins_anew_and_says_so_once(tmp_path, caplog, damaged, because):
    path = tmp_path / "history.json"
    path.write_bytes(damaged)
    assert load_history(path, now=at(0)) == ()
    (record,) = caplog.records
    assert record.fields["file"] == str(path)
    assert because in record.fields["because"]


def test_history_that_is_not_there_is_empty_without_a_word(tmp_path, caplog):
    assert load_history(tmp_path / "history.json", now=at(0)) == ()
    assert not caplog.records


def test_history_is_not_read_through_a_link_or_from_a_pipe(tmp_path):
    (tmp_path / "link").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    assert load_history(tmp_path / "link", now=at(0)) == ()
    assert load_history(tmp_path / "pipe", now=at(0)) == ()


@given(st.binary())
def test_no_content_makes_reading_fail(tmp_path_factory, found):
    path = tmp_path_factory.mktemp("any") / "history.json"
    path.write_bytes(found)
    assert load_history(path, now=at(0)) == ()
