"""The daemon as a process, on real files."""

import json
import os
import shutil
import signal
import subprocess
import sys

import cv2
import pytest

from tests.conftest import DEADLINE_S, SAMPLES, environment, waiting_in

SAMPLE_VALUES = {
    line.split(",")[0]: line.strip().split(",")[1] for line in (SAMPLES / "labels.csv").read_text().splitlines()[1:]
}


def drop(folder, name, content):
    """Put a file in an inbox the way a careful uploader does."""
    unfinished = folder / f".{len(name)}.part"
    unfinished.write_bytes(content)
    unfinished.rename(folder / name)


def test_samples_become_rows_pictures_and_done_files(daemon, stop, inbox, outbox, eventually):
    process = daemon()
    for name in SAMPLE_VALUES:
        shutil.copy(SAMPLES / name, inbox)
    eventually(lambda: len(outbox.names("done")) == len(SAMPLE_VALUES), "every sample is done")
    assert stop(process) == 0
    rows = outbox.rows
    assert [row["seq"] for row in rows] == [str(number) for number in range(1, len(SAMPLE_VALUES) + 1)]
    assert {row["file"] for row in rows} == set(SAMPLE_VALUES)
    accepted = {row["file"]: row["value"] for row in rows if row["status"] == "accepted"}
    assert accepted == {name: SAMPLE_VALUES[name] for name in accepted}
    assert len(accepted) >= len(SAMPLE_VALUES) - 1  # a one with a long flag may be doubtful
    assert waiting_in(inbox) == []
    for row in rows:
        picture = cv2.imread(str(outbox.path / row["annotated"]))
        assert picture.shape == (528, 1000, 3)


def test_log_has_a_line_a_file_and_a_line_of_throughput(daemon, stop, inbox, outbox, eventually, sample):
    process = daemon(DIGITD_SERVICE_LOG_FORMAT="json")
    drop(inbox, "a.jpg", sample)
    eventually(lambda: outbox.names("done"), "the file is done")
    assert stop(process) == 0
    lines = [json.loads(line) for line in process.log().splitlines()]
    (read,) = (line for line in lines if line["message"] == "read")
    assert (read["file"], read["value"]) == ("a.jpg", "7")
    assert read["ms"] > 0
    throughput = next(line for line in lines if line["message"] == "throughput")
    assert (throughput["files"], throughput["readings"], throughput["backlog"]) == (1, 1, 0)
    assert throughput["p50_ms"] > 0
    assert lines[-1]["message"] == "stopped"


def test_throughput_is_logged_while_nothing_happens(daemon, eventually):
    process = daemon(DIGITD_SERVICE_LOG_EVERY_S="0.2")
    eventually(lambda: process.log().count("throughput") >= 2, "two throughput lines")


def test_file_that_is_still_written_is_not_touched(daemon, inbox, outbox, eventually, sample):
    daemon()
    slow = inbox / "slow.jpg"
    with slow.open("wb") as file:

        def writes_on_until_done(marker):
            os.utime(slow)
            return marker in outbox.names("done")

        for number in range(4):  # each time another file takes its quiet period and is done meanwhile
            file.write(sample[number::4] if number else sample[:100])
            file.flush()
            drop(inbox, f"{number}.jpg", sample)
            eventually(lambda marker=f"{number}.jpg": writes_on_until_done(marker), f"file {number} is done")
            assert slow.exists()
        file.seek(0)
        file.truncate()
        file.write(sample)
    eventually(lambda: "slow.jpg" in outbox.names("done"), "the finished file is done")
    (row,) = (row for row in outbox.rows if row["file"] == "slow.jpg")
    assert row["value"] == "7"


