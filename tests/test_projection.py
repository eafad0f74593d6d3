import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitd.errors import OutputError
from digitd.ledger import Ledger, Verdict
from digitd.projection import CsvProjection
from digitd.rows import Row, header
from digitd.values import Reading, Status


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "state") as opened:
        yield opened


def deliver(ledger, *values):
    (delivery,) = ledger.claim([(Path("/inbox"), "a.png", "1")])
    rows = tuple(
        Row(
            time=datetime(2026, 1, 1, tzinfo=UTC),
            file="a.png",
            reading=Reading(page=1, value=value, confidence=0.9, status=Status.ACCEPTED),
            sha256="",
            model="",
            annotated="",
        )
        for value in values
    )
    ledger.commit([Verdict(delivery=delivery, rows=rows, reason="", detail="")])


def whole(ledger):
    return header() + b"".join(line for _, line in ledger.lines_after(0, at_most=10**6))


def test_header_is_there_before_the_first_row(tmp_path, ledger):
    CsvProjection(tmp_path / "p.csv", ledger).catch_up()
    assert (tmp_path / "p.csv").read_bytes() == header()


def test_csv_grows_by_what_is_new_and_keeps_its_file(tmp_path, ledger):
    csv = CsvProjection(tmp_path / "p.csv", ledger)
    deliver(ledger, "1", "2")
    csv.catch_up()
    inode = (tmp_path / "p.csv").stat().st_ino
    before = (tmp_path / "p.csv").read_bytes()
    deliver(ledger, "3")
    csv.catch_up()
    assert (tmp_path / "p.csv").read_bytes() == whole(ledger)
    assert whole(ledger).startswith(before)
    assert (tmp_path / "p.csv").stat().st_ino == inode


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, 200))
def test_unfinished_tail_is_completed_with_the_same_bytes(tmp_path_factory, cut):
    tmp_path = tmp_path_factory.mktemp("tail")
    with Ledger.open(tmp_path) as ledger:
        csv = CsvProjection(tmp_path / "p.csv", ledger)
        csv.catch_up()
        deliver(ledger, "1", "2")
        owed = whole(ledger)[len(header()) :]
        with (tmp_path / "p.csv").open("ab") as file:  # as a crash in the middle of the append leaves it
            file.write(owed[:cut])
        csv.catch_up()
        assert (tmp_path / "p.csv").read_bytes() == whole(ledger)
        assert not list(tmp_path.glob("*.damaged-*"))


@pytest.mark.parametrize("damage", [b"", b"seq,time\n", b"edited by somebody else, and longer than it was before" * 20])
def test_csv_that_somebody_changed_is_set_aside_and_written_anew(tmp_path, ledger, damage):
    csv = CsvProjection(tmp_path / "p.csv", ledger)
    deliver(ledger, "1", "2")
    csv.catch_up()
    (tmp_path / "p.csv").write_bytes(damage)
    deliver(ledger, "3")
    csv.catch_up()
    assert (tmp_path / "p.csv").read_bytes() == whole(ledger)
    assert (tmp_path / "p.csv.damaged-1").read_bytes() == damage


def test_csv_that_was_deleted_is_written_anew(tmp_path, ledger):
    csv = CsvProjection(tmp_path / "p.csv", ledger)
    deliver(ledger, "1")
    csv.catch_up()
    (tmp_path / "p.csv").unlink()
    csv.catch_up()
    assert (tmp_path / "p.csv").read_bytes() == whole(ledger)


def test_full_disk_is_an_output_error_and_the_rows_come_later(tmp_path, ledger, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    csv = CsvProjection(tmp_path / "p.csv", ledger)
    deliver(ledger, "1")
    with monkeypatch.context() as patch:
        patch.setattr("os.write", full)
        with pytest.raises(OutputError, match="No space left"):
            csv.catch_up()
    csv.catch_up()
    assert (tmp_path / "p.csv").read_bytes() == whole(ledger)


def test_csv_that_is_no_file_is_neither_read_without_end_nor_replaced(ledger):
    deliver(ledger, "1")
    with pytest.raises(OutputError, match="/dev/full"):
        CsvProjection(Path("/dev/full"), ledger).catch_up()
    assert Path("/dev/full").is_char_device()


def test_csv_that_is_a_pipe_does_not_hang(tmp_path, ledger):
    os.mkfifo(tmp_path / "p.csv")
    with pytest.raises(OutputError, match="not a regular file"):
        CsvProjection(tmp_path / "p.csv", ledger).catch_up()


def test_csv_that_was_edited_within_its_rows_is_set_aside(tmp_path, ledger):
    csv = CsvProjection(tmp_path / "p.csv", ledger)
    deliver(ledger, "1", "2")
    csv.catch_up()
    edited = (tmp_path / "p.csv").read_bytes().replace(b",1,0.9", b",9,0.9")
    (tmp_path / "p.csv").write_bytes(edited)
    deliver(ledger, "3")
    csv.catch_up()
    assert (tmp_path / "p.csv").read_bytes() == whole(ledger)
    assert (tmp_path / "p.csv.damaged-1").read_bytes() == edited


def test_csv_that_was_edited_while_digitd_was_stopped_is_set_aside(tmp_path, ledger):
    deliver(ledger, "1", "2")
    CsvProjection(tmp_path / "p.csv", ledger).catch_up()
    edited = (tmp_path / "p.csv").read_bytes().replace(b",1,0.9", b",9,0.9")
    (tmp_path / "p.csv").write_bytes(edited)
    CsvProjection(tmp_path / "p.csv", ledger).catch_up()
    assert (tmp_path / "p.csv").read_bytes() == whole(ledger)
    assert (tmp_path / "p.csv.damaged-1").read_bytes() == edited


def test_long_csv_is_written_anew_in_pieces(tmp_path, ledger, monkeypatch):
    monkeypatch.setattr("digitd.growing._MOST_LINES", 3)
    csv = CsvProjection(tmp_path / "p.csv", ledger)
    deliver(ledger, *"12345678")
    csv.catch_up()
    assert (tmp_path / "p.csv").read_bytes() == whole(ledger)
    (tmp_path / "p.csv").write_bytes(whole(ledger)[:-100])
    CsvProjection(tmp_path / "p.csv", ledger).catch_up()
    assert (tmp_path / "p.csv").read_bytes() == whole(ledger)
    assert ledger.projected() == (8, len(whole(ledger)))
