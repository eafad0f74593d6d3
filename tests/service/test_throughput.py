from digitd.service.throughput import Sample, Throughput


def test_line_sums_up_since_the_start_and_since_the_last_line():
    throughput = Throughput(now=100.0, every_s=10.0)
    for latency_s in (0.1, 0.2, 0.3, 0.4):
        throughput.add(Sample(readings=2, latency_s=latency_s, is_failed=False))
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
    throughput.add(Sample(readings=1, latency_s=0.5, is_failed=True))
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