def test_backlog_at_the_start_is_read(daemon, inbox, outbox, eventually, sample):
    for number in range(40):
        drop(inbox, f"{number:02}.jpg", sample)
    daemon()
    eventually(lambda: len(outbox.names("done")) == 40, "the backlog is done")
    assert [row["file"] for row in outbox.rows] == [f"{number:02}.jpg" for number in range(40)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_finishes_what_is_in_hand_and_the_rest_waits(daemon, stop, inbox, outbox, eventually, sample, number):
    process = daemon()
    for index in range(60):
        drop(inbox, f"{index:02}.jpg", sample)
    eventually(lambda: outbox.rows, "the first rows are there")
    assert stop(process, number) == 0
    done = len(outbox.rows)
    assert done == len(outbox.names("done"))
    assert done + len(waiting_in(inbox)) == 60
    daemon()
    eventually(lambda: len(outbox.names("done")) == 60, "the rest is done after a restart")
    rows = outbox.rows
    assert sorted(row["file"] for row in rows) == [f"{index:02}.jpg" for index in range(60)]
    assert [int(row["seq"]) for row in rows] == list(range(1, 61))


def test_killed_daemon_takes_up_its_work(daemon, inbox, outbox, eventually, sample):
    process = daemon()
    for index in range(60):
        drop(inbox, f"{index:02}.jpg", sample)
    eventually(lambda: outbox.rows, "the first rows are there")
    process.kill()
    process.wait()
    before = (outbox.path / "predictions.csv").read_bytes()
    daemon()
    eventually(lambda: len(outbox.names("done")) == 60, "all is done after a restart")
    assert (outbox.path / "predictions.csv").read_bytes().startswith(before)
    rows = outbox.rows
    assert sorted(row["file"] for row in rows) == [f"{index:02}.jpg" for index in range(60)]
    assert [int(row["seq"]) for row in rows] == list(range(1, 61))


def test_once_reads_what_is_there_and_exits(digitd, inbox, outbox, sample):
    drop(inbox, "a.jpg", sample)
    ended = digitd("watch", "--inbox", inbox, "--outbox", outbox.path, "--once")
    assert ended.returncode == 0, ended.stderr
    assert [row["value"] for row in outbox.rows] == ["7"]


def test_once_on_an_empty_inbox_exits(digitd, inbox, outbox):
    ended = digitd("watch", "--inbox", inbox, "--outbox", outbox.path, "--once", timeout=DEADLINE_S)
    assert ended.returncode == 0, ended.stderr
    assert outbox.rows == []


def test_same_name_again_is_a_new_delivery(daemon, inbox, outbox, eventually, sample):
    daemon()
    for count in (1, 2):
        drop(inbox, "a.jpg", sample)
        eventually(lambda count=count: len(outbox.names("done")) == count, f"delivery {count} is done")
    assert [row["file"] for row in outbox.rows] == ["a.jpg", "a.jpg"]
    assert outbox.names("done") == ["a.jpg", "a~2.jpg"]


def test_second_daemon_is_told_that_one_runs(daemon, digitd, inbox, outbox, tmp_path):
    daemon()
    same_state = digitd("watch", "--inbox", tmp_path / "other", "--outbox", outbox.path, "--once")
    same_inbox = digitd("watch", "--inbox", inbox, "--outbox", tmp_path / "other-out", "--once")
    for ended in (same_state, same_inbox):
        assert ended.returncode == 75
        assert "another digitd works on" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_inbox_that_is_replaced_is_served_again(daemon, inbox, outbox, eventually, sample):
    process = daemon()
    inbox.rename(inbox.with_name("old"))
    eventually(lambda: "cannot list the inbox" in process.log(), "the loss is said")
    inbox.mkdir()
    drop(inbox, "a.jpg", sample)
    eventually(lambda: outbox.names("done") == ["a.jpg"], "the new inbox is served")


def test_recursive_inbox_keeps_the_folders(daemon, inbox, outbox, eventually, sample, tmp_path):
    config = tmp_path / "digitd.toml"
    config.write_text('[[inbox]]\npath = "inbox"\nrecursive = true\n[outbox]\npath = "outbox"\n')
    (inbox / "monday").mkdir()
    drop(inbox / "monday", "a.jpg", sample)
    daemon("--config", config)
    eventually((outbox.path / "done" / "monday" / "a.jpg").is_file, "the file is done")
    assert [row["file"] for row in outbox.rows] == ["monday/a.jpg"]


def test_service_never_imports_tensorflow(inbox, outbox, sample):
    drop(inbox, "a.jpg", sample)
    script = (
        "import sys; from digitd.cli import run\n"
        f"code = run(['watch', '--inbox', {str(inbox)!r}, '--outbox', {str(outbox.path)!r}, '--once'])\n"
        "heavy = {'tensorflow', 'keras'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment()
    )
    assert ended.returncode == 0, ended.stderr
    assert [row["value"] for row in outbox.rows] == ["7"]


def test_sigterm_while_starting_is_a_clean_stop(inbox, outbox, eventually):
    command = [sys.executable, "-m", "digitd", "watch", "--inbox", inbox, "--outbox", outbox.path]
    with subprocess.Popen([*map(str, command)], stderr=subprocess.PIPE, text=True, env=environment()) as process:
        eventually((outbox.path / ".lock").exists, "it has begun")
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0, log


def test_two_ledgers_never_share_an_outbox(daemon, digitd, inbox, outbox, sample, tmp_path, eventually):
    daemon(DIGITD_STATE_PATH=str(tmp_path / "state"))
    drop(inbox, "a.jpg", sample)
    eventually(lambda: outbox.names("done"), "the file is done")
    before = (outbox.path / "predictions.csv").read_bytes()
    ended = digitd("score", SAMPLES / "seven-on-grid.jpg", "--out", outbox.path)
    assert ended.returncode == 75
    assert (outbox.path / "predictions.csv").read_bytes() == before


def test_outbox_that_vanishes_pauses_the_daemon_until_it_is_back(daemon, inbox, outbox, sample, eventually):
    process = daemon()
    outbox.path.rename(outbox.path.with_name("elsewhere"))
    drop(inbox, "a.jpg", sample)
    eventually(lambda: "paused: the outbox" in process.log(), "the pause is said")
    assert waiting_in(inbox) == ["a.jpg"]
    outbox.path.with_name("elsewhere").rename(outbox.path)
    eventually(lambda: outbox.names("done") == ["a.jpg"], "it goes on by itself")
    assert process.log().count("paused:") == 1
