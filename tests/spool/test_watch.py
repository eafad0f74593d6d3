import errno
import logging
import os
import signal

import pytest
from watchdog.observers.api import BaseObserver, EventEmitter

from digitd.spool.wake import Wake
from digitd.spool.watch import Watch

DEADLINE_S = 10


@pytest.fixture
def wake():
    with Wake() as flag:
        yield flag


def settle(wake):
    """Lower the flag until nothing more comes."""
    while wake.wait(0.2):
        pass


@pytest.mark.parametrize("way", ["write", "rename in", "hard link", "rename inside"])
def test_every_way_a_file_can_arrive_wakes(tmp_path, wake, way):
    inbox = tmp_path / "in"
    inbox.mkdir()
    outside = tmp_path / "a.png"
    outside.write_bytes(b"pixels")
    (inbox / "a.png.part").write_bytes(b"pixels")
    with Watch([(inbox, False)], wake):
        settle(wake)
        match way:
            case "write":
                (inbox / "b.png").write_bytes(b"pixels")
            case "rename in":
                outside.rename(inbox / "a.png")
            case "hard link":
                os.link(outside, inbox / "a.png")
            case "rename inside":
                (inbox / "a.png.part").rename(inbox / "a.png")
        assert wake.wait(DEADLINE_S)


def test_moving_files_out_does_not_wake(tmp_path, wake):
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "a.png").touch()
    with Watch([(inbox, False)], wake):
        settle(wake)
        (inbox / "a.png").rename(tmp_path / "a.png")
        assert not wake.wait(1.5)  # watchdog holds back what was moved out for half a second


def test_inbox_that_was_replaced_is_watched_again(tmp_path, wake):
    inbox = tmp_path / "in"
    inbox.mkdir()
    with Watch([(inbox, False)], wake) as watch:
        inbox.rename(tmp_path / "old")
        watch.check()
        inbox.mkdir()
        watch.check()
        settle(wake)
        (inbox / "a.png").touch()
        assert wake.wait(DEADLINE_S)


def test_canary_leaves_nothing_and_takes_an_old_one_away(tmp_path, wake):
    (tmp_path / ".digitd-canary").write_text("of a process that was killed")
    with Watch([(tmp_path, False)], wake):
        assert list(tmp_path.iterdir()) == []


def test_canary_does_not_wake(tmp_path, wake):
    with Watch([(tmp_path, False)], wake):
        settle(wake)
        (tmp_path / ".digitd-canary").touch()
        assert not wake.wait(0.5)


def test_where_events_come_nothing_need_be_listed(tmp_path, wake):
    with Watch([(tmp_path, False)], wake) as watch:
        assert watch.listing_s == float("inf")
        assert not watch.check()


def test_check_arms_again_once_when_the_inbox_comes_or_goes(tmp_path, wake):
    inbox = tmp_path / "in"
    with Watch([(inbox, False)], wake) as watch:
        for change in (inbox.mkdir, inbox.rmdir, inbox.mkdir):
            change()
            assert watch.check()
            assert not watch.check()


def test_arming_wakes_for_what_came_before(tmp_path, wake):
    with Watch([(tmp_path, False)], wake):
        assert wake.wait(0)


def test_file_in_a_folder_inside_wakes_where_folders_count(tmp_path, wake):
    (tmp_path / "monday").mkdir()
    with Watch([(tmp_path, True)], wake):
        settle(wake)
        (tmp_path / "monday" / "a.png").touch()
        assert wake.wait(DEADLINE_S)


@pytest.mark.parametrize("deaf", ["no instance", "no event"])
def test_where_events_do_not_come_the_inbox_is_listed_every_second(tmp_path, wake, monkeypatch, caplog, deaf):
    def no_instance(_):
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    if deaf == "no instance":
        monkeypatch.setattr(BaseObserver, "start", no_instance)
    else:
        monkeypatch.setattr(EventEmitter, "queue_event", lambda *_: None)
    with Watch([(tmp_path, False)], wake) as watch:
        assert watch.listing_s == 1.0
        assert not watch.check()
        assert list(tmp_path.iterdir()) == []
    (said,) = caplog.records
    assert said.fields["mode"] == "listing every 1 s"


def test_overflow_is_counted_and_wakes(tmp_path, wake):
    log = logging.getLogger("watchdog.observers.inotify_c")  # all that python-watchdog says; a real one: test_report.py
    with Watch([(tmp_path, False)], wake) as watch:
        settle(wake)
        log.warning("Inotify read failed for %r", tmp_path)
        assert (watch.overflows, wake.wait(0)) == (0, False)
        log.warning("Inotify queue overflowed; filesystem events were lost")
        assert (watch.overflows, wake.wait(0)) == (1, True)
    log.warning("Inotify queue overflowed; filesystem events were lost")
    assert watch.overflows == 1


def test_mode_tells_whether_events_can_be_relied_on(tmp_path, wake, monkeypatch):
    with Watch([(tmp_path, False)], wake) as watch:
        assert (watch.mode, watch.blind_because) == ("events", "")
    monkeypatch.setattr("digitd.spool.watch.is_remote", lambda _: True)
    with Watch([(tmp_path, False)], wake) as watch:
        assert (watch.mode, watch.listing_s) == ("listing", 1.0)
        assert watch.blind_because == f"other machines may write to {tmp_path}"


def test_watch_that_cannot_be_armed_leaves_nothing_open(tmp_path, wake, monkeypatch):
    def no_watch(_):
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(EventEmitter, "start", no_watch)
    monkeypatch.setattr("digitd.spool.watch._TRY_AGAIN_S", 0.0)
    before = len(os.listdir("/proc/self/fd"))
    with Watch([(tmp_path, False)], wake) as watch:
        for _ in range(3):
            assert not watch.check()
        assert len(os.listdir("/proc/self/fd")) == before


def test_flag_can_be_raised_in_a_signal_handler_while_waiting(wake):
    previous = signal.signal(signal.SIGALRM, lambda *_: wake.set())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert wake.wait(DEADLINE_S)
    finally:
        signal.signal(signal.SIGALRM, previous)


def test_flag_is_lowered_by_waiting(wake):
    wake.set()
    wake.set()
    assert wake.wait(0)
    assert not wake.wait(0)
