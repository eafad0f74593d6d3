import logging

from digitd.service.flood import FloodFilter


def a_line(message="read", **fields):
    record = logging.LogRecord("digitd", logging.INFO, "", 0, message, None, None)
    if fields:
        record.fields = fields
    return record


def test_flood_of_like_lines_is_cut_and_counted():
    now = [0.0]
    flood = FloodFilter(clock=lambda: now[0])
    assert sum(flood.filter(a_line()) for _ in range(2500)) == 1000
    now[0] = 10.0
    first, second = a_line(file="a.png"), a_line()
    assert flood.filter(first)
    assert flood.filter(second)
    assert first.fields == {"file": "a.png", "lines_held_back": 1500}
    assert not hasattr(second, "fields")


def test_other_lines_pass_during_a_flood():
    flood = FloodFilter(clock=lambda: 0.0)
    for _ in range(2000):
        flood.filter(a_line())
    assert flood.filter(a_line("paused: %s"))


def test_what_comes_now_and_then_always_passes():
    now = [0.0]
    flood = FloodFilter(clock=lambda: now[0])
    for second in range(3000):
        now[0] = float(second)
        assert flood.filter(a_line())
