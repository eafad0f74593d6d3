"""Every way a file can arrive: it is read whole, and once."""

import hashlib
import io
import os
import shutil
import threading
import time
from contextlib import suppress

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.conftest import waiting_in

LONGER_THAN_QUIET_S = 0.5
PIECES = 4
EVENTS_ONLY = {"DIGITD_SETTLE_RESCAN_S": "3600"}


def tiff(content):
    """Return an image as a TIFF with its directory in front, which does not say where it ends."""
    target = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("L").save(target, "TIFF")
    return target.getvalue()


def pieces(content):
    """Yield (start, bytes) of the parts in which a slow writer writes, a pause behind each but the last."""
    size = -(-len(content) // PIECES)
    for start in range(0, len(content), size):
        yield start, content[start : start + size]
        if start + size < len(content):
            time.sleep(LONGER_THAN_QUIET_S)


def finish(place, process, deadline_s=60):
    """Wait for everything delivered, stop, and return the rows."""
    place.wait_for_all(deadline_s)
    place.stop(process)
    return place.check()


def sent(row, content):
    """Return whether a row is about these bytes."""
    return row["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.fault("a slow writer that keeps the file open")
@pytest.mark.parametrize("encoded", [bytes, tiff], ids=["jpeg", "tiff"])
@pytest.mark.parametrize("is_forged", [False, True], ids=["", "mtime set back"])
def test_slow_writer_is_waited_for(place, sample, encoded, is_forged):
    process = place.start()
    content = encoded(sample)
    target = place.inbox / "slow.img"
    with target.open("wb", buffering=0) as file:
        for _, piece in pieces(content):
            assert target.exists()
            file.write(piece)
            if is_forged:
                os.utime(target, (1, 1))
    place.delivered += 1
    (row,) = finish(place, process)
    assert sent(row, content)
    assert row["value"] == "7"


@pytest.mark.fault("a writer that closes a half file and appends the rest")
@pytest.mark.parametrize("half", [0.0, 0.5, 0.99])
def test_half_file_is_not_yet_rather_than_bad(place, sample, half):
    process = place.start()
    target = place.inbox / "two-goes.jpg"
    cut = int(half * len(sample))
    target.write_bytes(sample[:cut])
    time.sleep(1.0)
    assert target.exists()
    with target.open("ab") as file:
        file.write(sample[cut:])
    place.delivered += 1
    (row,) = finish(place, process)
    assert sent(row, sample)


@pytest.mark.fault("room is made for the whole file before it is written")
@pytest.mark.parametrize("is_backward", [False, True], ids=["from the front", "from the back"])
@pytest.mark.parametrize("make_room", [os.posix_fallocate, lambda file, _, size: os.truncate(file, size)])
def test_preallocated_file_is_read_when_it_is_filled(place, sample, make_room, is_backward):
    process = place.start()
    target = place.inbox / "room.jpg"
    with target.open("wb", buffering=0) as file:
        make_room(file.fileno(), 0, len(sample))
        time.sleep(LONGER_THAN_QUIET_S)
        parts = [(start, sample[start : start + 4000]) for start in range(0, len(sample), 4000)]
        for start, piece in reversed(parts) if is_backward else parts:
            assert target.exists()
            os.pwrite(file.fileno(), piece, start)
            time.sleep(LONGER_THAN_QUIET_S / len(parts))
    place.delivered += 1
    (row,) = finish(place, process)
    assert sent(row, sample)


@pytest.mark.fault("room is made by one program and filled by another")
def test_room_without_content_is_not_yet_a_file(place, sample):
    process = place.start()
    target = place.inbox / "room.jpg"
    target.touch()
    os.truncate(target, len(sample))
    time.sleep(LONGER_THAN_QUIET_S)
    with target.open("r+b", buffering=0) as file:
        for start, piece in pieces(sample):
            os.pwrite(file.fileno(), piece, start)
    place.delivered += 1
    (row,) = finish(place, process)
    assert sent(row, sample)


@pytest.mark.fault("renamed in, moved in, linked in: no event says closed")
@pytest.mark.parametrize("way", ["rename in the inbox", "move from a sibling", "link and unlink", "copy from afar"])
def test_every_way_in_is_read_by_events_alone(place, tmp_path, sample, way):
    process = place.start(**EVENTS_ONLY)
    outside = (place.inbox / "a.jpg.part") if way == "rename in the inbox" else (tmp_path / "a.jpg")
    outside.write_bytes(sample)
    target = place.inbox / "a.jpg"
    match way:
        case "link and unlink":
            os.link(outside, target)
            outside.unlink()
        case "copy from afar":
            shutil.copy(outside, target)
        case _:
            outside.rename(target)
    place.delivered += 1
    (row,) = finish(place, process)
    assert sent(row, sample)


@pytest.mark.fault("linked in while it is written under its other name")
def test_link_to_a_file_that_is_written_elsewhere_is_waited_for(place, tmp_path, sample):
    process = place.start()
    with (tmp_path / "other.jpg").open("wb", buffering=0) as file:
        for start, piece in pieces(sample):
            file.write(piece)
            if not start:
                os.link(tmp_path / "other.jpg", place.inbox / "a.jpg")
            assert (place.inbox / "a.jpg").exists()
    place.delivered += 1
    (row,) = finish(place, process)
    assert sent(row, sample)


@pytest.mark.fault("file times in the future and in the past")
@pytest.mark.parametrize("year_s", [2**33, 1], ids=["future", "past"])
@pytest.mark.parametrize("encoded", [bytes, tiff], ids=["whole", "unknown"])
def test_forged_time_neither_hastens_nor_delays(place, sample, encoded, year_s):
    process = place.start()
    unfinished = place.inbox / ".a.part"
    unfinished.write_bytes(encoded(sample))
    os.utime(unfinished, (year_s, year_s))
    unfinished.rename(place.inbox / "a.img")
    place.delivered += 1
    finish(place, process, deadline_s=15)


@pytest.mark.fault("the same name again while the first is in work")
def test_same_name_with_new_content_is_another_delivery(place):
    process = place.start()
    versions = []
    for level in range(20):
        version = cv2.imencode(".png", np.full((28, 28), 255 - level, np.uint8))[1].tobytes()
        place.wait(lambda: not (place.inbox / "a.png").exists(), "the name is free")
        place.drop("a.png", version)
        versions.append(hashlib.sha256(version).hexdigest())
    rows = finish(place, process)
    assert [row["sha256"] for row in rows] == versions
    assert {row["file"] for row in rows} == {"a.png"}


@pytest.mark.fault("the same content under two names")
def test_same_content_under_a_new_name_has_its_own_row(place, sample):
    process = place.start()
    for name in ("a.jpg", "b.jpg"):
        place.drop(name, sample)
    rows = finish(place, process)
    assert sorted(row["file"] for row in rows) == ["a.jpg", "b.jpg"]
    assert len({row["sha256"] for row in rows}) == 1
    assert len({row["annotated"] for row in rows}) == 2


@pytest.mark.fault("a backlog of 1,000 files at the start")
def test_backlog_is_read_in_the_order_of_names(place, tiny):
    names = [f"{number:04}.png" for number in range(1000)]
    for name in names:
        place.drop(name, tiny)
    rows = finish(place, place.start(DIGITD_OUTBOX_ANNOTATE="none"))
    assert [row["file"] for row in rows] == names


@pytest.mark.fault("a file that lands between the first listing and the watch")
@pytest.mark.parametrize("after_s", [number * 0.02 for number in range(6)])
def test_file_that_lands_while_the_daemon_starts_is_read(place, tiny, after_s):
    process = place.start(until="model loaded", **EVENTS_ONLY)
    time.sleep(after_s)
    place.drop("a.png", tiny)
    finish(place, process, deadline_s=15)


@pytest.mark.fault("files that land all through the start")
def test_no_file_is_lost_that_lands_during_the_start(place, tiny):
    has_started = threading.Event()

    def drop_on():
        while not has_started.wait(0.005):
            place.drop(f"{place.delivered}.png", tiny)

    dropping = threading.Thread(target=drop_on)
    dropping.start()
    try:
        process = place.start(DIGITD_OUTBOX_ANNOTATE="none", **EVENTS_ONLY)
    finally:
        has_started.set()
        dropping.join()
    finish(place, process)


@pytest.mark.fault("a long quiet period")
def test_whole_file_does_not_wait_for_the_quiet_period(place, tiny):
    process = place.start(DIGITD_SETTLE_QUIET_S="30", **EVENTS_ONLY)
    place.drop("a.png", tiny)
    finish(place, process, deadline_s=10)


@pytest.mark.fault("an uploader that says by a marker that it is done")
@pytest.mark.parametrize("is_marker_first", [False, True])
def test_marked_file_is_taken_with_its_marker(place, sample, is_marker_first):
    process = place.start(DIGITD_SETTLE_MARKER=".done", DIGITD_SERVICE_LOG_EVERY_S="0.2")
    marker = place.inbox / "a.jpg.done"
    if is_marker_first:
        marker.touch()
    else:
        place.drop("a.jpg", sample)
    lines = process.log().count("throughput")
    place.wait(lambda: process.log().count("throughput") > lines + 5, "a second has passed")
    assert waiting_in(place.inbox) == [marker.name if is_marker_first else "a.jpg"]
    if is_marker_first:
        place.drop("a.jpg", sample)
    else:
        marker.touch()
    (row,) = finish(place, process)  # which also looks for the marker
    assert row["value"] == "7"


@pytest.mark.fault("the inbox is deleted and made again")
@pytest.mark.parametrize("is_noticed", [False, True])
def test_inbox_that_is_made_again_is_served(place, sample, is_noticed):
    process = place.start()
    place.drop("a.jpg", sample)
    place.wait_for_all()
    place.wait(lambda: os.listdir(place.inbox / ".digitd") == [".lock"], "nothing is in work")
    shutil.rmtree(place.inbox)
    if is_noticed:
        place.wait(lambda: "cannot list the inbox" in process.log(), "the loss is said")
    place.inbox.mkdir()
    place.drop("b.jpg", sample)
    place.wait_for_all()
    place.drop("c.jpg", sample)
    rows = finish(place, process)
    assert [row["file"] for row in rows] == ["a.jpg", "b.jpg", "c.jpg"]


@pytest.mark.fault("another folder is put in the place of the inbox")
def test_folder_put_in_the_place_of_the_inbox_is_served(place, tmp_path, sample):
    process = place.start()
    other = tmp_path / "other"
    other.mkdir()
    place.drop("before.jpg", sample, folder=other)
    place.inbox.rename(tmp_path / "old")
    other.rename(place.inbox)
    place.wait_for_all()
    place.drop("after.jpg", sample)
    rows = finish(place, process)
    assert [row["file"] for row in rows] == ["before.jpg", "after.jpg"]


@pytest.mark.fault("the inbox is exchanged in the middle of a batch, and comes back")
@pytest.mark.parametrize("rows_first", [0, 1, 20])
def test_inbox_that_goes_and_comes_back_has_each_row_once(place, tmp_path, sample, tiny, rows_first):
    for number in range(60):
        place.drop(f"{number:02}.png", tiny)
    process = place.start(until="model loaded")
    place.wait(lambda: len(place.rows) >= rows_first and os.listdir(place.inbox / ".digitd") != [".lock"], "work")
    place.inbox.rename(tmp_path / "old")
    place.inbox.mkdir()
    place.drop("other.jpg", sample)
    place.wait((place.outbox / "done" / "other.jpg").exists, "the other inbox is served")
    shutil.rmtree(place.inbox)
    (tmp_path / "old").rename(place.inbox)
    rows = finish(place, process)
    assert len({row["file"] for row in rows}) == 61


@pytest.mark.fault("an inbox with deep folders")
def test_folders_in_folders_are_read(place, tmp_path, tiny):
    place.inbox.joinpath("there", "already").mkdir(parents=True)
    process = place.start(DIGITD_INBOX_RECURSIVE="true")
    place.drop("a.png", tiny, folder=place.inbox / "there" / "already")
    deep = place.inbox.joinpath(*(f"{depth:02}-{'x' * 40}" for depth in range(30)))
    deep.mkdir(parents=True)
    place.drop("a.png", tiny, folder=deep)
    (tmp_path / "tree").mkdir()
    place.drop("b.png", tiny, folder=tmp_path / "tree")
    (tmp_path / "tree").rename(place.inbox / "tree")
    place.wait_for_all()
    place.stop(process)
    for folder, _, names in os.walk(place.inbox, topdown=False):
        if ".digitd" not in folder:
            assert not names
            with suppress(OSError):  # the inbox itself
                os.rmdir(folder)
    rows = place.check()
    assert {row["file"] for row in rows} == {
        "there/already/a.png",
        str(deep.relative_to(place.inbox) / "a.png"),
        "tree/b.png",
    }
    assert (place.outbox / "done" / "tree" / "b.png").is_file()
