import os

import pytest

from digitd.retention.folder import OpenFolder


@pytest.fixture
def done(tmp_path):
    """Return a folder with files in it, beside a precious one."""
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "a.png").touch()
    folder = tmp_path / "done"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "a.png").touch()
    (folder / "deep" / "deeper" / "b.png").touch()
    return folder


def test_files_are_looked_at_and_removed_however_deep(done):
    with OpenFolder(done) as folder:
        for name in ("a.png", "deep/deeper/b.png"):
            path = done.joinpath(name).relative_to(done)
            assert folder.look(path).st_ino == (done / name).stat().st_ino
            folder.remove(path)
            assert folder.look(path) is None
            folder.remove(path)  # somebody was quicker


def test_folders_are_removed_as_far_as_they_are_empty_but_not_the_top_one(done):
    path = (done / "deep" / "deeper" / "b.png").relative_to(done)
    with OpenFolder(done) as folder:
        folder.tidy(path)
        assert (done / "deep" / "deeper").is_dir()
        (done / "deep" / "other").touch()
        folder.remove(path)
        folder.tidy(path)
        assert os.listdir(done / "deep") == ["other"]
        (done / "deep" / "other").unlink()
        folder.tidy(path)
        (done / "a.png").unlink()
        folder.tidy((done / "a.png").relative_to(done))
    assert os.listdir(done) == []


def test_link_is_removed_itself(done, tmp_path):
    (done / "link.png").symlink_to(tmp_path / "precious" / "a.png")
    with OpenFolder(done) as folder:
        folder.remove((done / "link.png").relative_to(done))
    assert not os.path.lexists(done / "link.png")
    assert (tmp_path / "precious" / "a.png").exists()


def test_no_link_leads_to_a_file(done, tmp_path):
    (done / "sub").symlink_to(tmp_path / "precious")
    with OpenFolder(done) as folder:
        for act in (folder.look, folder.remove):
            with pytest.raises(NotADirectoryError):
                act((done / "sub" / "a.png").relative_to(done))
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    with pytest.raises(NotADirectoryError):
        OpenFolder(tmp_path / "link")
    assert (tmp_path / "precious" / "a.png").exists()


@pytest.mark.parametrize("way", ["../precious/a.png", "deep/../../precious/a.png", "{}/precious/a.png"])
def test_no_path_leads_out_of_the_folder(done, tmp_path, way):
    with OpenFolder(done) as folder, pytest.raises(OSError, match="leads out"):
        folder.remove(type(done)(way.format(tmp_path)))
    assert (tmp_path / "precious" / "a.png").exists()


def test_what_takes_the_place_of_an_open_folder_is_not_touched(done, tmp_path):
    with OpenFolder(done) as folder:
        done.rename(tmp_path / "moved")
        (tmp_path / "precious").rename(done)
        folder.remove((done / "a.png").relative_to(done))
    assert (done / "a.png").exists()
    assert not (tmp_path / "moved" / "a.png").exists()


def test_open_folders_leave_no_descriptors(done):
    before = os.listdir("/proc/self/fd")
    for _ in range(3):
        with OpenFolder(done) as folder:
            folder.look((done / "deep" / "deeper" / "b.png").relative_to(done))
            folder.look((done / "none" / "b.png").relative_to(done))
    assert len(os.listdir("/proc/self/fd")) == len(before)
