"""What strangers put into an inbox: a failed row with its reason, nothing followed, and the next file is read."""

import hashlib
import json
import os
import shutil
import socket
import stat
import struct
import threading
import zlib
from contextlib import suppress

import pytest

from digitd.names import printable
from tests.conftest import SAMPLES

SECRET = (SAMPLES / "zero-in-felt-pen.png").read_bytes()


def png(width, height, *, texts=()):
    """Return a black PNG of one bit a pixel, squeezed as hard as it can be."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    pixels = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), *((b"zTXt", text) for text in texts), (b"IDAT", pixels), (b"IEND", b"")]
    framed = (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def damaged(content):
    """Return an image with its middle overwritten."""
    middle = len(content) // 2
    return content[:middle] + bytes(64) + content[middle + 64 :]


GOOD = (SAMPLES / "seven-on-grid.jpg").read_bytes()
CONTENTS = {
    "corrupt": ("a.png", damaged(SECRET), "unreadable"),
    "empty": ("a.png", b"", "empty"),
    "nothing but zeros": ("a.png", bytes(5000), "not_an_image"),
    "a truncated PNG": ("a.png", SECRET[: len(SECRET) // 2], "truncated"),
    "a truncated JPEG": ("a.jpg", GOOD[: len(GOOD) // 2], "truncated"),
    "text named .png": ("a.png", b"just some text\n" * 20, "not_an_image"),
    "a PNG named .jpg": ("a.jpg", SECRET, ""),
    "a PNG of an unknown suffix": ("a.xyz", SECRET, ""),
    "a PNG without a suffix": ("scan", SECRET, ""),
}


def put_special(kind, path, aside):
    """Put something that is no file at a path."""
    aside.mkdir()
    (aside / "secret.png").write_bytes(SECRET)
    match kind:
        case "a link out of the inbox":
            path.symlink_to(aside / "secret.png")
        case "a relative link out of the inbox":
            path.symlink_to(f"../{aside.name}/secret.png")
        case "a link to nowhere":
            path.symlink_to(aside / "none")
        case "a link to itself":
            path.symlink_to(path)
        case "a link to /dev/zero":
            path.symlink_to("/dev/zero")
        case "a pipe":
            os.mkfifo(path)
        case "a folder":
            path.mkdir()
        case "a socket":
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(str(aside / "s"))
            (aside / "s").rename(path)
        case "a device":
            try:
                os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
            except PermissionError:
                pytest.skip("only root makes devices")


SPECIAL = {
    "a link out of the inbox": "symlink",
    "a relative link out of the inbox": "symlink",
    "a link to nowhere": "symlink",
    "a link to itself": "symlink",
    "a link to /dev/zero": "symlink",
    "a pipe": "not_a_file",
    "a folder": "not_a_file",
    "a socket": "not_a_file",
    "a device": "not_a_file",
}


def ends_as(place, reasons, **options):
    """Serve what lies there and a good file after it, and check the reasons by name."""
    place.drop("zz-good.jpg", GOOD)
    place.once(**options)
    rows = {row["file"]: row for row in place.check()}
    assert rows.pop("zz-good.jpg")["value"] == "7"
    assert {name: row["reason"] for name, row in rows.items()} == reasons
    for reason_file in (place.outbox / "failed").glob("*.reason.json"):
        assert json.loads(reason_file.read_bytes())["detail"]
    return rows


@pytest.mark.fault("a file that is not the image its name says")
@pytest.mark.parametrize("case", CONTENTS)
def test_bad_content_is_one_row_with_its_reason(place, case):
    name, content, reason = CONTENTS[case]
    place.drop(name, content)
    ends_as(place, {name: reason})


@pytest.mark.fault("a link, pipe, socket, device or folder in the inbox")
@pytest.mark.parametrize("kind", SPECIAL)
def test_what_is_no_file_is_refused_unread(place, tmp_path, kind):
    put_special(kind, place.inbox / "a.png", tmp_path / "aside")
    place.delivered += 1
    rows = ends_as(place, {"a.png": SPECIAL[kind]})
    assert rows["a.png"]["sha256"] == ""


@pytest.mark.fault("a file that may not be read")
def test_unreadable_file_is_one_row(place, bound_by_modes):
    place.drop("a.png", SECRET)
    (place.inbox / "a.png").chmod(0)
    ends_as(place, {"a.png": "unreadable"}, prefix=bound_by_modes)


@pytest.mark.fault("a link swapped in for a file while it is read")
@pytest.mark.parametrize("reaches_work", [False, True], ids=["in the inbox", "in the work folder"])
def test_swapped_in_link_is_never_followed(place, tmp_path, reaches_work):
    (tmp_path / "secret.png").write_bytes(SECRET)
    has_enough = threading.Event()

    def swap():
        spare, number = tmp_path / "spare", 0
        while not has_enough.is_set():
            number += 1
            targets = [place.inbox / "a.jpg"]
            with suppress(OSError):
                targets += [path for path in (place.inbox / ".digitd").iterdir() if reaches_work and "~" in path.name]
            for target in targets:
                if number % 2:
                    spare.symlink_to(tmp_path / "secret.png")
                else:
                    spare.write_bytes(GOOD)
                spare.replace(target)

    process = place.start(DIGITD_OUTBOX_ANNOTATE="none")
    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        place.wait(lambda: len({row["reason"] for row in place.rows}) > 1, "both are met", 150)
    finally:
        has_enough.set()
        swapping.join()
    place.stop(process)
    place.once(DIGITD_OUTBOX_ANNOTATE="none")
    place.delivered = len(place.rows)  # how many of the swapped were there long enough nobody knows
    rows = place.check()
    assert {row["reason"] for row in rows} == {"", "symlink"}
    assert {row["value"] for row in rows} == {"", "7"}
    assert hashlib.sha256(SECRET).hexdigest() not in {row["sha256"] for row in rows}
    copies = [path for path in place.outbox.rglob("*") if stat.S_ISREG(path.lstat().st_mode)]
    assert not any(path.read_bytes() == SECRET for path in copies)


@pytest.mark.fault("a decompression bomb")
@pytest.mark.parametrize(("side", "max_pixels"), [(30_000, 100_000_000), (2001, 4_000_000)])
def test_bomb_is_refused_undecoded(place, side, max_pixels):
    bomb = png(side, side)
    assert len(bomb) < 200_000
    place.drop("a.png", bomb)
    rows = ends_as(place, {"a.png": "too_large"}, DIGITD_LIMITS_MAX_PIXELS=str(max_pixels))
    assert rows["a.png"]["value"] == ""


@pytest.mark.fault("a decompression bomb beside the pixels")
def test_bomb_in_a_text_costs_its_file_and_no_other(place):
    text = b"Comment\0\0" + zlib.compress(bytes(300_000_000), 9)
    place.drop("a.png", png(28, 28, texts=[text]))
    place.drop("zz-good.jpg", GOOD)
    place.once()
    rows = {row["file"]: row for row in place.check()}
    assert rows["zz-good.jpg"]["value"] == "7"
    assert rows["a.png"]["reason"] == "truncated"


NAMES = [
    b"two\nlines.png",
    b"x" * 251 + b".png",
    "ü".encode() * 127,
    b"not-utf8-\xff\xfe.png",
    b"-rf.png",
    b"=cmd|' C'!A0.png",
    b"+1,@SUM(A1).png",
    b"a..png",
    b"a\\..\\..\\b.png",
    b"%2e%2e%2fb.png",
    "\u202egnp.exe.png".encode(),
    "\u2066a\u2069\u200b.png".encode(),
    b'quote"comma,.png',
    b"tab\there.png",
    b"\x1b[31mred.png",
    b" ",
    b"a.png.reason.json",
    b"CON",
]


@pytest.mark.fault("a hostile name")
@pytest.mark.parametrize("content", [GOOD, b"no image"], ids=["image", "none"])
def test_any_name_is_one_row_and_harms_nothing(place, content):
    for name in map(os.fsdecode, NAMES):
        place.drop(name, content)
    place.drop("a.png", b"no image")  # its reason would be named as one of those
    log = place.once()
    assert not set(log) & {"\x1b", "\t", "\u202e"}
    rows = place.check()
    assert {row["value"] for row in rows} <= {"", "7"}
    shown = {printable(os.fsdecode(name)) for name in (*NAMES, b"a.png")}
    assert {row["file"].removeprefix("'") for row in rows} == shown
    assert not any(row["file"].startswith(tuple("=+-@\t")) for row in rows)
    ended = [os.fsencode(path.name) for folder in ("done", "failed") for path in (place.outbox / folder).glob("*")]
    kept = {name for name in ended if not name.endswith(b".reason.json")}
    assert kept >= set(NAMES) - {b"a.png.reason.json"}
    assert json.loads((place.outbox / "failed" / "a.png.reason.json").read_bytes())["reason"] == "not_an_image"


@pytest.mark.fault("a work folder that points elsewhere")
@pytest.mark.parametrize("what", ["work folder", "lock"])
def test_work_folder_that_is_a_link_is_refused_at_the_start(place, tmp_path, what):
    aside = tmp_path / "aside"
    aside.mkdir()
    work = place.inbox / ".digitd"
    if what == "lock":
        work.mkdir()
    link = work / ".lock" if what == "lock" else work
    link.symlink_to(aside / "lock" if what == "lock" else aside)
    place.drop("a.jpg", GOOD)
    log = place.once(expect=6)
    assert str(work) in log
    assert "Traceback" not in log
    assert os.listdir(aside) == []
    assert (place.inbox / "a.jpg").exists()
    link.unlink()
    place.once()
    place.check()


@pytest.mark.fault("the work folder is exchanged while the daemon runs")
@pytest.mark.parametrize("what", ["removed", "link"])
def test_work_folder_that_is_taken_away_is_made_again_and_never_followed(place, tmp_path, what):
    process = place.start()
    place.drop("a.jpg", GOOD)
    place.wait_for_all()
    work = place.inbox / ".digitd"
    shutil.rmtree(work)
    aside = tmp_path / "aside"
    aside.mkdir()
    if what == "link":
        work.symlink_to(aside)
    place.drop("b.jpg", GOOD)
    if what == "link":
        place.wait(lambda: "is a link" in process.log(), "it says so")
        assert (place.inbox / "b.jpg").exists()
        work.unlink()
    place.wait_for_all()
    place.stop(process)
    place.check()
    assert os.listdir(aside) == []


@pytest.mark.fault("files of a stranger in the work folder")
def test_what_a_stranger_puts_in_the_work_folder_is_read_or_left(place, tmp_path):
    (tmp_path / "secret.png").write_bytes(SECRET)
    work = place.inbox / ".digitd"
    work.mkdir()
    (work / "notes.txt").write_text("mine")
    (work / "1~stray.jpg").write_bytes(GOOD)
    (work / "2~link.png").symlink_to(tmp_path / "secret.png")
    os.mkfifo(work / "3~pipe")
    (work / "4~..").write_bytes(GOOD)
    place.delivered += 4
    place.once()
    assert (work / "notes.txt").read_text() == "mine"
    (work / "notes.txt").unlink()
    rows = place.check()
    assert sorted(row["reason"] for row in rows) == ["", "", "not_a_file", "symlink"]
