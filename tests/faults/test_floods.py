"""More than the daemon can keep up with, and events that never come."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from digitd.service.status import read_status

SOAK = int(os.environ.get("DIGITD_SOAK", "3000"))
UNHURRIED = {"DIGITD_OUTBOX_ANNOTATE": "none"}
ROOM_MB = 15
ROOM_DESCRIPTORS = 5

DEAF = """
import sys
from watchdog.observers.api import EventEmitter
from digitd.cli import run
EventEmitter.queue_event = lambda *_: None
sys.exit(run(sys.argv[4:]))
"""
"""Runs ``python -m digitd WORDS...`` such that no event arrives, as on a file system that tells none."""


def finish(place, process, deadline_s=60):
    """Wait for everything delivered, stop, and return the rows."""
    place.wait_for_all(deadline_s)
    place.stop(process)
    return place.check()


def without(limit):
    """Return the words before a command that leave it no inotify instances or watches of its own."""
    script = f'echo 0 > /proc/sys/user/max_inotify_{limit} && exec "$@"'
    words = ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"]
    try:
        subprocess.run([*words, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs user namespaces (unshare of util-linux)")
    return words


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.fault("a storm of 10,000 files")
def test_storm_is_read_once_each(place, tiny):
    process = place.start(**UNHURRIED)
    for number in range(10_000):
        place.drop(f"{number:05}.png", tiny)
    rows = finish(place, process, deadline_s=500)
    assert sorted(row["file"] for row in rows) == [f"{number:05}.png" for number in range(10_000)]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.fault("more events than the kernel queues")
def test_overflow_of_the_event_queue_loses_no_file(place, tiny):
    process = place.start(DIGITD_SETTLE_RESCAN_S="3600", **UNHURRIED)
    process.send_signal(signal.SIGSTOP)
    for number in range(6000):  # each makes four events, and the kernel holds 16,384
        place.drop(f"{number}.png", tiny)
    process.send_signal(signal.SIGCONT)
    finish(place, process, deadline_s=400)
    assert read_status(place.outbox / ".state").snapshot.facts.overflows >= 1


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.fault("files from many uploaders at once")
def test_uploaders_at_once_lose_nothing(place, tiny):
    process = place.start(**UNHURRIED)

    def upload(name):
        for number in range(200):
            unfinished = place.inbox / f".{name}.part"
            unfinished.write_bytes(tiny)
            unfinished.rename(place.inbox / f"{name}-{number}.png")

    uploaders = [threading.Thread(target=upload, args=[name]) for name in range(8)]
    for uploader in uploaders:
        uploader.start()
    for uploader in uploaders:
        uploader.join()
    place.delivered += 8 * 200
    finish(place, process, deadline_s=200)


@pytest.mark.fault("no inotify instance or watch is left")
@pytest.mark.parametrize("limit", ["instances", "watches"])
def test_inbox_is_polled_where_no_watch_can_be_had(place, tiny, limit):
    process = place.start(prefix=without(limit), DIGITD_SETTLE_RESCAN_S="3600")
    assert 'mode="listing every 1 s"' in process.log()
    assert "limit reached" in process.log()
    for name in ("a.png", "b.png"):
        place.drop(name, tiny)
        place.wait_for_all(15)
    finish(place, process)


@pytest.mark.fault("a file system that tells no events")
def test_inbox_is_polled_where_no_event_comes(place, tiny):
    process = place.start(prefix=[sys.executable, "-c", DEAF], DIGITD_SETTLE_RESCAN_S="3600")
    assert 'mode="listing every 1 s"' in process.log()
    assert f"no event came for a file made in {place.inbox}" in process.log()
    for name in ("a.png", "b.png"):
        place.drop(name, tiny)
        place.wait_for_all(15)
    finish(place, process)


def held(process):
    """Return what a process holds: megabytes of memory and open descriptors."""
    with open(f"/proc/{process.pid}/status") as status:
        (kilobytes,) = (int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return kilobytes / 1024, len(os.listdir(f"/proc/{process.pid}/fd"))


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.fault("a long time: memory and descriptors")
def test_long_service_holds_no_more_than_a_short_one(place, tiny, sample, tmp_path):
    """Without pictures, which another process draws; `make bench` watches that one."""
    process = place.start(DIGITD_OUTBOX_ANNOTATE="none")
    waves, seen = 30, []
    for wave in range(waves):
        for number in range(SOAK // waves):
            place.drop(
                f"{wave}-{number}.png", b"no image" if number % 25 == 0 else sample if number % 25 == 1 else tiny
            )
        place.wait_for_all(60 + SOAK / 20)
        seen.append(held(process))
    (memory, descriptors), (memory_after, descriptors_after) = seen[waves // 3], seen[-1]
    (tmp_path / "held").write_text("".join(f"{mb:.1f} MB {count} descriptors\n" for mb, count in seen))
    assert memory_after - memory < ROOM_MB, seen
    assert descriptors_after - descriptors < ROOM_DESCRIPTORS, seen
    finish(place, process)
