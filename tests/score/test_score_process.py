"""Bulk scoring as a process, on real files."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys

import pytest
from PIL import Image

from tests.conftest import SAMPLES, Outbox, environment
from tests.test_painter import filled

NAMES = sorted(path.name for path in SAMPLES.iterdir() if path.suffix != ".csv")


@pytest.fixture
def scans(tmp_path):
    """Return a folder of images with one inside a folder and one that is none."""
    folder = tmp_path / "scans"
    (folder / "day").mkdir(parents=True)
    for name in NAMES[1:]:
        shutil.copy(SAMPLES / name, folder)
    shutil.copy(SAMPLES / NAMES[0], folder / "day")
    (folder / "notes.txt").write_text("not an image, and not asked to be one")
    return folder


def fingerprint(folder):
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("jobs", [1, 2])
def test_rows_are_in_the_order_of_the_names_and_inputs_are_left_alone(digitd, scans, tmp_path, jobs):
    before = fingerprint(scans)
    ended = digitd("score", scans, "--out", tmp_path / "out", "--jobs", jobs)
    assert ended.returncode == 0, ended.stderr
    rows = Outbox(tmp_path / "out").rows
    assert [row["file"] for row in rows] == sorted([f"day/{NAMES[0]}", *NAMES[1:]])
    assert [int(row["seq"]) for row in rows] == list(range(1, len(NAMES) + 1))
    assert all((tmp_path / "out" / row["annotated"]).is_file() for row in rows)
    assert fingerprint(scans) == before
    assert f"files read: {len(NAMES)} in" in ended.stdout
    assert f"readings: {len(NAMES)}, {len(NAMES)} accepted, 0 review, 0 blank, 0 failed" in ended.stdout
    assert "passed over: 1" in ended.stdout


def test_second_run_does_only_what_is_new(digitd, scans, tmp_path):
    out = tmp_path / "out"
    digitd("score", scans, "--out", out, "--annotate", "none")
    before = (out / "predictions.csv").read_bytes()
    shutil.copy(SAMPLES / NAMES[0], scans / "new.jpg")
    ended = digitd("score", scans, "--out", out, "--annotate", "none")
    assert ended.returncode == 0, ended.stderr
    after = (out / "predictions.csv").read_bytes()
    assert after.startswith(before)
    assert after[len(before) :].count(b"\n") == 1
    assert f"skipped: {len(NAMES)}" in ended.stdout


def test_interrupted_run_keeps_what_is_done_and_goes_on(scans, digitd, tmp_path, eventually):
    for number in range(80):
        shutil.copy(SAMPLES / NAMES[0], scans / f"{number:03}.jpg")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "digitd", "score", scans, "--out", out, "--jobs", "2"]
    with subprocess.Popen([*map(str, command)], stderr=subprocess.PIPE, text=True, env=environment()) as process:
        eventually(lambda: Outbox(out).rows, "the first rows are there")
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again" in complaint
    assert "Traceback" not in complaint
    before = (out / "predictions.csv").read_bytes()
    assert digitd("score", scans, "--out", out).returncode == 0
    assert (out / "predictions.csv").read_bytes().startswith(before)
    rows = Outbox(out).rows
    assert len({row["file"] for row in rows}) == len(rows) == 80 + len(NAMES)


def test_bad_files_are_rows_and_exit_code_8(digitd, scans, tmp_path):
    (scans / "bad.png").write_bytes(b"not an image")
    (scans / "link.png").symlink_to(SAMPLES / NAMES[0])
    ended = digitd("score", scans, "--out", tmp_path / "out")
    assert ended.returncode == 8
    reasons = {row["file"]: row["reason"] for row in Outbox(tmp_path / "out").rows if row["status"] == "failed"}
    assert reasons == {"bad.png": "not_an_image", "link.png": "symlink"}
    assert "failed: bad.png: not_an_image" in ended.stderr


def test_what_failed_is_tried_again_and_told_again_but_not_written_again(digitd, scans, tmp_path):
    (scans / "bad.png").write_bytes(b"not an image")
    for _ in range(2):
        ended = digitd("score", scans, "--out", tmp_path / "out", "--annotate", "none")
        assert ended.returncode == 8
        assert "failed: bad.png: not_an_image" in ended.stderr
    assert sum(row["file"] == "bad.png" for row in Outbox(tmp_path / "out").rows) == 1


def test_missing_file_among_others_is_a_failed_row(digitd, tmp_path):
    shutil.copy(SAMPLES / "seven-on-grid.jpg", tmp_path / "seven.jpg")
    ended = digitd("score", "seven.jpg", "none.png", "--out", "out", cwd=tmp_path)
    assert ended.returncode == 8
    rows = {row["file"]: (row["value"], row["reason"]) for row in Outbox(tmp_path / "out").rows}
    assert rows == {"none.png": ("", "unreadable"), "seven.jpg": ("7", "")}


def test_overlapping_inputs_are_read_once(digitd, scans, tmp_path):
    file = scans / NAMES[1]
    ended = digitd("score", file, file, scans, "--out", tmp_path / "out", "--annotate", "none")
    assert ended.returncode == 0, ended.stderr
    assert len(Outbox(tmp_path / "out").rows) == len(NAMES)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_results_are_kept_when_nobody_can_hear_of_them(digitd, scans, tmp_path):
    with open("/dev/full", "w") as full:
        ended = digitd("score", scans, "--out", tmp_path / "out", capture_output=False, stdout=full, stderr=full)
    assert ended.returncode != 0
    assert len(Outbox(tmp_path / "out").rows) == len(NAMES)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_to_the_whole_group_is_an_interruption_like_any_other(scans, tmp_path, eventually, number):
    command = [sys.executable, "-m", "digitd", "score", scans, "--out", tmp_path / "out", "--jobs", "2"]
    words = [*map(str, command)]
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, env=environment(), start_new_session=True
    ) as process:
        eventually((tmp_path / "out" / ".lock").exists, "it has begun")
        os.killpg(process.pid, number)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode in (0, 130)  # it may have been done already
    assert "Traceback" not in complaint


def test_named_files_are_read_whatever_their_ending(digitd, tmp_path):
    shutil.copy(SAMPLES / "seven-on-grid.jpg", tmp_path / "scan.dat")
    (tmp_path / "link.jpg").symlink_to(SAMPLES / "zero-in-felt-pen.png")
    ended = digitd("score", "scan.dat", "link.jpg", "--out", "out", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert [(row["file"], row["value"]) for row in Outbox(tmp_path / "out").rows] == [
        ("link.jpg", "0"),
        ("scan.dat", "7"),
    ]


def test_results_inside_the_inputs_are_not_read_again(digitd, scans):
    for _ in range(2):
        ended = digitd("score", scans, "--out", scans / "out")
        assert ended.returncode == 0, ended.stderr
    assert len(Outbox(scans / "out").rows) == len(NAMES)


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["none", "--out", "out"], 5, "there is no file or folder none"),
        (["empty", "--out", "out"], 5, "no images in empty"),
        (["empty", "--out", "empty"], 5, "would land among the inputs"),
        (["seven.jpg", "--out", "seven.jpg"], 6, "cannot use seven.jpg"),
        (["seven.jpg"], 2, "Missing option '--out'"),
        (["seven.jpg", "--out", "out", "--jobs", "0"], 2, "Invalid value for '--jobs'"),
        (["seven.jpg", "--out", "out", "--config", "none.toml"], 3, "cannot read the configuration none.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(digitd, tmp_path, arguments, code, complaint):
    (tmp_path / "empty").mkdir()
    shutil.copy(SAMPLES / "seven-on-grid.jpg", tmp_path / "seven.jpg")
    ended = digitd("score", *arguments, cwd=tmp_path)
    assert (ended.returncode, complaint in ended.stderr) == (code, True), ended.stderr
    assert "Traceback" not in ended.stderr


def test_hwd1000_is_read(digitd, shared_data, tmp_path):
    folder = shared_data / "digits" / "hwd1000"
    ended = digitd("score", folder, "--out", tmp_path / "out", "--annotate", "none")
    assert ended.returncode == 0, ended.stderr
    truth = dict(line.split(",")[:2] for line in (folder / "labels.csv").read_text().splitlines()[1:])
    rows = Outbox(tmp_path / "out").rows
    assert len(rows) == 1000
    assert sum(row["value"] == truth[row["file"]] for row in rows) >= 990


def test_contact_sheets_hold_every_row_also_when_the_run_goes_on_later(digitd, scans, tmp_path):
    """Documents, files that cannot be read, and a second run that begins in the middle of a sheet."""
    pages = [Image.open(SAMPLES / "seven-on-grid.jpg").convert("L")] * 3
    pages[0].save(scans / "pages.tif", save_all=True, append_images=pages[1:])
    (scans / "bad.png").write_bytes(b"not an image")
    out = tmp_path / "out"
    assert digitd("score", scans, "--out", out, "--annotate", "sheet", "--jobs", "2").returncode == 8
    first = [row["annotated"] for row in Outbox(out).rows]
    sheet = out / "annotated" / "sheet-000001.png"
    assert filled(sheet) == list(range(len(first)))
    assert set(first) >= {"annotated/sheet-000001.png"}
    (card,) = set(first) - {"annotated/sheet-000001.png"}
    assert (out / card).is_file(), "what needs a person has a picture of its own"
    before = sheet.read_bytes()
    shutil.copy(SAMPLES / NAMES[0], scans / "new.jpg")
    assert digitd("score", scans, "--out", out, "--annotate", "sheet", "--jobs", "1").returncode == 8
    assert filled(sheet) == list(range(len(first) + 1))
    assert sheet.read_bytes() != before


def test_name_that_is_no_utf_8_is_read_once(digitd, tmp_path):
    (tmp_path / "scans").mkdir()
    shutil.copy(SAMPLES / "seven-on-grid.jpg", os.fsencode(tmp_path / "scans") + b"/\xff.jpg")
    for _ in range(2):
        ended = digitd("score", tmp_path / "scans", "--out", tmp_path / "out", "--jobs", 1)
        assert ended.returncode == 0, ended.stderr
    assert [(row["file"], row["value"]) for row in Outbox(tmp_path / "out").rows] == [("\\xff.jpg", "7")]
