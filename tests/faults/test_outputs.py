"""What goes wrong where digitd writes: it pauses, says so once, keeps the inputs, and goes on by itself."""

import os
import shutil
import subprocess
from contextlib import suppress

import pytest

from tests.conftest import ROOT, waiting_in

PAUSED = "paused:"


def paused(place, process):
    """Wait until the daemon says that it pauses."""
    place.wait(lambda: PAUSED in process.log(), "the pause is said")


def goes_on(place, process):
    """Wait until all is settled, check it, and that the pause was said once."""
    place.wait_for_all()
    place.wait(lambda: "going on" in process.log(), "the end of the pause is said")
    assert process.log().count(PAUSED) == 1, process.log()
    return place.check()


@pytest.mark.fault("outbox full (a file may have so many bytes, RLIMIT_FSIZE)")
def test_outbox_that_is_full_pauses_until_there_is_room(place, tiny):
    prlimit = _program("prlimit")
    process = place.start()
    place.drop("fits.png", tiny)
    place.wait_for_all()
    # too little for the next page of the ledger's log, or a picture; enough for the log that this test reads
    subprocess.run([*prlimit, f"--pid={process.pid}", "--fsize=16000:unlimited"], check=True)
    place.drop("a.png", tiny)
    paused(place, process)
    assert len(place.rows) == 1
    subprocess.run([*prlimit, f"--pid={process.pid}", "--fsize=unlimited:unlimited"], check=True)
    goes_on(place, process)


@pytest.mark.fault("outbox full (a small file system)")
def test_outbox_on_a_full_file_system_pauses_until_there_is_room(place, tiny, tmp_path):
    place.outbox = tmp_path / "small" / "outbox"
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(small)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small file system")
    try:
        process = place.start()
        filler = small / "filler"
        fill(filler)
        for number in range(30):
            place.drop(f"{number}.png", tiny)
        paused(place, process)
        filler.unlink()
        goes_on(place, process)
        place.stop(process)
    finally:
        place.end()
        subprocess.run(["umount", str(small)], check=True)  # noqa: S607


def fill(file):
    """Write to a file until there is no room."""
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(4096)):
            pass


def _program(name):
    if shutil.which(name) is None:
        pytest.skip(f"{name} (util-linux) is not installed")
    return [name]


@pytest.mark.fault("CSV on /dev/full")
def test_csv_on_a_full_device_pauses_until_it_is_a_file(place, tiny):
    process = place.start()
    place.drop("a.png", tiny)
    place.wait_for_all()
    (place.outbox / "predictions.csv").rename(place.outbox / "mine.csv")
    (place.outbox / "predictions.csv").symlink_to("/dev/full")
    place.drop("b.png", tiny)
    paused(place, process)
    (place.outbox / "predictions.csv").unlink()
    (place.outbox / "mine.csv").rename(place.outbox / "predictions.csv")
    goes_on(place, process)


@pytest.mark.fault("outbox read-only")
def test_outbox_that_is_read_only_pauses_until_it_is_not(place, tiny, bound_by_modes):
    process = place.start(prefix=bound_by_modes)
    place.drop("a.png", tiny)
    place.wait_for_all()
    folders = [place.outbox, *(path for path in place.outbox.iterdir() if path.is_dir() and path.name != ".state")]
    for folder in folders:
        folder.chmod(0o555)
    place.drop("b.png", tiny)
    try:
        paused(place, process)
        assert waiting_in(place.inbox) in ([], ["b.png"])
    finally:
        for folder in folders:
            folder.chmod(0o755)
    goes_on(place, process)


@pytest.mark.fault("outbox gone and back")
def test_outbox_that_is_moved_away_pauses_until_it_is_back(place, tiny):
    process = place.start()
    place.outbox.rename(place.outbox.with_name("elsewhere"))
    place.drop("a.png", tiny)
    paused(place, process)
    assert waiting_in(place.inbox) == ["a.png"]
    place.outbox.with_name("elsewhere").rename(place.outbox)
    goes_on(place, process)


@pytest.mark.fault("done/ and failed/ on another file system")
@pytest.mark.usefixtures("far_outbox")
def test_files_cross_file_systems(place, tiny):
    for name, content in (("a.png", tiny), ("bad.png", b"text"), ("b.png", tiny)):
        place.drop(name, content)
    place.once()
    assert {row["file"]: row["status"] for row in place.check()}["bad.png"] == "failed"


@pytest.mark.fault("a sparse file of 10 GB")
@pytest.mark.parametrize("where", ["same file system", "another file system"])
def test_huge_sparse_file_is_refused_and_fills_no_disk(place, tiny, request, where):
    if where == "another file system":
        request.getfixturevalue("far_outbox")
    place.drop("a.png", tiny)
    with (place.inbox / "huge.png").open("wb") as file:
        file.write(tiny)
        file.truncate(10 * 2**30)
    place.delivered += 1
    place.once()
    assert {row["file"]: row["reason"] for row in place.check()}["huge.png"] == "too_large"
    assert (place.outbox / "failed" / "huge.png").stat().st_blocks * 512 < 2**20


@pytest.mark.fault("CSV cut, rotated or edited by somebody else")
@pytest.mark.parametrize("harm", ["cut", "rotated", "edited", "replaced by an editor"])
def test_csv_that_somebody_touches_is_written_anew(place, tiny, harm):
    process = place.start(DIGITD_OUTBOX_ANNOTATE="none")
    for number in range(5):
        place.drop(f"{number}.png", tiny)
    place.wait_for_all()
    csv = place.outbox / "predictions.csv"
    content = csv.read_bytes()
    match harm:
        case "cut":
            os.truncate(csv, len(content) - 30)
        case "rotated":
            csv.rename(csv.with_name("predictions.csv.1"))
        case "edited":
            csv.write_bytes(content.replace(b"0.png", b"X.png"))
        case "replaced by an editor":
            (place.outbox / "swap").write_bytes(content.replace(b"\n", b"\r\n"))
            (place.outbox / "swap").rename(csv)
    place.drop("last.png", tiny)
    place.wait_for_all()
    place.stop(process)
    assert len(place.check(before_csv=content)) == 6


@pytest.mark.fault("model replaced under a running daemon")
def test_model_that_is_replaced_is_used_from_the_next_start(place, tiny, tmp_path):
    shutil.copytree(ROOT / "models" / "cnn", tmp_path / "model")
    process = place.start(DIGITD_MODEL_PATH=str(tmp_path / "model"))
    place.drop("a.png", tiny)
    place.wait_for_all()
    (tmp_path / "model" / "model.tflite").write_bytes(b"junk")
    (tmp_path / "model" / "manifest.json").unlink()
    place.drop("b.png", tiny)
    place.wait_for_all()
    place.stop(process)
    rows = place.check()
    assert len({(row["model"], row["value"], row["confidence"]) for row in rows}) == 1
    assert "manifest.json" in place.once(DIGITD_MODEL_PATH=str(tmp_path / "model"), expect=4)
