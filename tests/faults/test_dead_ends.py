"""Names, owners and folders with which a file once had no way to its end: it ends, and the others are read."""

import os
import shutil
import signal

import pytest

RECURSIVE = {"DIGITD_INBOX_RECURSIVE": "true"}


@pytest.mark.fault("a delivered link where a folder would have to be")
def test_nothing_is_written_through_a_delivered_link(place, tmp_path):
    victim = tmp_path / "victim"
    victim.mkdir()
    (place.inbox / "sub").symlink_to(victim)
    place.delivered += 1
    place.once(**RECURSIVE)
    (place.inbox / "sub").mkdir()
    place.drop("sub/keys", b"junk")
    place.once(**RECURSIVE)
    assert os.listdir(victim) == []
    assert len(place.rows) == 2
    assert len(os.listdir(place.outbox / "failed")) == 4


@pytest.mark.fault("a folder named as a reason file")
def test_folder_named_as_a_reason(place, tiny):
    (place.inbox / "x.png.reason.json").mkdir()
    place.drop("x.png.reason.json/y.png", b"junk")
    place.once(**RECURSIVE)
    shutil.rmtree(place.inbox / "x.png.reason.json")
    place.drop("x.png", b"more junk")
    place.drop("good.png", tiny)
    place.once(**RECURSIVE)
    assert {row["file"] for row in place.rows} == {"x.png.reason.json/y.png", "x.png", "good.png"}


@pytest.mark.fault("a path that is too long in the outbox")
def test_path_too_long_for_the_outbox(place, tiny):
    place.outbox = place.outbox.with_name("o" * 200)
    depth = (4080 - len(os.fsencode(place.inbox))) // 201
    here = os.getcwd()
    os.chdir(place.inbox)
    try:
        for _ in range(depth):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        with open("q.png", "wb") as file:
            file.write(tiny)
    finally:
        os.chdir(here)
    place.delivered += 1
    place.drop("good.png", tiny)
    place.once(**RECURSIVE)
    assert {row["status"] for row in place.rows} == {"accepted"}
    assert len(os.listdir(place.outbox / "done")) == 2


@pytest.mark.fault("a file and a folder of one name from two inboxes")
def test_file_and_folder_of_one_name(place, tmp_path, tiny):
    other = tmp_path / "other"
    (other / "job").mkdir(parents=True)
    (other / "job" / "x.png").write_bytes(tiny)
    place.drop("job", tiny)
    config = tmp_path / "digitd.toml"
    config.write_text(
        '[[inbox]]\npath = "inbox"\n[[inbox]]\npath = "other"\nrecursive = true\n[outbox]\npath = "outbox"\n'
    )
    command = place.command
    place.command = lambda *words, plan=None: [*command(*words, plan=plan)[:4], "--config", str(config), "--once"]
    place.once()
    assert {row["file"] for row in place.rows} == {"job", "job/x.png"}
    assert len(os.listdir(place.outbox / "done")) == 2


@pytest.mark.fault("a file of another user, and the outbox on another file system")
@pytest.mark.usefixtures("far_outbox")
def test_file_that_can_be_neither_read_nor_renamed(place, tiny, bound_by_modes):
    place.drop("secret.png", tiny)
    (place.inbox / "secret.png").chmod(0)
    os.mkfifo(place.inbox / "pipe.png")
    place.drop("good.png", tiny)
    place.once(prefix=bound_by_modes)
    reasons = {row["file"]: row["reason"] for row in place.rows}
    assert reasons == {"secret.png": "immovable", "pipe.png": "immovable", "good.png": ""}
    place.once(prefix=bound_by_modes)
    assert len(place.rows) == 3


@pytest.mark.fault("upload folders that are removed as soon as they are empty")
def test_folder_that_is_removed_behind_a_file(place, tiny):
    process = place.start(**RECURSIVE)
    for number in range(12):
        folder = place.inbox / f"job{number}"
        folder.mkdir()
        place.drop(f"job{number}/page.png", tiny)

        def is_removed(folder=folder):
            try:
                folder.rmdir()
            except OSError:
                return not folder.exists()
            return True

        place.wait(is_removed, "the folder can be removed")
    place.wait_for_all()
    place.stop(process)
    assert {row["file"] for row in place.check()} == {f"job{number}/page.png" for number in range(12)}


@pytest.mark.fault("an odd name in the work folder")
@pytest.mark.parametrize("name", ["99999999999999999999~x.png", "5~.", "6~..", "7~~"])
def test_odd_name_in_the_work_folder(place, tiny, name):
    (place.inbox / ".digitd").mkdir()
    (place.inbox / ".digitd" / name).write_bytes(tiny)
    place.drop("good.png", tiny)
    before = set(os.listdir(place.inbox.parent))
    place.once()
    assert len(place.rows) == 2
    assert set(os.listdir(place.inbox.parent)) - before == {"outbox"}


@pytest.mark.fault("an inbox that is served by another path after kill -9")
def test_inbox_under_another_path(place, tiny):
    for number in range(5):
        place.drop(f"{number}.png", tiny)
    place.once(plan="read:2", expect=-signal.SIGKILL)
    place.inbox.rename(place.inbox.with_name("elsewhere"))
    place.inbox = place.inbox.with_name("elsewhere")
    place.once()
    place.check()


@pytest.mark.fault("an inbox that is forbidden for a while")
def test_inbox_that_is_forbidden_for_a_while(place, tiny, bound_by_modes):
    process = place.start(prefix=bound_by_modes)
    place.inbox.chmod(0)
    try:
        place.wait(lambda: "cannot list the inbox" in process.log() or "paused:" in process.log(), "it is said")
    finally:
        place.inbox.chmod(0o755)
    place.drop("a.png", tiny)
    place.wait_for_all()


@pytest.mark.fault("an input named as digitd names its own files")
def test_names_of_digitds_own_are_left_alone(place, tmp_path, tiny):
    config = tmp_path / "digitd.toml"
    config.write_text('[[inbox]]\npath = "inbox"\nignore = ["*.part"]\n[outbox]\npath = "outbox"\n')
    (place.inbox / ".digitd-scan.tmp").write_bytes(tiny)
    place.drop("good.png", tiny)
    command = place.command
    place.command = lambda *words, plan=None: [*command(*words, plan=plan)[:4], "--config", str(config), "--once"]
    place.once()
    assert [row["file"] for row in place.rows] == ["good.png"]
    assert (place.inbox / ".digitd-scan.tmp").exists()


@pytest.mark.fault("a marker that never comes")
def test_file_without_its_marker_does_not_keep_once_waiting(place, tiny):
    place.drop("a.png", tiny)
    place.drop("b.png", tiny)
    (place.inbox / "b.png.done").touch()
    place.once(DIGITD_SETTLE_MARKER=".done")
    assert [row["file"] for row in place.rows] == ["b.png"]
    assert sorted(os.listdir(place.inbox)) == [".digitd", "a.png"]
