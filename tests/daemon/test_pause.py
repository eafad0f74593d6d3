import errno

import pytest

from digitd.daemon.pause import Pause, troubles
from digitd.errors import LedgerBusyError, OutputError


def said(caplog):
    return [record.getMessage() for record in caplog.records]


def test_pause_is_said_once_for_each_trouble_and_once_when_it_is_over(caplog):
    pause = Pause()
    assert not pause
    for what in ("the outbox is full", "the outbox is full", "the outbox is gone", "the outbox is gone"):
        pause.begin(OutputError(what, hint="make room"))
        assert pause
    assert (pause.because, pause.hint) == ("the outbox is gone", "make room")
    assert said(caplog) == ["paused: the outbox is full", "paused: the outbox is gone"]
    assert caplog.records[0].fields == {"hint": "make room"}
    assert pause.end()
    assert not pause.end()
    assert said(caplog)[2:] == ["going on"]
    assert (bool(pause), pause.because, pause.hint) == (False, "", "")


def test_length_of_a_pause_is_counted_from_its_first_trouble(caplog, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("digitd.daemon.pause.time.monotonic", lambda: now[0])
    pause = Pause()
    pause.begin(OutputError("the outbox is full"))
    now[0] = 107.0
    pause.begin(OutputError("the outbox is gone"))
    now[0] = 110.0
    pause.end()
    assert caplog.records[-1].fields == {"paused_s": 10.0}


def test_attempts_come_less_often_and_each_pause_begins_anew():
    pause = Pause()
    pause.begin(OutputError("the outbox is full"))
    assert [pause.retry_s() for _ in range(6)] == [1, 2, 4, 8, 15, 15]
    pause.end()
    pause.begin(OutputError("the outbox is full"))
    assert pause.retry_s() == 1


def test_same_trouble_is_said_again_in_another_pause(caplog):
    pause = Pause()
    for _ in range(2):
        pause.begin(OutputError("the outbox is full"))
        pause.end()
    assert said(caplog) == ["paused: the outbox is full", "going on"] * 2


def test_trouble_of_the_ledger_is_told_from_others():
    pause = Pause()
    assert not pause.is_of_the_ledger
    pause.begin(LedgerBusyError("the ledger is locked"))
    assert pause.is_of_the_ledger
    pause.begin(OutputError("the outbox is full"))
    assert not pause.is_of_the_ledger


@pytest.mark.parametrize("filename", ["/srv/scans", None])
def test_what_a_file_system_says_out_of_turn_is_a_trouble(filename):
    words = f"{filename or 'a folder'} cannot be used: Stale file handle"
    with pytest.raises(OutputError, match=words) as caught, troubles():
        raise OSError(errno.ESTALE, "Stale file handle", filename)
    assert "mount" in caught.value.hint


def test_other_errors_are_no_troubles():
    with pytest.raises(ZeroDivisionError), troubles():
        raise ZeroDivisionError
