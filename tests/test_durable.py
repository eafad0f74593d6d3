import errno
import os

import pytest

from digitd.durable import append, move, write_whole


def test_whole_file_replaces_the_old_one_and_leaves_nothing_else(tmp_path):
    target = tmp_path / "new" / "a.json"
    write_whole(target, b"one")
    write_whole(target, b"two")
    assert target.read_bytes() == b"two"
    assert os.listdir(target.parent) == ["a.json"]


def test_append_only_grows(tmp_path):
    file = tmp_path / "rows.csv"
    append(file, b"one\n")
    append(file, b"two\n")
    assert file.read_bytes() == b"one\ntwo\n"


def test_move_never_overwrites(tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    with pytest.raises(FileExistsError):
        move(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == b"a"
    assert (tmp_path / "b").read_bytes() == b"b"


def test_move_takes_a_link_itself_not_what_it_points_to(tmp_path):
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    move(tmp_path / "link", tmp_path / "done" / "link")
    assert (tmp_path / "done" / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"precious"


@pytest.fixture
def other_file_system(tmp_path):
    """Yield a folder on another file system than tmp_path."""
    shared_memory = "/dev/shm"  # noqa: S108 - a tmpfs on nearly every Linux
    if not os.path.isdir(shared_memory) or os.stat(shared_memory).st_dev == os.stat(tmp_path).st_dev:
        pytest.skip("needs a second file system at /dev/shm")
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(dir=shared_memory) as folder:
        yield Path(folder)


def test_move_crosses_file_systems(tmp_path, other_file_system):
    (tmp_path / "a.png").write_bytes(b"pixels")
    move(tmp_path / "a.png", other_file_system / "done" / "a.png")
    assert (other_file_system / "done" / "a.png").read_bytes() == b"pixels"
    assert not (tmp_path / "a.png").exists()
    assert os.listdir(other_file_system / "done") == ["a.png"]


def test_pipe_does_not_cross_file_systems(tmp_path, other_file_system):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="only files") as caught:
        move(tmp_path / "pipe", other_file_system / "pipe")
    assert caught.value.errno == errno.EXDEV
    assert (tmp_path / "pipe").exists()
