"""What the service manager is told, on a socket like its own."""

import os
import socket

import pytest

from digitd.service.notify import Notifier
from tests.conftest import Manager


def test_each_state_is_a_message_of_its_own(manager):
    notifier = Notifier(manager.environ)
    notifier.ready()
    notifier.stopping()
    assert manager.heard() == ["READY=1", "STOPPING=1"]


def test_reload_begins_with_the_time_that_the_manager_compares(manager):
    Notifier(manager.environ, clock=lambda: 12.3456789).reloading()
    assert manager.heard() == ["RELOADING=1\nMONOTONIC_USEC=12345679"]


def test_status_is_sent_when_it_changes_and_stays_one_line(manager):
    notifier = Notifier(manager.environ)
    for line in ("watching", "watching", "paused: no\nREADY=1", "watching"):
        notifier.status(line)
    assert manager.heard() == ["STATUS=watching", "STATUS=paused: no READY=1", "STATUS=watching"]


def test_status_with_a_name_that_is_not_utf8_is_sent(manager):
    Notifier(manager.environ).status(os.fsdecode(b"cannot list \xff"))
    assert manager.heard() == ["STATUS=cannot list ?"]


def test_signs_of_life_are_a_quarter_of_the_watchdogs_time_apart(manager):
    now = [0.0]
    notifier = Notifier(
        manager.environ | {"WATCHDOG_USEC": "8000000", "WATCHDOG_PID": str(os.getpid())}, clock=lambda: now[0]
    )
    for tenth in range(101):
        now[0] = tenth / 10
        notifier.alive()
    assert manager.heard() == ["WATCHDOG=1"] * 6  # at 0, 2, 4, 6, 8 and 10 s
    assert notifier.watchdog_s == 8.0


@pytest.mark.parametrize(
    "watched",
    [
        {},
        {"WATCHDOG_USEC": ""},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "8000000", "WATCHDOG_PID": "1"},
    ],
)
def test_whoever_is_not_watched_gives_no_sign_of_life(manager, watched):
    notifier = Notifier(manager.environ | watched)
    notifier.alive()
    assert manager.heard() == []
    assert notifier.watchdog_s is None


def test_time_is_asked_for_once_in_half_a_minute(manager):
    now = [0.0]
    notifier = Notifier(manager.environ, clock=lambda: now[0])
    for second in range(61):
        now[0] = float(second)
        notifier.extend_timeout()
    assert manager.heard() == ["EXTEND_TIMEOUT_USEC=60000000"] * 3


def test_socket_may_have_an_abstract_name():
    manager = Manager(f"\0digitd-test-{os.getpid()}")
    Notifier(manager.environ).ready()
    assert manager.heard() == ["READY=1"]
    manager.close()


def test_manager_that_is_not_there_is_no_trouble(tmp_path):
    for environ in ({}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": str(tmp_path / "none")}):
        notifier = Notifier(environ)
        notifier.ready()
        notifier.status("watching")


def test_manager_that_does_not_listen_holds_nobody_up_for_long(manager, monkeypatch):
    monkeypatch.setattr(socket.socket, "settimeout", lambda own, _: own.setblocking(False))
    notifier = Notifier(manager.environ)
    for number in range(2000):  # more than a queue of datagrams holds
        notifier.status(str(number))
    assert 0 < len(manager.heard()) < 2000
