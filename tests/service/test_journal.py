"""Entries for journald, sent to a socket as it has one and taken apart as it does."""

import array
import fcntl
import io
import logging
import os
import socket
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitd.names import printable
from digitd.service.journal import JournalHandler, encode, entry, field_name
from digitd.service.lines import TextFormatter

ALL_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,63}", fullmatch=True)
ANY_TEXT = st.text(st.characters())  # surrogates too: they are bytes of names that are not UTF-8


def decoded(content):
    """Take an entry apart as the protocol says; no field comes twice."""
    fields = {}
    stream = io.BytesIO(content)
    while line := stream.readline():
        assert line.endswith(b"\n")
        name, equals, value = line[:-1].partition(b"=")
        if not equals:
            (length,) = struct.unpack("<Q", stream.read(8))
            value = stream.read(length)
            assert len(value) == length
            assert stream.read(1) == b"\n"
        assert name.decode() not in fields
        fields[name.decode()] = value
    return fields


def record(message="read", fields=None, *, level=logging.INFO, error=None):
    exc_info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("digitd.test", level, "/digitd/test.py", 7, message, (), exc_info, "do")
    if fields is not None:
        made.fields = fields
    return made


class Journal:
    """A socket as journald has one."""

    def __init__(self, path):
        self.path = str(path)
        self.open()

    def open(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(0)

    def close(self):
        self.socket.close()
        if os.path.exists(self.path):
            os.unlink(self.path)

    def entry(self):
        content, attached, _, _ = self.socket.recvmsg(1 << 20, socket.CMSG_SPACE(4))
        if not attached:
            return decoded(content)
        assert content == b""
        ((level, kind, data),) = attached
        assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        (memory,) = array.array("i", data)
        with open(memory, "rb") as file:
            assert fcntl.fcntl(memory, fcntl.F_GET_SEALS) & ALL_SEALS == ALL_SEALS
            file.seek(0)
            return decoded(file.read())


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "journal")
    yield made
    made.close()


@pytest.fixture
def stderr():
    return io.StringIO()


@pytest.fixture
def handler(journal, stderr):
    fallback = logging.StreamHandler(stderr)
    fallback.setFormatter(TextFormatter(is_journal=True))
    made = JournalHandler(fallback, address=journal.path)
    yield made
    made.close()


def test_record_is_an_entry_with_a_field_for_each_value(handler, journal):
    fields = {"file": "a b.png", "result": "accepted", "value": "7", "confidence": 0.9987, "pages": 2, "ms": 12.3}
    handler.handle(record("read", fields))
    assert journal.entry() == {
        "FILE": b"a b.png",
        "RESULT": b"accepted",
        "VALUE": b"7",
        "CONFIDENCE": b"0.9987",
        "PAGES": b"2",
        "DURATION_MS": b"12.3",
        "MESSAGE": b'read file="a b.png" result=accepted value=7 confidence=0.9987 pages=2 ms=12.3',
        "PRIORITY": b"6",
        "SYSLOG_IDENTIFIER": b"digitd",
        "LOGGER": b"digitd.test",
        "CODE_FILE": b"/digitd/test.py",
        "CODE_LINE": b"7",
        "CODE_FUNC": b"do",
    }


@pytest.mark.parametrize(
    ("level", "priority"), [(logging.DEBUG, b"7"), (logging.WARNING, b"4"), (logging.ERROR, b"3"), (25, b"6")]
)
def test_priority_is_that_of_the_level(handler, journal, level, priority):
    handler.handle(record(level=level))
    assert journal.entry()["PRIORITY"] == priority


def test_value_that_is_not_known_is_no_field():
    assert "P50_MS" not in entry(record("throughput", {"p50_ms": None}))


def test_traceback_is_in_the_message_and_in_a_field(handler, journal):
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        handler.handle(record("failed", {"file": "a.png"}, level=logging.ERROR, error=error))
    found = journal.entry()
    first, *rest = found["MESSAGE"].decode().split("\n")
    assert first == "failed file=a.png"
    assert rest[-2:] == ["  ValueError: two", "  lines"]
    assert found["TRACEBACK"].startswith(b"Traceback")


