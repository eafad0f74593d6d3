import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digitd.errors import ExitCode, LedgerBusyError, LedgerError, OutputError
from digitd.ledger import Ledger, Owed, Verdict
from digitd.ledger.owed import encode_reading
from digitd.ledger.schema import MIGRATIONS, SCHEMA_VERSION
from digitd.rows import Row
from digitd.values import Box, Reading, Status

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
    assert [seq for seq, _ in ledger.lines_after(0, at_most=9)] == [1, 2, 3]
    assert [seq for seq, _ in ledger.lines_after(2, at_most=9)] == [3]


def test_rows_of_a_commit_exist_together_or_not_at_all(ledger):
    (delivery,) = ledger.claim([(INBOX, "a.png", "1")])

    def torn():
        yield committed(delivery, a_row())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.commit(torn())
    assert ledger.lines_after(0, at_most=9) == []
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
    with pytest.raises(LedgerError, match="is damaged") as caught:
        Ledger.open(tmp_path)
    assert caught.value.exit_code == ExitCode.OUTPUT
    assert "put a copy of it back" in caught.value.hint
    assert os.listdir(tmp_path) == ["ledger.sqlite3"]
    assert (tmp_path / "ledger.sqlite3").read_bytes() == b"junk" * 1000


def test_ledger_with_damage_inside_is_refused(tmp_path):
    with Ledger.open(tmp_path) as ledger:
        (delivery,) = ledger.claim([(INBOX, "a.png", "1")])
        ledger.commit([committed(delivery, *[a_row()] * 500)])
    content = bytearray((tmp_path / "ledger.sqlite3").read_bytes())
    content[8192:12288] = b"\xff" * 4096
    (tmp_path / "ledger.sqlite3").write_bytes(content)
    with pytest.raises(LedgerError, match="is damaged"):
        Ledger.open(tmp_path)
    assert (tmp_path / "ledger.sqlite3").read_bytes() == content


@pytest.mark.parametrize("harm", ["overwrite", "remove", "replace"])
def test_ledger_that_somebody_harms_while_it_is_open_is_not_written_any_more(ledger, tmp_path, harm):
    path = tmp_path / "state" / "ledger.sqlite3"
    match harm:
        case "overwrite":
            with path.open("r+b") as file:
                file.write(b"junk" * 1000)
        case "remove":
            path.unlink()
        case "replace":
            path.rename(tmp_path / "old")
            path.write_bytes(b"")
    with pytest.raises(LedgerError, match="while it was in use"):
        ledger.claim([(INBOX, "a.png", "1")])


def test_ledger_of_an_older_version_is_brought_up_and_keeps_its_rows(tmp_path):
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    connection.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
    claim = "INSERT INTO delivery (folder, name, identity, state, attempts) VALUES (x'', x'', '1', 'claimed', 1)"
    connection.execute(claim)
    connection.execute("INSERT INTO line VALUES (1, 1, 'row')")
    connection.commit()
    connection.close()
    with Ledger.open(tmp_path) as ledger:
        assert [seq for seq, _ in ledger.lines_after(0, at_most=9)] == [1]
        (found,) = ledger.unfinished()
        assert (found.attempts, found.place) == (1, None)
        assert ledger.owed(found) == []


def test_pictures_owed_before_there_were_sheets_are_still_owed(tmp_path):
    reading = Reading(page=1, value="7", confidence=0.9, status=Status.ACCEPTED)
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    connection.executescript("".join(MIGRATIONS[:3]) + "PRAGMA user_version = 3;")
    claim = "INSERT INTO delivery (folder, name, identity, state, attempts) VALUES (x'', x'', '1', 'committed', 1)"
    connection.execute(claim)
    connection.execute("INSERT INTO owed VALUES (1, 1, 'annotated/a.png', ?)", (encode_reading(reading),))
    connection.commit()
    connection.close()
    with Ledger.open(tmp_path) as opened:
        (found,) = opened.committed(after=0, at_most=9)
        assert opened.owed(found) == [Owed(picture="annotated/a.png", reading=reading)]


def test_pictures_are_owed_until_the_place_of_their_file_is_written_down(ledger):
    (delivery,) = ledger.claim([(INBOX, "a.png", "1")])
    reading = Reading(
        page=2,
        value="7",
        confidence=0.5,
        status=Status.REVIEW,
        reason="low_confidence",
        probabilities=(0.1,) * 10,
        box=Box(x=1, y=2, width=3, height=4),
    )
    owed = Owed(picture="annotated/a.png-p2.png", reading=reading)
    ledger.commit([committed(delivery, a_row(), owed=[owed])])
    assert ledger.owed(delivery) == [owed]
    ledger.place([(delivery, Path("done/a.png"))])
    assert ledger.owed(delivery) == []
    assert [item.place for item in ledger.unfinished()] == [Path("done/a.png")]


def test_another_process_can_read_while_it_is_written(ledger, tmp_path):
    (delivery,) = ledger.claim([(INBOX, "a.png", "1")])
    with Ledger.open_to_read(tmp_path / "state") as reader:
        ledger.commit([committed(delivery, a_row())])
        assert [seq for seq, _ in reader.lines_after(0, at_most=9)] == [1]
        with pytest.raises(OutputError, match="readonly"):
            reader.settle([delivery])


def test_there_is_nothing_to_read_where_there_is_no_ledger(tmp_path):
    with pytest.raises(OutputError, match="unable to open"):
        Ledger.open_to_read(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_unfinished_deliveries_are_found_by_an_index(ledger, tmp_path):
    connection = sqlite3.connect(tmp_path / "state" / "ledger.sqlite3")
    query = "SELECT id FROM delivery WHERE state != 'settled' AND state IN ('claimed', 'committed') ORDER BY id"
    plan = [row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    connection.close()
    assert any("unsettled" in step for step in plan), plan
    assert ledger.unfinished() == []


def test_delivery_of_a_number_beyond_the_ledgers_is_unknown(ledger):
    assert ledger.delivery(2**63) is None
    assert ledger.delivery(5) is None


def test_what_is_in_work_and_owed_is_counted_until_it_is_settled(ledger):
    def counts():
        return ledger.in_work(), ledger.pictures_owed()

    assert counts() == (0, 0)
    first, second, third = ledger.claim([(INBOX, name, name) for name in ("a.png", "b.png", "c.png")])
    assert counts() == (3, 0)
    owed = Owed(picture="annotated/a.png", reading=a_row().reading)
    ledger.commit([committed(first, a_row(), owed=[owed]), committed(second, a_row(), state="left")])
    assert counts() == (2, 1)  # what was left where it is, is in nobody's work
    ledger.withdraw(third)
    assert counts() == (1, 1)
    ledger.settle([first])
    assert counts() == (0, 0)


def test_ledger_that_another_program_has_is_busy_and_not_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr("digitd.ledger.database._PATIENCE_S", 0.1)
    with Ledger.open(tmp_path) as ledger:
        holder = sqlite3.connect(tmp_path / Ledger.NAME, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBusyError, match="is locked"):
            ledger.claim([(INBOX, "a.png", "1")])
        assert ledger.last_seq() == 0
        holder.close()
        assert len(ledger.claim([(INBOX, "a.png", "1")])) == 1
