"""The process ends at any moment; the next one takes up its work."""

import os
import random
import signal
import time

import numpy as np
import pytest
from PIL import Image

from digitd.failpoints import POINTS

KILLED = -signal.SIGKILL
DELIVERY = POINTS[: POINTS.index("recovering")]
COPYING = ("copied", "landed")
RECOVERY = POINTS[POINTS.index("recovering") :]


@pytest.fixture
def mixed(place, sample, tiny):
    """Deliver what a day brings: digits, a document of two pages, and what is no image."""
    place.drop("a.jpg", sample)
    place.drop("b.png", tiny)
    place.drop("bad.png", b"not an image")
    pages = [Image.fromarray(np.full((40, 40), level, np.uint8)) for level in (255, 250)]
    pages[0].save(place.inbox / ".two.part", "TIFF", save_all=True, append_images=pages[1:])
    (place.inbox / ".two.part").rename(place.inbox / "two.tif")
    place.delivered += 1
    return place


@pytest.mark.fault("kill -9 at every step of a delivery")
@pytest.mark.parametrize("point", [point for point in DELIVERY if point not in COPYING])
def test_kill_at_a_step(mixed, point):
    mixed.once(plan=f"{point}:{2 if point in {'taking', 'taken', 'reading', 'moved'} else 1}", expect=KILLED)
    before = mixed.csv
    mixed.once()
    mixed.check(before_csv=before)


@pytest.mark.usefixtures("far_outbox")
@pytest.mark.fault("kill -9 while a file is copied to another file system")
@pytest.mark.parametrize("point", COPYING)
def test_kill_while_a_file_moves_between_file_systems(mixed, point):
    mixed.once(plan=f"{point}:2", expect=KILLED)
    before = mixed.csv
    mixed.once()
    mixed.check(before_csv=before)


@pytest.mark.fault("kill -9 at every step of a recovery")
@pytest.mark.parametrize("point", RECOVERY)
def test_kill_during_recovery(mixed, point):
    first = {"redoing": "read:2", "adopting": "taken:2"}.get(point, "committed:1")
    mixed.once(plan=first, expect=KILLED)
    if point == "adopting":  # strays are what a lost ledger leaves
        for file in (mixed.outbox / ".state").glob("ledger*"):
            file.unlink()
    mixed.once(plan=f"{point}:1", expect=KILLED)
    before = mixed.csv
    mixed.once()
    mixed.check(before_csv=before)


@pytest.mark.fault("kill -9 in the middle of an append to the CSV")
def test_torn_line_is_completed(mixed):
    mixed.once(plan="torn:1", expect=KILLED)
    before = mixed.csv
    assert before
    assert not before.endswith(b"\n")
    mixed.once()
    mixed.check(before_csv=before)


@pytest.mark.fault("several kill -9 in a row, at random steps")
@pytest.mark.parametrize("seed", range(12))
def test_random_crashes_in_a_row(mixed, seed):
    before = b""
    for crash in range(random.Random(seed).randint(2, 4)):
        mixed.once(plan=f"random:{100 * seed + crash}", expect=None)  # it may be done before it is killed
        assert mixed.csv.startswith(before)
        before = mixed.csv
    mixed.once(DIGITD_LIMITS_MAX_ATTEMPTS="9")
    mixed.check(before_csv=before)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.fault("kill -9 at 50 random times under load")
def test_kills_under_load(place, tiny):
    rng = random.Random(7)
    before = b""
    for round_ in range(50):
        for number in range(rng.randint(5, 25)):
            place.drop(f"{round_}-{number}.png", tiny)
        process = place.start(until="model loaded", DIGITD_OUTBOX_ANNOTATE="review", DIGITD_LIMITS_MAX_ATTEMPTS="50")
        time.sleep(rng.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert place.csv.startswith(before)
        before = place.csv
    place.once(DIGITD_OUTBOX_ANNOTATE="review", DIGITD_LIMITS_MAX_ATTEMPTS="50")
    rows = place.check(before_csv=before)
    assert {row["status"] for row in rows} <= {"accepted", "review"}


@pytest.mark.fault("SIGTERM in the middle of a batch")
def test_stop_in_the_middle_of_a_batch(place, tiny):
    process = place.start(DIGITD_OUTBOX_ANNOTATE="none")
    for number in range(300):
        place.drop(f"{number}.png", tiny)
    place.wait(lambda: place.rows, "the first rows are there")
    place.stop(process)
    before = place.csv
    assert len(place.rows) < 300
    place.once()
    place.check(before_csv=before)


@pytest.mark.fault("a file that aborts the process")
def test_file_that_aborts_the_process_fails_and_the_others_are_read(place, tiny):
    for name in ("a.png", "poison.png", "z.png"):
        place.drop(name, tiny)
    for _ in range(3):
        place.once(plan="abort:poison.png", expect=-signal.SIGABRT)
    place.once(plan="abort:poison.png")
    rows = {row["file"]: row["reason"] for row in place.check()}
    assert rows.pop("poison.png") == "crashed"
    assert set(rows) == {"a.png", "z.png"}
    assert sorted(os.listdir(place.outbox / "done")) == ["a.png", "z.png"]


@pytest.mark.usefixtures("far_outbox")
def test_every_failpoint_is_passed(mixed, tmp_path):
    """A point that no delivery reaches would be a test that cannot fail."""
    trace = tmp_path / "trace"
    mixed.once(plan="read:2", expect=KILLED)
    (mixed.inbox / ".digitd" / "99~stray.png").write_bytes(b"stray")
    mixed.delivered += 1
    mixed.once(plan=f"trace:{trace}")
    mixed.check()
    assert set(trace.read_text().split()) == set(POINTS)
