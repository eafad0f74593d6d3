import logging
import sys
import threading

import pytest

from digitd.service.flood import FloodGate

SUMMARY = "lines like this were held back"


class Target(logging.Handler):
    """Keeps what it gets."""

    def __init__(self):
        super().__init__()
        self.records = []
        self.is_closed = False

    def emit(self, record):
        assert not self.is_closed
        self.records.append(record)

    def close(self):
        self.is_closed = True
        super().close()

    def count(self, message):
        return sum(record.msg == message for record in self.records)

    @property
    def summaries(self):
        return [(record.levelno, record.fields) for record in self.records if record.msg == SUMMARY]


@pytest.fixture
def target():
    return Target()


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def gate(target, now):
    made = FloodGate(target, clock=lambda: now[0])
    yield made
    made.close()


def a_line(message="read", level=logging.INFO, *, error=None):
    exc_info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("digitd", level, "", 0, message, None, exc_info)


def test_flood_of_like_lines_is_cut_and_counted_before_the_next_line(gate, target, now):
    for _ in range(2500):
        gate.handle(a_line())
    assert target.count("read") == 1000
    now[0] = 10.0
    gate.handle(a_line())
    assert [record.msg for record in target.records[1000:]] == [SUMMARY, "read"]
    assert target.summaries == [(logging.INFO, {"line": "read", "lines_held_back": 1500})]


def test_what_was_held_back_is_said_though_no_line_follows(target, eventually):
    gate = FloodGate(target, window_s=0.2)
    for _ in range(1300):
        gate.handle(a_line())
    eventually(lambda: target.summaries, "the end of the flood is told")
    gate.close()
    held_back = sum(fields["lines_held_back"] for _, fields in target.summaries)
    assert held_back == 1300 - target.count("read") > 0


def test_what_was_held_back_is_said_at_the_end_of_the_process(gate, target):
    for level in (logging.INFO, logging.WARNING):
        for _ in range(1001):
            gate.handle(a_line(level=level))
    gate.close()
    assert {level for level, _ in target.summaries} == {logging.INFO, logging.WARNING}
    assert target.is_closed


def test_nothing_is_said_where_nothing_was_held_back(gate, target, now):
    for second in range(3000):
        now[0] = float(second)
        gate.handle(a_line())
    gate.close()
    assert len(target.records) == 3000


def test_other_lines_pass_during_a_flood(gate, target):
    for _ in range(2000):
        gate.handle(a_line())
    gate.handle(a_line("paused: %s"))
    gate.handle(a_line(level=logging.WARNING))
    assert [(record.msg, record.levelno) for record in target.records[1000:]] == [
        ("paused: %s", logging.INFO),
        ("read", logging.WARNING),
    ]


def test_flood_of_tracebacks_is_cut_sooner(gate, target):
    error = ValueError("broken")
    for _ in range(100):
        gate.handle(a_line(error=error))
    assert target.count("read") == 50


def test_flood_of_two_kinds_stays_below_the_limit_of_journald(gate, target, now):
    for tick in range(30_000):
        now[0] = tick / 1000 + 5
        gate.handle(a_line("one"))
        gate.handle(a_line("two"))
    assert len(target.records) < 10_000


def test_flood_is_survived_where_no_thread_can_be_started(gate, target, now, monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    for _ in range(1500):
        gate.handle(a_line())
    now[0] = 10.0
    gate.handle(a_line())
    assert target.summaries == [(logging.INFO, {"line": "read", "lines_held_back": 500})]


def test_flood_from_several_threads_is_counted_to_the_line(gate, target):
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=lambda: [gate.handle(a_line()) for _ in range(1000)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    gate.close()
    assert target.count("read") + sum(fields["lines_held_back"] for _, fields in target.summaries) == 4000
