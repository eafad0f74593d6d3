import os

import pytest

from digitd.spool.inbox import Inbox
from digitd.spool.scan import ScanRules


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "in").mkdir()
    rules = ScanRules(recursive=True, ignore=(".*",), image_suffixes=frozenset())
    return Inbox(tmp_path / "in", rules, quiet_s=1.0, left=set())


@pytest.fixture
def marked(inbox):
    """Return the inbox for uploaders that leave markers."""
    return Inbox(inbox.path, inbox.rules, quiet_s=1.0, left=set(), marker=".done")


def finished(inbox):
    inbox.arrivals(0.0)
    return list(inbox.arrivals(1.0))


def test_taken_file_lies_in_the_work_folder_and_its_name_is_free(inbox):
    (inbox.path / "a.png").write_bytes(b"one")
    (arrival,) = finished(inbox)
    inbox.take(arrival, 7)
    assert inbox.work_path(7, "a.png").read_bytes() == b"one"
    assert not (inbox.path / "a.png").exists()
    assert inbox.waiting == 0


def test_two_files_that_shared_a_name_do_not_meet_in_the_work_folder(inbox):
    for number, folder in enumerate(("x", "y"), start=1):
        (inbox.path / folder).mkdir()
        (inbox.path / folder / "a.png").write_bytes(folder.encode())
        (arrival,) = (item for item in [*inbox.arrivals(number), *inbox.arrivals(number + 1.0)])
        inbox.take(arrival, number)
    assert inbox.work_path(1, "x/a.png").read_bytes() == b"x"
    assert inbox.work_path(2, "y/a.png").read_bytes() == b"y"


@pytest.mark.parametrize("name", [b"\xff\xfe.png", b"\n.png", b"x" * 251 + b".png", "ü".encode() * 127])
def test_any_name_can_be_taken(inbox, name):
    (inbox.path / os.fsdecode(name)).write_bytes(b"one")
    (arrival,) = finished(inbox)
    inbox.take(arrival, 123456)
    assert inbox.work_path(123456, arrival.candidate.name).read_bytes() == b"one"


def test_left_file_is_passed_over_until_it_changes(inbox):
    file = inbox.path / "a.png"
    file.write_bytes(b"one")
    (arrival,) = finished(inbox)
    inbox.leave(arrival)
    assert finished(inbox) == []
    file.write_bytes(b"longer")
    assert len(finished(inbox)) == 1


def test_missing_inbox_has_no_arrivals_and_is_reported_once(inbox, caplog):
    inbox.path.rmdir()
    assert finished(inbox) == []
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "cannot list the inbox; waiting for it to come back"
    ]


def test_newly_seen_leave_out_what_is_passed_over_and_what_cannot_be_listed(inbox):
    for name in ("a.png", "b.png"):
        (inbox.path / name).write_bytes(b"one")
    first, _ = finished(inbox)
    inbox.leave(first)
    list(inbox.arrivals(2.0))
    assert (inbox.newly_seen, inbox.waiting) == (0, 1)
    (inbox.path / "c.png").touch()
    inbox.path.rename(inbox.path.with_name("away"))
    list(inbox.arrivals(3.0))
    assert (inbox.newly_seen, inbox.waiting, inbox.is_listed) == (0, 0, False)
    inbox.path.with_name("away").rename(inbox.path)
    list(inbox.arrivals(4.0))
    assert (inbox.newly_seen, inbox.is_listed) == (2, True)


def test_strays_keep_their_names(inbox):
    for path in (inbox.work_path(1, "known.png"), inbox.work_path(2, "a~b.png")):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert [(stray.number, stray.name) for stray in inbox.strays({1})] == [(2, "a~b.png")]


@pytest.mark.parametrize("change", ["written to", "replaced", "gone"])
def test_file_that_changed_since_it_was_listed_is_not_taken(inbox, change):
    file = inbox.path / "a.png"
    file.write_bytes(b"one")
    (arrival,) = finished(inbox)
    match change:
        case "written to":
            file.write_bytes(b"more")
        case "replaced":
            (inbox.path / "b").write_bytes(b"two")
            (inbox.path / "b").rename(file)
        case "gone":
            file.unlink()
    with pytest.raises(FileNotFoundError):
        inbox.take(arrival, 1)
    assert file.exists() is (change != "gone")
    assert not inbox.work_path(1, "a.png").exists()


def test_nothing_is_overwritten_in_the_work_folder(inbox):
    (inbox.path / "a.png").write_bytes(b"one")
    (arrival,) = finished(inbox)
    inbox.work_path(1, "a.png").parent.mkdir()
    inbox.work_path(1, "a.png").write_bytes(b"of a stranger")
    with pytest.raises(FileExistsError):
        inbox.take(arrival, 1)
    assert (inbox.path / "a.png").read_bytes() == b"one"


def test_marker_goes_with_its_file(marked):
    for name in ("a.png", "a.png.done", "b.png", "c.png.done"):
        (marked.path / name).touch()
    (arrival,) = finished(marked)
    marked.take(arrival, 1)
    assert sorted(os.listdir(marked.path)) == [".digitd", "b.png", "c.png.done"]


def test_marker_stays_where_a_new_file_has_come(marked):
    for name in ("a.png", "a.png.done"):
        (marked.path / name).touch()
    marked.tidy_marker("a.png")
    assert (marked.path / "a.png.done").exists()
    (marked.path / "a.png").unlink()
    marked.tidy_marker("a.png")
    marked.tidy_marker("a.png")
    assert not (marked.path / "a.png.done").exists()


def test_without_a_marker_none_is_removed(inbox):
    (inbox.path / "a.png.done").touch()
    inbox.tidy_marker("a.png")
    assert (inbox.path / "a.png.done").exists()


def test_what_has_no_number_and_name_is_no_stray(inbox):
    work = inbox.work_path(1, "a.png").parent
    work.mkdir()
    for name in ("notes.txt", "~a.png", "1~", "x~a.png", ".lock", "-1~a.png"):
        (work / name).touch()
    assert list(inbox.strays(set())) == []
