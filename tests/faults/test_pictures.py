"""Pictures are drawn by a process beside the daemon, behind the rows: what happens to it costs nothing."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from digitd.annotate.contact import CELLS
from tests.test_painter import filled

MANY = 120


def drawing_process(pid):
    """Return the process that draws for a daemon, or None while there is none."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    return None


@pytest.mark.fault("the process that draws is killed, again and again")
def test_killed_drawing_process_costs_no_picture(place, tiny):
    process = place.start()
    for number in range(MANY):
        place.drop(f"{number}.png", tiny)
    for _ in range(3):
        os.kill(place.wait(lambda: drawing_process(process.pid), "a process draws"), signal.SIGKILL)
    place.wait_for_all()
    place.stop(process)
    assert all(row["annotated"] for row in place.check())


@pytest.mark.fault("SIGTERM while hundreds of pictures are owed")
def test_stop_leaves_no_picture_out(place, tiny):
    process = place.start()
    for number in range(MANY):
        place.drop(f"{number}.png", tiny)
    place.wait(lambda: place.rows, "the first rows are there")
    place.stop(process)
    before = place.csv
    place.once()
    place.check(before_csv=before)


@pytest.mark.fault("kill -9 while hundreds of pictures are owed")
def test_kill_leaves_no_picture_out(place, tiny):
    process = place.start()
    for number in range(MANY):
        place.drop(f"{number}.png", tiny)
    place.wait(lambda: len(place.rows) > MANY / 2, "rows are there")
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = place.csv
    place.once()
    place.check(before_csv=before)


@pytest.mark.fault("kill -9 and SIGTERM while contact sheets are drawn")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_sheets_are_complete_after_the_process_ends(place, tiny, number):
    process = place.start(DIGITD_OUTBOX_ANNOTATE="sheet")
    for count in range(MANY):
        place.drop(f"{count}.png", tiny if count % 10 else b"not an image")
    place.wait(lambda: len(place.rows) > MANY / 2, "rows are there")
    process.send_signal(number)
    process.wait()
    before = place.csv
    place.once(DIGITD_OUTBOX_ANNOTATE="sheet")
    rows = place.check(before_csv=before)
    sheets = [place.outbox / "annotated" / f"sheet-00000{number}.png" for number in (1, 2)]
    assert len(rows) == MANY
    assert filled(sheets[0]) == list(range(CELLS))
    assert filled(sheets[1]) == list(range(MANY - CELLS))
