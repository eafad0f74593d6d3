"""What a daemon does when there is nothing to deliver."""

import datetime as dt
import sqlite3

from tests.conftest import waiting_in


def test_what_was_kept_long_enough_is_removed_by_a_running_daemon(daemon, digitd, inbox, outbox, sample, eventually):
    (inbox / "old.jpg").write_bytes(sample)
    once = digitd("watch", "--inbox", inbox, "--outbox", outbox.path, "--once")
    assert once.returncode == 0, once.stderr
    assert outbox.names("done") == ["old.jpg"]
    a_tenth_of_a_second = str(0.1 / 86400)
    process = daemon(DIGITD_RETENTION_DONE_KEEP_DAYS=a_tenth_of_a_second)
    eventually(lambda: outbox.names("done") == [], "the file is removed")
    eventually(lambda: "removed what was kept long enough" in process.log(), "it is said")
    assert outbox.names("annotated") != []  # of which nothing was configured
    assert len(outbox.rows) == 1


def test_day_that_is_over_is_put_by_without_a_new_row(daemon, digitd, inbox, outbox, sample, eventually):
    (inbox / "a.jpg").write_bytes(sample)
    once = digitd("watch", "--inbox", inbox, "--outbox", outbox.path, "--once")
    assert once.returncode == 0, once.stderr
    read = outbox.rows[0]["time"][:10]
    before = (dt.date.fromisoformat(read) - dt.timedelta(days=1)).isoformat()
    csv = outbox.path / "predictions.csv"
    csv.write_bytes(csv.read_bytes().replace(read.encode(), before.encode()))
    with sqlite3.connect(outbox.path / ".state" / "ledger.sqlite3") as ledger:
        ((line,),) = ledger.execute("SELECT bytes FROM line").fetchall()
        ledger.execute("UPDATE line SET bytes = ?", (line.replace(read.encode(), before.encode()),))
    ledger.close()
    daemon(DIGITD_OUTBOX_ROTATE="daily")
    closed = outbox.path / f"predictions-{before}.csv"
    eventually(closed.exists, "the day is put by")
    eventually(lambda: csv.exists() and csv.read_text().count("\n") == 1, "a new file has its header")
    (inbox / "b.jpg").write_bytes(sample)
    eventually(lambda: [row["seq"] for row in outbox.rows] == ["2"], "seq goes on")
    assert closed.read_text().count("\n") == 2
    eventually(lambda: waiting_in(inbox) == [], "nothing waits")
