"""Whatever is dropped in an inbox ends as one row with its reason, and the next file is read."""

import json
import os
import socket
import stat
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.conftest import SAMPLES, waiting_in


def png_header(width, height):
    """Return a PNG that says it is this large and holds next to nothing."""
    chunks = {b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0), b"IDAT": zlib.compress(b""), b"IEND": b""}
    framed = (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def truncated(name):
    content = (SAMPLES / name).read_bytes()
    return content[: len(content) // 2]


FILES = {
    "not-an-image.png": (b"just some text\n" * 20, "not_an_image"),
    "random.jpg": (np.random.default_rng(1).bytes(5000), "not_an_image"),
    "empty.png": (b"", "empty"),
    "truncated.jpg": (truncated("seven-on-grid.jpg"), "truncated"),
    "truncated.png": (truncated("zero-in-felt-pen.png"), "truncated"),
    "huge-header.png": (png_header(50_000, 50_000), "too_large"),
    "zero-header.png": (png_header(0, 0), "not_an_image"),
    "page.html.jpg": (b"<!doctype html><title>404</title>", "not_an_image"),
    os.fsdecode(b"not-utf8-\xff.png"): (b"text", "not_an_image"),
    "two\nlines.png": (b"text", "not_an_image"),
    "-rf.png": (b"text", "not_an_image"),
    "=cmd.png": (b"text", "not_an_image"),
    "x" * 251 + ".png": (b"text", "not_an_image"),
}
OTHERS = {"folder.png": "not_a_file", "link.png": "symlink", "dangling.png": "symlink", "pipe.png": "not_a_file"}


@pytest.fixture(scope="module")
def served(tmp_path_factory, digitd_once):
    """Serve one inbox with everything bad in it and one good file that comes last."""
    root = tmp_path_factory.mktemp("bad")
    inbox = root / "inbox"
    inbox.mkdir()
    secret = root / "secret.png"
    secret.write_bytes((SAMPLES / "seven-on-grid.jpg").read_bytes())
    for name, (content, _) in FILES.items():
        (inbox / name).write_bytes(content)
    (inbox / "folder.png").mkdir()
    (inbox / "folder.png" / "inside.txt").write_text("kept")
    (inbox / "link.png").symlink_to(secret)
    (inbox / "dangling.png").symlink_to(root / "nowhere")
    os.mkfifo(inbox / "pipe.png")
    (inbox / "zz-good.jpg").write_bytes((SAMPLES / "seven-on-grid.jpg").read_bytes())
    return digitd_once(inbox, root / "outbox")


def escaped(name):
    """Return a name as it stands in the CSV."""
    shown = name.replace("\n", "\\x0a").replace("\udcff", "\\xff")
    return f"'{shown}" if shown.startswith(("-", "=")) else shown


@pytest.mark.parametrize(
    ("name", "reason"), [*((name, reason) for name, (_, reason) in FILES.items()), *OTHERS.items()]
)
def test_bad_file_is_one_failed_row_and_lies_in_failed(served, name, reason):
    (row,) = (row for row in served.rows if row["file"] == escaped(name))
    assert (row["status"], row["reason"], row["value"], row["confidence"]) == ("failed", reason, "", "")
    assert name in served.names("failed")
    reasons = [json.loads(path.read_bytes()) for path in (served.path / "failed").glob("*.reason.json")]
    (written,) = (found for found in reasons if found["file"] == row["file"].removeprefix("'"))
    assert written["reason"] == reason
    assert written["detail"]


def test_every_delivery_has_one_row_and_the_good_one_is_read(served):
    assert len(served.rows) == len(FILES) + len(OTHERS) + 1
    (good,) = (row for row in served.rows if row["file"] == "zz-good.jpg")
    assert good["value"] == "7"
    assert served.names("done") == ["zz-good.jpg"]
    assert waiting_in(served.path.parent / "inbox") == []


def test_what_was_moved_is_what_was_sent(served):
    failed = served.path / "failed"
    assert (failed / "folder.png" / "inside.txt").read_text() == "kept"
    assert (failed / "link.png").is_symlink()
    assert stat.S_ISFIFO((failed / "pipe.png").lstat().st_mode)
    for name, (content, _) in FILES.items():
        assert (failed / name).read_bytes() == content


def test_failed_file_has_a_picture_that_says_why(served):
    for row in served.rows:
        with Image.open(served.path / row["annotated"]) as picture:
            assert picture.size == (1000, 528)


def test_wrong_extension_is_read_by_content(digitd_once, inbox, outbox, sample):
    (inbox / "really-a-jpeg.png").write_bytes(sample)
    (inbox / "really-a-jpeg.txt").write_bytes(sample)
    digitd_once(inbox, outbox.path)
    assert [(row["file"], row["value"]) for row in outbox.rows] == [
        ("really-a-jpeg.png", "7"),
        ("really-a-jpeg.txt", "7"),
    ]


def test_file_over_the_limit_is_refused_unread(digitd_once, inbox, outbox):
    with (inbox / "sparse.png").open("wb") as file:
        file.truncate(10 * 2**30)
    digitd_once(inbox, outbox.path)
    (row,) = outbox.rows
    assert (row["reason"], row["sha256"]) == ("too_large", "")


def test_socket_is_refused(digitd_once, inbox, outbox, monkeypatch):
    monkeypatch.chdir(inbox)  # the path of a socket may have 107 bytes
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket.png")
        digitd_once(inbox, outbox.path)
    assert [row["reason"] for row in outbox.rows] == ["not_a_file"]


def test_unreadable_file_fails_with_its_reason(digitd_once, bound_by_modes, inbox, outbox, sample):
    (inbox / "a.jpg").write_bytes(sample)
    (inbox / "a.jpg").chmod(0)
    digitd_once(inbox, outbox.path, prefix=bound_by_modes)
    assert [row["reason"] for row in outbox.rows] == ["unreadable"]


def test_what_cannot_be_moved_is_left_alone_and_said_once(digitd_once, bound_by_modes, inbox, outbox):
    folder = inbox / "folder.png"
    folder.mkdir()
    folder.chmod(0o555)
    for _ in range(2):
        digitd_once(inbox, outbox.path, prefix=bound_by_modes)
    folder.chmod(0o755)
    assert [row["reason"] for row in outbox.rows] == ["immovable"]
    assert waiting_in(inbox) == ["folder.png"]


def test_multi_page_file_keeps_its_good_pages(digitd_once, inbox, outbox):
    pages = [Image.open(SAMPLES / name).convert("L") for name in ("seven-on-grid.jpg", "zero-in-felt-pen.png")]
    pages[0].save(inbox / "pages.tif", save_all=True, append_images=pages[1:])
    pages[0].save(inbox / "pages.pdf", save_all=True, append_images=pages[1:], resolution=100)
    digitd_once(inbox, outbox.path)
    found = [(row["file"], row["page"], row["value"]) for row in outbox.rows]
    assert found == [("pages.pdf", "1", "7"), ("pages.pdf", "2", "0"), ("pages.tif", "1", "7"), ("pages.tif", "2", "0")]
    assert len({row["annotated"] for row in outbox.rows}) == 4
