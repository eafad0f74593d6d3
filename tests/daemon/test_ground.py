"""The folders that the daemon stands on, and what others do to them."""

import pytest

from digitd.daemon.ground import Ground
from digitd.errors import BusyError, OutputError


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "outbox", tmp_path / "state", [tmp_path / "inbox"]


@pytest.fixture
def ground(folders):
    with Ground(*folders) as held:
        yield held


def test_missing_folders_are_made_and_locked(ground, folders):
    outbox, state, (inbox,) = folders
    assert outbox.is_dir()
    for second in (Ground(outbox, state / "other", []), Ground(outbox.with_name("other"), state, [])):
        with pytest.raises(BusyError), second:
            pass
    with pytest.raises(BusyError), Ground(outbox.with_name("other"), state / "other", [inbox]):
        pass
    ground.check()


def test_one_folder_that_is_busy_leaves_none_locked(folders):
    outbox, state, inboxes = folders
    with Ground(outbox.with_name("other"), state.with_name("another"), inboxes):
        with pytest.raises(BusyError), Ground(outbox, state, inboxes):
            pass
        with Ground(outbox, state, []):
            pass


@pytest.mark.parametrize("which", ["outbox", "inbox"])
def test_folder_that_was_made_again_is_locked_again(ground, folders, tmp_path, which):
    outbox, _, inboxes = folders
    (tmp_path / which).rename(tmp_path / "old")
    (tmp_path / which).mkdir()
    ground.check()
    second = (
        Ground(outbox, tmp_path / "s", []) if which == "outbox" else Ground(tmp_path / "o", tmp_path / "s", inboxes)
    )
    with pytest.raises(BusyError), second:
        pass


def test_inbox_that_is_gone_is_not_made_again(ground, folders, tmp_path):
    (inbox,) = folders[2]
    inbox.rename(tmp_path / "old")
    ground.check()
    assert not inbox.exists()


def test_outbox_that_is_gone_is_trouble_until_it_is_back(ground, folders, tmp_path):
    outbox = folders[0]
    outbox.rename(tmp_path / "old")
    with pytest.raises(OutputError, match="is gone"):
        ground.check()
    (tmp_path / "old").rename(outbox)
    ground.check()


def test_outbox_that_is_another_file_system_now_is_not_written(ground, folders, monkeypatch):
    outbox = folders[0]
    (outbox / ".lock").unlink()
    monkeypatch.setattr(ground, "_device", -1)
    with pytest.raises(OutputError, match="another file system"):
        ground.check()


def test_work_folder_that_is_a_link_is_refused(folders, tmp_path):
    (inbox,) = folders[2]
    inbox.mkdir()
    (inbox / ".digitd").symlink_to(tmp_path)
    with pytest.raises(OutputError, match="is a link"), Ground(*folders):
        pass