@given(st.dictionaries(NAMES, ANY_TEXT))
def test_any_fields_come_out_as_they_went_in(fields):
    expected = {name: value.encode("utf-8", "backslashreplace") for name, value in fields.items()}
    assert decoded(encode(fields)) == expected


@given(st.dictionaries(ANY_TEXT, ANY_TEXT | st.integers() | st.floats() | st.booleans() | st.none()), ANY_TEXT)
def test_no_value_of_a_record_forges_a_field_or_fails(fields, message):
    made = record("%s", fields)
    made.args = (message,)
    expected = entry(made)
    found = decoded(encode(expected))
    assert found.keys() == expected.keys()
    assert found["LOGGER"] == b"digitd.test"
    assert found["PRIORITY"] == b"6"


@given(ANY_TEXT)
def test_file_name_is_the_same_as_in_the_csv(name):
    assert decoded(encode(entry(record("read", {"file": name}))))["FILE"].decode() == printable(name)


@given(ANY_TEXT)
def test_any_key_becomes_a_name_that_journald_accepts(key):
    name = field_name(key)
    assert 1 <= len(name) <= 64
    assert "A" <= name[0] <= "Z"
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def test_value_cannot_take_the_place_of_what_the_journal_knows_of_a_record():
    found = entry(record("read", {"message": "forged", "priority": 0, "_pid": 1, "logger": "forged"}))
    assert (found["MESSAGE"].split()[0], found["PRIORITY"], found["LOGGER"]) == ("read", "6", "digitd.test")
    assert not any(name.startswith("_") for name in found)


def test_entry_too_large_for_a_datagram_comes_in_a_sealed_memfd(handler, journal):
    handler.handle(record("read", {"detail": "x" * 3_000_000}))
    assert len(journal.entry()["DETAIL"]) == 3_000_000
    handler.handle(record())
    assert journal.entry()["MESSAGE"] == b"read"


def test_record_goes_to_stderr_while_the_journal_is_gone_and_to_a_new_one_after(handler, journal, stderr):
    journal.close()
    handler.handle(record("one"))
    journal.open()
    handler.handle(record("two"))
    assert stderr.getvalue() == "<6>one\n"
    assert journal.entry()["MESSAGE"] == b"two"


def filled(handler, stderr):
    """Send until the journal takes no more, and return how many records it took."""
    sent = 0
    while not stderr.getvalue():
        handler.handle(record("before"))
        sent += 1
        assert sent < 100_000
    return sent - 1


def test_full_journal_is_waited_for_once_and_briefly(handler, journal, stderr):
    taken = filled(handler, stderr)
    began = time.monotonic()
    for _ in range(200):
        handler.handle(record("after"))
    assert time.monotonic() - began < 5  # each waited for would be 20 s
    assert stderr.getvalue().count("<6>after\n") == 200
    for _ in range(taken):
        assert journal.entry()["MESSAGE"] == b"before"
    handler.handle(record("again"))
    assert journal.entry()["MESSAGE"] == b"again"


def test_lines_that_stderr_does_not_take_either_are_counted(journal):
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    with open(ours, "rb"), open(theirs, "w") as full:
        handler = JournalHandler(logging.StreamHandler(full), address=journal.path)
        while True:
            try:
                os.write(theirs, b"x" * 4096)
            except BlockingIOError:
                break
        os.set_blocking(theirs, True)
        journal.close()
        for _ in range(3):
            handler.handle(record("lost"))
        journal.open()
        handler.handle(record("two"))
        handler.handle(record("three"))
        handler.close()
        assert journal.entry()["LINES_LOST"] == b"3"
        assert "LINES_LOST" not in journal.entry()


def test_record_that_cannot_be_put_into_words_does_no_harm(handler, journal, monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)  # it would be reported on stderr
    broken = record("%d")
    broken.args = ("no number",)
    handler.handle(broken)
    handler.handle(record())
    assert journal.entry()["MESSAGE"] == b"read"
