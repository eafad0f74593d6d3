"""What others do to the ledger, and a second digitd."""

import os
import shutil
import signal
import sqlite3

import pytest


def ledger(place):
    return place.outbox / ".state" / "ledger.sqlite3"


@pytest.mark.fault("ledger locked by another process")
def test_locked_ledger_pauses_until_it_is_free(place, tiny):
    process = place.start()
    holder = sqlite3.connect(ledger(place), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    place.drop("a.png", tiny)
    place.wait(lambda: "paused:" in process.log(), "the pause is said")
    assert "database is locked" in process.log()
    holder.execute("COMMIT")
    holder.close()
    place.wait_for_all()
    assert process.log().count("paused:") == 1
    place.check()


@pytest.mark.fault("ledger overwritten with junk while digitd runs")
def test_ledger_that_is_overwritten_ends_the_daemon_with_what_to_do(place, tiny):
    process = place.start()
    place.drop("a.png", tiny)
    place.wait_for_all()
    before = place.csv
    with ledger(place).open("r+b") as file:
        file.write(b"junk" * 4096)
    place.drop("b.png", tiny)
    place.wait(lambda: process.poll() is not None, "it ends")
    assert process.returncode == 6
    assert "is damaged" in process.log()
    assert "put a copy of it back" in process.log()
    assert "Traceback" not in process.log()
    assert place.csv == before
    assert (place.inbox / "b.png").exists()


@pytest.mark.fault("ledger overwritten with junk, or of a newer digitd, at the start")
@pytest.mark.parametrize("harm", ["junk", "newer"])
def test_ledger_that_cannot_be_trusted_is_left_alone(place, tiny, harm):
    place.drop("a.png", tiny)
    place.once()
    if harm == "junk":
        ledger(place).write_bytes(b"junk" * 4096)
    else:
        connection = sqlite3.connect(ledger(place))
        connection.execute("PRAGMA user_version = 999")
        connection.close()
    before, csv = ledger(place).read_bytes(), place.csv
    place.drop("b.png", tiny)
    complaint = place.once(expect=6)
    assert ("is damaged" if harm == "junk" else "has schema 999") in complaint
    assert "Traceback" not in complaint
    assert (ledger(place).read_bytes(), place.csv) == (before, csv)
    assert (place.inbox / "b.png").exists()


@pytest.mark.fault("second instance")
def test_second_instance_is_refused_and_the_first_goes_on(place, tiny):
    place.start()
    assert "another digitd works on" in place.once(expect=75)
    place.drop("a.png", tiny)
    place.wait_for_all()
    place.check()


@pytest.mark.fault("stale locks after kill -9")
def test_lock_of_a_killed_daemon_does_not_stand_in_the_way(place, tiny):
    process = place.start()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (place.inbox / ".digitd" / ".lock").exists()
    place.drop("a.png", tiny)
    place.once()
    place.check()


@pytest.mark.fault("ledger lost")
def test_lost_ledger_beside_its_csv_is_not_taken_for_a_new_beginning(place, tiny):
    place.drop("a.png", tiny)
    place.once()
    before = place.csv
    shutil.rmtree(place.outbox / ".state")
    place.drop("b.png", tiny)
    assert "rows that the ledger does not know" in place.once(expect=6)
    assert place.csv == before
    assert os.listdir(place.outbox / "done") == ["a.png"]
    assert (place.inbox / "b.png").exists()
