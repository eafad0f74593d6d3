"""Tell the service manager how the service is: ready, reloading, stopping, alive, in a line (sd_notify(3)).

Where there is no service manager, nothing is told. What cannot be told is no trouble of the service's own.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

_SHARE = 0.25
"""Of the watchdog's time, between two signs of life."""
_PATIENCE_S = 1.0
"""With a service manager that is busy, for what is said once; the rest is said again."""
_EXTENSION_S = 60.0
"""For which a start or a stop that makes progress may go on beyond the unit's limit."""


class Notifier:
    """Speaks to the service manager that started this process.

    Parameters
    ----------
    environ : mapping
        Holds its socket as ``NOTIFY_SOCKET``, and ``WATCHDOG_USEC`` and ``WATCHDOG_PID`` where it watches.
    clock : callable
        Seconds of CLOCK_MONOTONIC, which the service manager compares with its own.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._clock = clock
        self._watchdog_s = _watchdog_s(environ)
        self._alive_at = self._extended_at = float("-inf")
        self._status = ""

    @property
    def watchdog_s(self) -> float | None:
        """How many seconds may pass between signs of life; None where nobody watches."""
        return self._watchdog_s

    def ready(self) -> None:
        """Say that the service works, after a start or a reload."""
        self._send("READY=1", patience_s=_PATIENCE_S)

    def reloading(self) -> None:
        """Say that a reload has begun; `ready` says that it is over."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={round(self._clock() * 1e6)}", patience_s=_PATIENCE_S)

    def stopping(self) -> None:
        """Say that the service is coming to its end."""
        self._send("STOPPING=1", patience_s=_PATIENCE_S)

    def status(self, line: str) -> None:
        """Say in one line how it is; nothing is sent where it is as before."""
        if line != self._status:
            self._status = line
            self._send("STATUS=" + line.replace("\n", " "))

    def alive(self) -> None:
        """Give a sign of life, if the last was a while ago."""
        now = self._clock()
        if self._watchdog_s is not None and now - self._alive_at >= self._watchdog_s * _SHARE:
            self._alive_at = now
            self._send("WATCHDOG=1")

    def extend_timeout(self) -> None:
        """Ask for a minute more to start or to stop, if the last one is half over."""
        now = self._clock()
        if now - self._extended_at >= _EXTENSION_S / 2:
            self._extended_at = now
            self._send(f"EXTEND_TIMEOUT_USEC={round(_EXTENSION_S * 1e6)}")

    def _send(self, message: str, *, patience_s: float = 0.0) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to_manager:
            to_manager.settimeout(patience_s)
            to_manager.sendto(message.encode(errors="replace"), address)


def _watchdog_s(environ: Mapping[str, str]) -> float | None:
    """Return the watchdog's time where it is this process that is watched."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        microseconds = int(environ.get("WATCHDOG_USEC", ""))
        seconds = microseconds / 1e6
    except (ValueError, OverflowError):
        return None
    return seconds if seconds > 0 else None
