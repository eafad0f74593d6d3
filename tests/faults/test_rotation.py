"""A day is over: predictions.csv is put by and begun anew, and the process ends in the middle of that."""

import os
import re
import signal
import sqlite3
from contextlib import closing

import pytest

from digitd.failpoints import ROTATION

KILLED = -signal.SIGKILL
DAILY = {"DIGITD_OUTBOX_ROTATE": "daily"}
YESTERDAY = "predictions-2026-01-01.csv"


def let_a_day_pass(outbox):
    """Have all rows so far been read on the first of January, in the ledger as in the CSV."""
    with closing(sqlite3.connect(outbox / ".state" / "ledger.sqlite3")) as connection, connection:
        for seq, line in connection.execute("SELECT seq, bytes FROM line").fetchall():
            connection.execute("UPDATE line SET bytes = ? WHERE seq = ?", (earlier(line), seq))
    path = outbox / "predictions.csv"
    path.write_bytes(b"\n".join(map(earlier, path.read_bytes().split(b"\n"))))


def earlier(line):
    return re.sub(rb"^(\d+),\d{4}-\d\d-\d\dT", rb"\1,2026-01-01T", line)


@pytest.fixture
def yesterday(place, tiny):
    """Read a file, let a day pass, and deliver another one."""
    place.drop("a.png", tiny)
    place.once(**DAILY)
    let_a_day_pass(place.outbox)
    place.drop("b.png", tiny)
    return place


@pytest.mark.fault("kill -9 at every step of the rotation of predictions.csv")
@pytest.mark.parametrize("point", ROTATION)
def test_kill_while_the_csv_is_rotated(yesterday, point):
    before = yesterday.csv
    yesterday.once(plan=f"{point}:1", expect=KILLED, **DAILY)
    yesterday.once(**DAILY)
    assert (yesterday.outbox / YESTERDAY).read_bytes() == before
    assert [row["file"] for row in yesterday.rows] == ["b.png"]
    assert [row["seq"] for row in yesterday.check(before_csv=before)] == ["1", "2"]


@pytest.mark.fault("predictions.csv removed after its rotation")
def test_csv_that_is_removed_after_its_rotation_is_written_anew_without_the_rows_of_the_day_before(yesterday, tiny):
    yesterday.once(**DAILY)
    os.unlink(yesterday.outbox / "predictions.csv")
    yesterday.drop("c.png", tiny)
    yesterday.once()  # rotation is switched off, and the files of the days before stay
    assert [row["file"] for row in yesterday.rows] == ["b.png", "c.png"]
    yesterday.check()


def test_results_that_watch_has_rotated_can_be_added_to_by_score(yesterday, digitd, sample, tmp_path):
    yesterday.once(**DAILY)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.jpg").write_bytes(sample)
    ended = digitd("score", tmp_path / "more", "--out", yesterday.outbox, "--jobs", 1)
    assert ended.returncode == 0, ended.stderr
    assert [(row["seq"], row["file"]) for row in yesterday.rows] == [("2", "b.png"), ("3", "c.jpg")]
