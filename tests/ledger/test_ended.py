import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digitd.ledger import Ledger, Owed, Verdict
from digitd.rows import Row
from digitd.values import Reading, Status

READING = Reading(page=1, value="7", confidence=0.9, status=Status.ACCEPTED)
PICTURE = "annotated/a.png"


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path) as opened:
        yield opened


def commit(ledger, *, state="committed"):
    (delivery,) = ledger.claim([(Path("/inbox"), "a.png", "1")])
    row = Row(time=datetime.now(UTC), file="a.png", reading=READING, sha256="", model="", annotated=PICTURE)
    owed = [Owed(picture=PICTURE, reading=READING)]
    ledger.commit([Verdict(delivery=delivery, rows=[row], reason="", detail="", owed=owed, state=state)])
    return delivery


def test_rows_tell_where_their_files_are_and_whether_they_are_there(ledger):
    first, _ = commit(ledger), commit(ledger)
    ledger.place([(first, Path("done/a.png"))])
    found = ledger.ended.after(0, at_most=9)
    assert [(row.seq, row.place, row.is_settled) for row in found] == [(1, Path("done/a.png"), False), (2, None, False)]
    ledger.settle([first])
    assert [row.is_settled for row in ledger.ended.after(0, at_most=9)] == [True, False]
    assert [row.seq for row in ledger.ended.after(1, at_most=9)] == [2]
    assert len(ledger.ended.after(0, at_most=1)) == 1


def test_place_is_promised_from_when_it_is_written_down_until_the_file_is_there(ledger):
    delivery = commit(ledger)
    assert ledger.ended.promised() == set()
    ledger.place([(delivery, Path("done/a.png"))])
    assert ledger.ended.promised() == {Path("done/a.png")}
    ledger.settle([delivery])
    assert ledger.ended.promised() == set()


def test_picture_is_owed_while_any_row_waits_for_it(ledger):
    first, second = commit(ledger), commit(ledger)
    ledger.settle([first])
    assert ledger.ended.is_owed(Path(PICTURE))
    ledger.settle([second])
    assert not ledger.ended.is_owed(Path(PICTURE))


def test_owed_picture_is_found_by_an_index(ledger, tmp_path):
    assert not ledger.ended.is_owed(Path(PICTURE))
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as connection:
        plan = connection.execute("EXPLAIN QUERY PLAN SELECT 1 FROM owed WHERE picture = 'a' LIMIT 1").fetchall()
    assert "owed_pictures" in plan[0][-1]
