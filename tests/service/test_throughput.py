import pytest

from digitd.service.throughput import Sample, Throughput
from digitd.values import Status


def sample(latency_s=0.5, *, statuses=(Status.ACCEPTED,), is_failed=False, at=1e9):
    return Sample(statuses=statuses, latency_s=latency_s, waited_s=0.1, read_s=0.05, at=at, is_failed=is_failed)


def test_line_sums_up_since_the_start_and_since_the_last_line():
    throughput = Throughput(now=100.0, every_s=10.0)
    for latency_s in (0.1, 0.2, 0.3, 0.4):
        throughput.add(sample(latency_s, statuses=(Status.ACCEPTED, Status.BLANK)), 105.0)
    assert throughput.line(now=110.0, backlog=3, oldest_s=1.26) == {
        "files": 4,
        "readings": 8,
        "failed": 0,
        "files_per_s": 0.4,
        "files_per_s_since_start": 0.4,
        "backlog": 3,
        "oldest_s": 1.3,
        "p50_ms": 200.0,
        "p95_ms": 400.0,
    }
    throughput.add(sample(is_failed=True), 115.0)
    line = throughput.line(now=120.0, backlog=0, oldest_s=0.0)
    assert (line["files"], line["failed"], line["files_per_s"], line["files_per_s_since_start"]) == (5, 1, 0.1, 0.25)
    assert line["p50_ms"] == 500.0


def test_line_is_due_after_its_period():
    throughput = Throughput(now=0.0, every_s=10.0)
    assert throughput.due_in_s(4.0) == 6.0
    assert throughput.due_in_s(11.0) == 0.0
    throughput.line(now=11.0, backlog=0, oldest_s=0.0)
    assert throughput.due_in_s(11.0) == 10.0


def test_line_without_files_has_no_latency():
    line = Throughput(now=0.0, every_s=1.0).line(now=0.0, backlog=0, oldest_s=0.0)
    assert (line["p50_ms"], line["p95_ms"], line["files_per_s"]) == (None, None, 0.0)


def test_totals_count_rows_by_status_and_remember_the_last_success():
    throughput = Throughput(now=0.0, every_s=10.0)
    throughput.add(sample(statuses=(Status.ACCEPTED, Status.REVIEW), at=1000.0), 1.0)
    throughput.add(sample(statuses=(Status.FAILED,), is_failed=True, at=2000.0), 2.0)
    totals = throughput.totals(10.0)
    assert (totals.files, totals.failed, totals.last_success) == (2, 1, 1000.0)
    assert totals.readings == {"accepted": 1, "review": 1, "failed": 1}


def test_totals_rate_the_last_minute_alone():
    throughput = Throughput(now=0.0, every_s=10.0)
    for second in range(120):
        throughput.add(sample(second), float(second))
    totals = throughput.totals(120.0)
    assert totals.files == 120
    assert totals.files_per_s == 1.0
    assert totals.p50_ms == pytest.approx(89_000, abs=1000)
    assert throughput.totals(1000.0).p50_ms is None


def test_totals_rate_what_is_remembered_where_more_came_in_a_minute():
    throughput = Throughput(now=0.0, every_s=10.0)
    for number in range(20_000):
        throughput.add(sample(), number / 1000)
    assert throughput.totals(20.0).files_per_s == pytest.approx(1000, rel=0.01)
