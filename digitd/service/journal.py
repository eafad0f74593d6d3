"""Log to journald by its native protocol, so that each value of a record is a field that `journalctl` can be asked for.

An entry is one datagram of fields; one that is too large for that is a sealed memfd, sent with an empty datagram
(https://systemd.io/JOURNAL_NATIVE_PROTOCOL/). No connection is held: a journald that was started again is found by the
same path. Where the journal takes no entry, stderr gets the line, and where that would block as well, the next entry
says how many lines were lost.

Values that strangers chose are shown as everywhere else, by `digitd.names.printable`: ``journalctl FILE=`` takes the
name as it is in predictions.csv.
"""

import errno
import fcntl
import json
import logging
import os
import re
import select
import socket
import struct
from array import array
from collections.abc import Mapping
from typing import TextIO

from digitd.names import printable
from digitd.service.lines import fields_of, priority, readable, traceback_of

JOURNAL = "/run/systemd/journal/socket"

_PATIENCE_S = 0.1
"""For which a full journal is waited for, once; then not at all, until it takes an entry again."""
_LONGEST_NAME = 64
"""Of a field, in characters: journald drops what has a longer one."""
_OTHER_NAMES = {"ms": "DURATION_MS"}
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


class JournalHandler(logging.Handler):
    """Sends records to journald; never raises, and never waits for long.

    Parameters
    ----------
    fallback : StreamHandler
        Gets what the journal does not take.
    address : str
        Path of journald's socket.
    """

    def __init__(self, fallback: "logging.StreamHandler[TextIO]", *, address: str = JOURNAL) -> None:
        super().__init__()
        self._fallback = fallback
        self._address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        # not settimeout: poll(2) calls a socket without a peer ready, and Python would spin
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", 0, round(_PATIENCE_S * 1e6)))
        self._is_patient = True
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record."""
        try:
            self._send(encode(entry(record, lines_lost=self._lost)))
            self._is_patient, self._lost = True, 0
        except OSError:
            self._is_patient = False
            self._fall_back(record)
        except Exception:  # noqa: BLE001 - a record that cannot be put into words is reported as logging always does
            self.handleError(record)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
        self._fallback.close()
        super().close()

    def _send(self, datagram: bytes) -> None:
        """Send an entry; raises OSError where the journal does not take it."""
        try:
            self._send_message([datagram])
        except OSError as error:
            if error.errno not in {errno.EMSGSIZE, errno.ENOBUFS}:
                raise
            memory = _sealed(datagram)
            try:
                self._send_message([], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [memory]))])
            finally:
                os.close(memory)

    def _send_message(self, content: list[bytes], attached: list[tuple[int, int, "array[int]"]] | None = None) -> None:
        flags = 0 if self._is_patient else socket.MSG_DONTWAIT
        self._socket.sendmsg(content, attached or [], flags, self._address)

    def _fall_back(self, record: logging.LogRecord) -> None:
        """Write a record to stderr; a journal that hangs does not read that either."""
        if _takes_more(self._fallback.stream):
            self._fallback.handle(record)
        else:
            self._lost += 1


def is_read_by_journal(descriptor: int, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether what is written to a descriptor goes to the journal (``JOURNAL_STREAM`` of systemd.exec(5)).

    The variable alone does not tell: a command in a service may have its stderr sent elsewhere.
    """
    try:
        status = os.fstat(descriptor)
    except OSError:
        return False
    return environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def entry(record: logging.LogRecord, *, lines_lost: int = 0) -> dict[str, str]:
    """Return the fields of the entry that a record becomes; its values replace none of the journal's own.

    Parameters
    ----------
    record : LogRecord
    lines_lost : int
        How many records before this one could not be written anywhere.
    """
    values = {field_name(key): _text(value) for key, value in fields_of(record).items() if value is not None}
    lost = {"LINES_LOST": str(lines_lost)} if lines_lost else {}
    traceback = {"TRACEBACK": traceback_of(record)} if record.exc_info else {}
    return {
        **values,
        **lost,
        **traceback,
        "MESSAGE": readable(record),
        "PRIORITY": str(priority(record)),
        "SYSLOG_IDENTIFIER": "digitd",
        "LOGGER": record.name,
        "CODE_FILE": record.pathname,
        "CODE_LINE": str(record.lineno),
        "CODE_FUNC": record.funcName or "",
    }


def field_name(key: str) -> str:
    """Turn the key of a value into a name that journald accepts: capitals, digits and _, beginning with a capital.

    Examples
    --------
    >>> field_name("p50_ms"), field_name("_from 2")
    ('P50_MS', 'FROM_2')
    """
    name = _OTHER_NAMES.get(key) or re.sub(r"[^A-Z0-9_]", "_", key.upper()).lstrip("_")
    if not re.match("[A-Z]", name):
        name = f"FIELD_{name}"
    return name[:_LONGEST_NAME]


def encode(fields: Mapping[str, str]) -> bytes:
    """Encode fields as the native protocol wants them: a value of several lines behind its length, 64 bits."""
    parts = []
    for name, value in fields.items():
        content = value.encode("utf-8", "backslashreplace")
        if b"\n" in content:
            parts.append(b"%s\n%s%s\n" % (name.encode(), struct.pack("<Q", len(content)), content))
        else:
            parts.append(b"%s=%s\n" % (name.encode(), content))
    return b"".join(parts)


def _text(value: object) -> str:
    return printable(value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False))


def _sealed(content: bytes) -> int:
    """Return a memfd with this content that nobody can change any more, as journald demands; raises OSError."""
    memory = os.memfd_create("digitd-log", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(memory, left) :]
        fcntl.fcntl(memory, fcntl.F_ADD_SEALS, _SEALS)
    except OSError:
        os.close(memory)
        raise
    return memory


def _takes_more(stream: TextIO) -> bool:
    """Return whether a line can be written to a stream without waiting."""
    poll = select.poll()
    try:
        poll.register(stream, select.POLLOUT)
    except (OSError, TypeError):  # it has no descriptor
        return True
    return bool(poll.poll(0))
