"""SIGHUP: a request to read the configuration again, or the end of a terminal."""

import os
import signal
import subprocess
import sys

import pytest

from digitd.service.hangup import ReloadRequest, hold_hangups


@pytest.fixture(autouse=True)
def _as_at_the_start_of_a_process():
    previous = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, previous)


def test_hangup_is_one_request_and_wakes():
    woken = []
    request = ReloadRequest(lambda: woken.append("woken"))
    with request.listening():
        assert not request.take()
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGHUP)
        assert request.take()
        assert not request.take()
    assert woken == ["woken", "woken"]


def test_meaning_of_the_signal_is_given_back():
    with ReloadRequest().listening():
        assert signal.getsignal(signal.SIGHUP) is not signal.SIG_DFL
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


def test_hangup_that_is_ignored_from_the_first_stays_ignored():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    request = ReloadRequest()
    with request.listening():
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        signal.raise_signal(signal.SIGHUP)
        assert not request.take()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_hangup_of_a_terminal_ends_the_process():
    script = (
        "import signal\n"
        "from digitd.service.hangup import ReloadRequest, hold_hangups\n"
        "with ReloadRequest().listening():\n"
        "    signal.raise_signal(signal.SIGHUP)\n"
    )
    terminal, end = os.openpty()
    at_terminal = subprocess.run([sys.executable, "-c", script], stderr=end, check=False)
    os.close(end)
    os.close(terminal)
    elsewhere = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, check=False)
    assert (at_terminal.returncode, elsewhere.returncode) == (-signal.SIGHUP, 0)


def test_hangup_during_the_start_is_held_until_somebody_listens():
    request = ReloadRequest()
    hold_hangups()
    try:
        signal.raise_signal(signal.SIGHUP)
        with request.listening():
            assert request.take()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
