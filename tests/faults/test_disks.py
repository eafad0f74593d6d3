"""Disks that are full, read-only or elsewhere: under the outbox, the ledger or the inbox."""

import os
import shutil
import subprocess
from contextlib import suppress

import pytest

from tests.faults.pauses import CHATTY, drop_three, goes_on_by_itself, inputs, serve_one, stays_paused


def unmount(folder):
    subprocess.run(["umount", "--lazy", folder], check=True, capture_output=True)  # noqa: S607 - wherever it is


@pytest.fixture
def mount():
    """Return a function that mounts by the words of mount(8), the folder last; it is undone afterwards."""
    mounted = []

    def on(*words):
        command = ["mount", *map(str, words)]
        if shutil.which("mount") is None or subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("needs the right to mount")
        mounted.append(words[-1])

    yield on
    for folder in reversed(mounted):
        with suppress(subprocess.CalledProcessError):  # the test has done it
            unmount(folder)


@pytest.fixture(params=["outbox", "ledger", "both"])
def small_disk(request, place, tmp_path, mount):
    """Put the outbox, the ledger or both on a disk of 4 MB."""
    disk, state = tmp_path / "disk", tmp_path / "state"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", disk)
    if request.param != "ledger":
        place.outbox = disk / "outbox"
    if request.param != "outbox":
        state = disk / "state"
    place.outbox.mkdir()
    state.mkdir()
    (place.outbox / ".state").symlink_to(state)
    return disk


def fill(disk):
    """Leave no room on a disk, and return what takes it."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return ballast


@pytest.mark.fault("disk of the outbox, the ledger or both full")
def test_full_disk_pauses_the_daemon(place, tiny, small_disk):
    process = serve_one(place, tiny, **CHATTY)
    before, ballast = place.csv, fill(small_disk)
    drop_three(place, tiny)
    stays_paused(place, process)
    assert inputs(place) == 3
    ballast.unlink()
    goes_on_by_itself(place, process, before_csv=before)


@pytest.mark.fault("disk full at the start")
def test_full_disk_at_the_start_is_said_and_loses_nothing(place, tiny, small_disk):
    ballast = fill(small_disk)
    drop_three(place, tiny)
    log = place.once(expect=6)
    assert "hint:" in log
    assert "Traceback" not in log
    assert inputs(place) == 3
    ballast.unlink()
    place.once()
    place.check()


@pytest.mark.fault("disk full in the middle of a row")
def test_row_that_is_cut_off_by_a_full_disk_is_completed(place, tiny, tmp_path, mount):
    place.outbox.mkdir()
    mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", place.outbox)
    for name in (".state", "done"):  # they have room, so that nothing but the CSV has none
        (tmp_path / name).mkdir()
        (place.outbox / name).symlink_to(tmp_path / name)
    process = serve_one(place, tiny, DIGITD_OUTBOX_ANNOTATE="none", **CHATTY)
    ballast = fill(place.outbox)  # what is left is the rest of the CSV's page
    for number in range(40):
        place.drop(f"{number}.png", tiny)
    stays_paused(place, process)
    before = place.csv
    assert len(before) == 4096
    assert not before.endswith(b"\n")
    ballast.unlink()
    goes_on_by_itself(place, process, before_csv=before)


@pytest.mark.fault("outbox mounted read-only")
def test_outbox_that_is_mounted_read_only_pauses_the_daemon(place, tiny, mount):
    process = serve_one(place, tiny, **CHATTY)
    before = place.csv
    mount("--bind", "-o", "ro", place.outbox, place.outbox)
    drop_three(place, tiny)
    stays_paused(place, process)
    assert inputs(place) == 3
    unmount(place.outbox)
    goes_on_by_itself(place, process, before_csv=before)


@pytest.mark.fault("inbox mounted read-only")
def test_inbox_that_is_mounted_read_only_pauses_the_daemon(place, tiny, tmp_path, mount):
    process = serve_one(place, tiny, **CHATTY)
    before, uploads = place.csv, tmp_path / "uploads"
    uploads.mkdir()
    mount("--bind", place.inbox, uploads)  # where the uploaders still may write
    mount("--bind", "-o", "ro", place.inbox, place.inbox)
    drop_three(place, tiny, folder=uploads)
    stays_paused(place, process)
    assert inputs(place) == 3
    unmount(place.inbox)
    goes_on_by_itself(place, process, before_csv=before)


@pytest.mark.fault("done/ and failed/ are links to another file system")
def test_links_to_another_file_system_are_followed(place, tiny, tmp_path, far_outbox):
    place.outbox = tmp_path / "outbox"
    place.outbox.mkdir()
    for name in ("done", "failed"):
        (far_outbox / name).mkdir(parents=True)
        (place.outbox / name).symlink_to(far_outbox / name)
    drop_three(place, tiny)
    place.drop("bad.png", b"not an image")
    place.once()
    place.check()
    assert len(os.listdir(far_outbox / "done")) == 3
    assert sorted(os.listdir(far_outbox / "failed")) == ["bad.png", "bad.png.reason.json"]
