"""The status file: what it says, which process wrote it, and whether that is still there."""

import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from digitd.errors import InputError
from digitd.service.snapshot import Facts, Identity, InboxState, Snapshot, State, Totals
from digitd.service.status import STATUS_NAME, StatusFile, is_there, read_status, this_process


def moment(rows=0, path="inbox"):
    facts = Facts(state=State.WATCHING, inboxes=(InboxState(path=path),), rows=rows)
    return Snapshot(identity=Identity(version="1", started=1e9), facts=facts, totals=Totals())


def test_this_process_is_there():
    assert is_there(this_process()) is True


def test_process_is_there_though_its_sandbox_names_another_boot():
    assert is_there(replace(this_process(), boot="another")) is True


def test_number_of_a_process_that_was_used_again_is_not_it():
    this = this_process()
    assert is_there(replace(this, start_ticks=this.start_ticks - 1)) is False


def test_process_that_has_ended_is_not_there():
    script = "from digitd.service.status import this_process as p; print(p().pid, p().start_ticks)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    pid, start_ticks = map(int, ended.stdout.split())
    assert is_there(replace(this_process(), pid=pid, start_ticks=start_ticks)) is False


def test_process_of_another_namespace_is_unknown_and_of_another_boot_is_gone():
    abroad = replace(this_process(), namespace="pid:[1]")
    assert is_there(abroad) is None
    assert is_there(replace(abroad, boot="another")) is False


def test_zombie_is_not_there():
    script = "from digitd.service.status import this_process as p; print(p().pid, p().start_ticks)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        pid, start_ticks = map(int, process.stdout.read().split())
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has asked how
        os.kill(pid, 0)
        assert is_there(replace(this_process(), pid=pid, start_ticks=start_ticks)) is False


def test_process_that_may_not_be_looked_at_is_taken_to_be_there(monkeypatch):
    monkeypatch.setattr("digitd.service.status._start_ticks", lambda _: None)  # /proc with hidepid
    assert is_there(this_process()) is True


def test_what_was_said_is_read_with_the_moment_and_the_process(tmp_path):
    StatusFile(tmp_path, clock=lambda: 12.5).show(moment(7))
    sighting = read_status(tmp_path)
    assert (sighting.snapshot, sighting.beat, sighting.process) == (moment(7), 12.5, this_process())


def test_sign_of_life_is_given_once_a_second_with_what_was_said_last(tmp_path):
    now = [0.0]
    file = StatusFile(tmp_path, clock=lambda: now[0])
    file.beat()
    assert read_status(tmp_path) is None  # there is nothing to say yet
    file.show(moment(7))
    beats = []
    for tenth in range(21):
        now[0] = tenth / 10
        file.beat()
        beats.append(read_status(tmp_path).beat)
    assert sorted(set(beats)) == [0.0, 1.0, 2.0]
    assert read_status(tmp_path).snapshot == moment(7)


def test_shorter_status_leaves_nothing_of_a_longer_one(tmp_path):
    file = StatusFile(tmp_path)
    for length in (10_000, 10, 5_000, 4_096):
        file.show(moment(path="x" * length))
        assert read_status(tmp_path).snapshot == moment(path="x" * length)


def test_status_is_written_where_it_lies_so_that_it_takes_no_room(tmp_path):
    file = StatusFile(tmp_path)
    file.show(moment(1))
    before = (tmp_path / STATUS_NAME).stat()
    file.show(moment(10**12))
    after = (tmp_path / STATUS_NAME).stat()
    assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size)


@pytest.mark.parametrize("trouble", ["missing folder", "link", "folder"])
def test_status_that_cannot_be_written_is_no_trouble(tmp_path, trouble):
    state = tmp_path / "state"
    if trouble != "missing folder":
        state.mkdir()
    if trouble == "link":
        (state / STATUS_NAME).symlink_to(tmp_path / "elsewhere")
    if trouble == "folder":
        (state / STATUS_NAME).mkdir()
    StatusFile(state).show(moment())
    assert not (tmp_path / "elsewhere").exists()


def test_reader_never_sees_a_mixture_while_it_is_written(tmp_path):
    file, is_over = StatusFile(tmp_path), threading.Event()
    file.show(moment())

    def write():
        number = 0
        while not is_over.is_set():
            number += 1
            file.show(moment(number, path=str(number) * 3000))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [read_status(tmp_path) for _ in range(200)]
    finally:
        is_over.set()
        writer.join()
    facts = [sighting.snapshot.facts for sighting in seen if sighting is not None]
    assert len(facts) > 100
    assert all(said.rows == 0 or said.inboxes[0].path == str(said.rows) * 3000 for said in facts)


def whole(folder):
    StatusFile(folder).show(moment(7))
    return (folder / STATUS_NAME).read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"snapshot": {}, "beat": 1,\n"crc32": 0}',
    ],
    ids=repr,
)
def test_what_is_no_status_is_none(tmp_path, content):
    (tmp_path / STATUS_NAME).write_bytes(content)
    assert read_status(tmp_path) is None


def test_half_written_status_is_none(tmp_path):
    content = whole(tmp_path)
    (tmp_path / STATUS_NAME).write_bytes(content.replace(b'"rows": 7', b'"rows": 8'))  # half of a newer one
    assert read_status(tmp_path) is None
    (tmp_path / STATUS_NAME).write_bytes(content[: len(content.rstrip()) // 2])
    assert read_status(tmp_path) is None


def test_status_that_is_whole_a_moment_later_is_read(tmp_path, monkeypatch):
    content = whole(tmp_path)
    (tmp_path / STATUS_NAME).write_bytes(content[:100])
    monkeypatch.setattr("digitd.service.status.time.sleep", lambda _: (tmp_path / STATUS_NAME).write_bytes(content))
    assert read_status(tmp_path).snapshot == moment(7)


def test_status_of_another_version_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(Snapshot, "to_json", lambda _: '{"mood": "good"}')
    StatusFile(tmp_path).show(moment())
    assert b'"crc32"' in (tmp_path / STATUS_NAME).read_bytes()
    assert read_status(tmp_path) is None


def test_status_that_may_not_be_read_is_an_error_with_a_way_out(tmp_path):
    (tmp_path / "state").touch()  # a file where the folder should be
    with pytest.raises(InputError, match=r"cannot read .*status\.json") as caught:
        read_status(tmp_path / "state")
    assert "ask as root" in caught.value.hint
