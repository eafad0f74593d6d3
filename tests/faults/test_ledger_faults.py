"""What others do to the ledger while it is in use, and a second digitd on one of its folders."""

import os
import shutil
import sqlite3

import pytest

from digitd.service.status import STATUS_NAME
from tests.faults.pauses import CHATTY, drop_three, goes_on_by_itself, inputs, serve_one, stays_paused


def ledger(place):
    return place.outbox / ".state" / "ledger.sqlite3"


def contents(*folders):
    """Return the bytes of all files in folders, but for the status that each start writes."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.name != STATUS_NAME]
    return {path: path.read_bytes() for path in files}


@pytest.mark.fault("ledger locked for longer than SQLite waits")
def test_ledger_that_stays_locked_is_one_pause(place, tiny):
    process = serve_one(place, tiny, **CHATTY)
    before = place.csv
    holder = sqlite3.connect(ledger(place), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    drop_three(place, tiny)
    stays_paused(place, process)
    place.wait(lambda: "is locked" in process.log(), "the lock is said")
    assert inputs(place) == 3
    holder.close()
    goes_on_by_itself(place, process, before_csv=before)


def overwrite(path):
    with path.open("r+b") as file:
        file.write(b"junk" * 4096)


def remove(path):
    path.unlink()


def replace(path):
    shutil.copy(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


def remove_the_folder(path):
    shutil.rmtree(path.parent)


@pytest.mark.fault("ledger overwritten, removed or replaced while digitd runs")
@pytest.mark.parametrize("harm", [overwrite, remove, replace, remove_the_folder])
def test_ledger_that_is_no_longer_the_own_ends_the_daemon(place, tiny, harm):
    process = serve_one(place, tiny)
    before = place.csv
    harm(ledger(place))
    drop_three(place, tiny)
    place.wait(lambda: process.poll() is not None, "it ends")
    log = process.log()
    assert process.returncode == 6, log
    assert "hint: nothing was changed" in log
    assert "Traceback" not in log
    assert place.csv == before
    assert inputs(place) == 3


@pytest.mark.fault("a page of the ledger damaged")
def test_damage_inside_the_ledger_is_found_at_the_start_and_nothing_is_touched(place, tiny):
    drop_three(place, tiny)
    place.once()
    with ledger(place).open("r+b") as file:
        file.seek(4096)
        file.write(b"junk" * (ledger(place).stat().st_size // 4 - 1024))
    place.drop("late.png", tiny)
    before = contents(place.inbox, place.outbox)
    complaint = place.once(expect=6)
    assert "is damaged" in complaint
    assert "Traceback" not in complaint
    after = contents(place.inbox, place.outbox)
    assert {path: content for path, content in after.items() if path in before} == before


@pytest.mark.fault("a copy of the ledger put back")
def test_damaged_ledger_is_cured_by_a_copy_as_the_hint_says(place, tiny):
    drop_three(place, tiny)
    place.once()
    before = place.csv
    shutil.copy(ledger(place), ledger(place).with_name("copy"))
    ledger(place).write_bytes(b"junk")
    place.drop("late.png", tiny)
    place.once(expect=6)
    ledger(place).with_name("copy").replace(ledger(place))
    place.once()
    place.check(before_csv=before)


@pytest.mark.fault("second instance on one of the folders")
@pytest.mark.parametrize("shared", ["inbox", "state", "outbox"])
def test_second_instance_on_one_shared_folder_is_refused(place, digitd, tiny, tmp_path, shared):
    process = place.start()
    own = {"inbox": place.inbox, "state": place.outbox / ".state", "outbox": place.outbox}
    other = {name: tmp_path / f"other-{name}" for name in own} | {shared: own[shared]}
    arguments = ["--once", "--inbox", other["inbox"], "--outbox", other["outbox"]]
    variables = {"PATH": os.environ["PATH"], "DIGITD_STATE_PATH": str(other["state"])}
    ended = digitd("watch", *arguments, env=variables)
    assert ended.returncode == 75, ended.stderr
    assert "another digitd works on" in ended.stderr
    drop_three(place, tiny)
    place.wait_for_all()
    place.stop(process)
    place.check()
