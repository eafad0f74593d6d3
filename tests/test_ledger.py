import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digitd.errors import ExitCode, OutputError
from digitd.ledger import SCHEMA_VERSION, Ledger, Verdict
from digitd.rows import Row
from digitd.values import Reading, Status

INBOX = Path("/inbox")


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "state") as opened:
        yield opened


def a_row(value="7"):
    return Row(
        time=datetime(2026, 1, 1, tzinfo=UTC),
        file="a.png",
        reading=Reading(page=1, value=value, confidence=0.9, status=Status.ACCEPTED),
        sha256="",
        model="",
        annotated="",
    )


def committed(delivery, *rows, **kwargs):
    return Verdict(delivery=delivery, rows=rows, reason="", detail="", **kwargs)


def test_rows_are_numbered_without_gaps(ledger):
    first, second = ledger.claim([(INBOX, "a.png", "1"), (INBOX, "b.png", "2")])
    assert ledger.commit([committed(first, a_row(), a_row()), committed(second, a_row())]) == 3
    assert [seq for seq, _ in ledger.lines_after(0)] == [1, 2, 3]
    assert [seq for seq, _ in ledger.lines_after(2)] == [3]


def test_rows_of_a_commit_exist_together_or_not_at_all(ledger):
    (delivery,) = ledger.claim([(INBOX, "a.png", "1")])

    def torn():
        yield committed(delivery, a_row())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.commit(torn())
    assert list(ledger.lines_after(0)) == []
    assert [item.state for item in ledger.unfinished()] == ["claimed"]


def test_claims_survive_the_process(tmp_path):
    name = os.fsdecode(b"\xff\n.png")
    with Ledger.open(tmp_path) as ledger:
        (claimed,) = ledger.claim([(INBOX, name, "1")])
        ledger.count_attempt(claimed)
    with Ledger.open(tmp_path) as ledger:
        (found,) = ledger.unfinished()
    assert (found.folder, found.name, found.state, found.attempts) == (INBOX, name, "claimed", 2)


def test_settled_deliveries_are_known_by_identity(ledger):
    (delivery,) = ledger.claim([(INBOX, "a.png", "mine")])
    assert ledger.settled(["mine"]) == {}
    ledger.settle([delivery])
    assert ledger.settled(["mine", "other"]) == {"mine": ""}
    assert ledger.unfinished() == []


def test_what_was_left_is_known_by_identity(ledger):
    (delivery,) = ledger.claim([(INBOX, "a.png", "stuck")])
    ledger.commit([committed(delivery, a_row(), state="left")])
    assert ledger.left() == {"stuck"}


def test_withdrawn_claim_leaves_no_trace_and_its_number_is_not_used_again(ledger):
    (first,) = ledger.claim([(INBOX, "a.png", "1")])
    ledger.withdraw(first)
    (second,) = ledger.claim([(INBOX, "a.png", "1")])
    assert ledger.unfinished() == [second]
    assert second.id > first.id


def test_ledger_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    Ledger.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = (tmp_path / "ledger.sqlite3").read_bytes()
    with pytest.raises(OutputError, match=f"has schema {SCHEMA_VERSION + 1}") as caught:
        Ledger.open(tmp_path)
    assert caught.value.exit_code == ExitCode.OUTPUT
    assert (tmp_path / "ledger.sqlite3").read_bytes() == before


def test_damaged_ledger_is_refused_and_left_alone(tmp_path):
    (tmp_path / "ledger.sqlite3").write_bytes(b"junk" * 1000)
    with pytest.raises(OutputError, match="cannot open the ledger"):
        Ledger.open(tmp_path)
    assert (tmp_path / "ledger.sqlite3").read_bytes() == b"junk" * 1000
