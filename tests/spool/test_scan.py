import os
import subprocess

import pytest

from digitd.spool.scan import ScanRules, scan

IGNORED = (".*", "*.part", "~*")


def rules(*, recursive=False):
    return ScanRules(recursive=recursive, ignore=IGNORED, image_suffixes=frozenset({".png"}))


def found(root, **kwargs):
    return sorted(candidate.name for candidate in scan(root, rules(**kwargs)))


def test_files_are_found_whatever_their_suffix(tmp_path):
    for name in ("a.png", "notes.txt", "no-suffix"):
        (tmp_path / name).touch()
    assert found(tmp_path) == ["a.png", "no-suffix", "notes.txt"]


def test_ignored_names_are_passed_over(tmp_path):
    for name in (".hidden.png", "upload.png.part", "~lock", "a.png"):
        (tmp_path / name).touch()
    assert found(tmp_path) == ["a.png"]


def test_hostile_names_are_found(tmp_path):
    names = [b"\xff.png", b"two\nlines.png", b"-rf", b"x" * 255, "७.png".encode()]
    for name in names:
        (tmp_path / os.fsdecode(name)).touch()
    assert {os.fsencode(name) for name in found(tmp_path)} == set(names)


def test_folders_are_entered_only_when_recursive(tmp_path):
    (tmp_path / "day" / "hour").mkdir(parents=True)
    (tmp_path / "day" / "hour" / "a.png").touch()
    assert found(tmp_path) == []
    assert found(tmp_path, recursive=True) == ["day/hour/a.png"]


def test_folder_that_pretends_to_be_an_image_is_a_candidate(tmp_path):
    (tmp_path / "a.png").mkdir()
    (candidate,) = scan(tmp_path, rules())
    assert (candidate.name, candidate.is_regular) == ("a.png", False)


def test_links_and_pipes_are_candidates_and_never_followed(tmp_path):
    (tmp_path / "outside").mkdir()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link.png").symlink_to("/etc/passwd")
    (inbox / "folder").symlink_to(tmp_path / "outside")
    os.mkfifo(inbox / "pipe")
    assert {candidate.name: candidate.is_regular for candidate in scan(inbox, rules(recursive=True))} == {
        "link.png": False,
        "folder": False,
        "pipe": False,
    }


def test_identity_changes_with_the_content(tmp_path):
    file = tmp_path / "a.png"
    file.write_bytes(b"one")
    (before,) = scan(tmp_path, rules())
    file.write_bytes(b"other")
    (after,) = scan(tmp_path, rules())
    assert before.stamp.identity != after.stamp.identity


def test_missing_inbox_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(scan(tmp_path / "none", rules()))


def test_folders_deeper_than_a_path_may_be_do_not_blind_the_inbox(tmp_path):
    (tmp_path / "a.png").touch()
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(2100):  # 4,200 bytes: longer than a path may be, deeper than Python recurses
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
    finally:
        os.close(here)
    assert found(tmp_path, recursive=True) == ["a.png"]
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)  # noqa: S607 - shutil.rmtree recurses
