import os
import signal

import pytest

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
