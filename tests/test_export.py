import json

import pytest

from digitd.ledger import Ledger


@pytest.fixture
def results(digitd, tmp_path, sample):
    """Score three files and return the outbox."""
    (tmp_path / "scans").mkdir()
    for name in ("a.jpg", "b.jpg", "=c.jpg"):
        (tmp_path / "scans" / name).write_bytes(sample)
    assert digitd("score", tmp_path / "scans", "--out", tmp_path / "results", "--jobs", 1).returncode == 0
    return tmp_path / "results"


def test_export_gives_the_bytes_of_the_csv_also_when_that_is_gone(digitd, results):
    csv = (results / "predictions.csv").read_text(encoding="utf-8")
    (results / "predictions.csv").unlink()
    assert digitd("export", "--outbox", results).stdout == csv


def test_export_begins_where_it_is_told(digitd, results):
    lines = digitd("export", "--outbox", results, "--from-seq", 3, "--format", "jsonl").stdout.splitlines()
    (row,) = map(json.loads, lines)
    assert (row["seq"], row["file"], row["value"]) == ("3", "b.jpg", "7")
    assert digitd("export", "--outbox", results, "--from-seq", 4, "--format", "jsonl").stdout == ""


def test_export_reads_while_somebody_writes(digitd, results):
    with Ledger.open(results / ".state") as ledger:
        ledger.record_projected(0, 0)
        assert digitd("export", "--outbox", results).stdout.count("\n") == 4


def test_export_without_a_ledger_says_what_to_do(digitd, tmp_path):
    ended = digitd("export", "--outbox", tmp_path)
    assert ended.returncode == 5
    assert "there is no ledger in" in ended.stderr
    assert "--outbox" in ended.stderr
