import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from digitd.imaging.endings import Ending
from digitd.spool.signs import NO_SIGNS, signs_of

WHOLE = cv2.imencode(".png", np.zeros((20, 20), np.uint8))[1].tobytes()
HOLD = "import sys; file = open(sys.argv[1], sys.argv[2]); print('open', flush=True); sys.stdin.read()"


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(WHOLE)
    if signs_of(path).is_open is None:
        pytest.skip("this file system gives no leases")
    return path


@pytest.fixture
def held():
    """Return a function that lets another process hold a file open; it is let go at the end."""
    holders = []

    def hold(path, mode):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path), mode], **pipes)
        holders.append(holder)
        assert holder.stdout.readline() == b"open\n"
        return holder

    yield hold
    for holder in holders:
        holder.communicate()


def test_file_that_nobody_writes_is_closed_and_whole(image):
    signs = signs_of(image)
    assert signs.is_open is False
    assert signs.ending is Ending.WHOLE


@pytest.mark.parametrize("mode", ["r+b", "ab"])
def test_file_that_this_process_writes_is_open(image, mode):
    with image.open(mode):
        assert signs_of(image).is_open is True
    assert signs_of(image).is_open is False


def test_file_that_another_process_writes_is_open_until_it_closes_it(image, held):
    holder = held(image, "r+b")
    assert signs_of(image).is_open is True
    holder.communicate()
    assert signs_of(image).is_open is False


def test_file_that_others_read_is_not_open_to_write(image, held):
    held(image, "rb")
    assert signs_of(image).is_open is False


def test_file_that_is_written_by_another_name_is_open(image, held):
    os.link(image, image.with_name("other"))
    held(image.with_name("other"), "ab")
    assert signs_of(image).is_open is True


def test_looking_keeps_no_writer_waiting(image):
    signs_of(image)
    os.close(os.open(image, os.O_WRONLY | os.O_NONBLOCK))  # EWOULDBLOCK while there is a lease


def test_looking_leaves_no_descriptor_behind(image):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        signs_of(image)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("content", [b"", WHOLE[:-1], bytes(10_000)], ids=["empty", "cut", "room"])
def test_unfinished_file_is_cut(image, content):
    image.write_bytes(content)
    assert signs_of(image).ending is Ending.CUT


def test_end_of_a_long_file_is_looked_at(image):
    image.write_bytes(b"P5 300 300 255\n" + b"p" * 90_000)
    assert signs_of(image).ending is Ending.WHOLE


@pytest.mark.parametrize("kind", ["link", "missing", "pipe", "folder", "socket"])
def test_what_is_no_file_gives_no_signs(tmp_path, image, kind):
    path = tmp_path / kind
    match kind:
        case "link":
            path.symlink_to(image)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "socket":
            import socket

            with socket.socket(socket.AF_UNIX) as made:
                made.bind(str(path))
    assert signs_of(path) == NO_SIGNS
