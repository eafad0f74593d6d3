import os
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from digitd.names import NAME_MAX_BYTES
from digitd.spool.rest import Promises, reason_name, resting_place


def test_resting_place_of_a_taken_name_carries_the_number(tmp_path):
    assert resting_place(tmp_path, "a.png", 5) == tmp_path / "a.png"
    (tmp_path / "a.png").touch()
    assert resting_place(tmp_path, "a.png", 5) == tmp_path / "a~5.png"
    (tmp_path / "a~5.png").touch()
    assert resting_place(tmp_path, "a.png", 5) == tmp_path / "a~5-1.png"
    (tmp_path / "b.png").symlink_to("nowhere")
    assert resting_place(tmp_path, "b.png", 6) == tmp_path / "b~6.png"


def test_file_that_looks_like_a_reason_is_never_where_a_reason_goes(tmp_path):
    assert resting_place(tmp_path, "a.png.reason.json", 7) == tmp_path / "a.png.reason~7.json"
    assert reason_name("a.png", 8) == "a.png.reason.json"


def test_reasons_of_two_long_names_differ():
    first, second = (reason_name("x" * 250 + end, number) for number, end in enumerate((".jpg", ".png")))
    assert first != second
    assert max(len(os.fsencode(name)) for name in (first, second)) <= NAME_MAX_BYTES


def test_file_in_the_way_of_a_folder_does_not_block_a_delivery(tmp_path):
    (tmp_path / "monday").touch()
    assert resting_place(tmp_path, "monday/a.png", 7) == tmp_path / "monday_a.png"
    assert resting_place(tmp_path, "tuesday/a.png", 7) == tmp_path / "tuesday" / "a.png"


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=255))
def test_any_taken_name_has_a_place_and_a_reason_that_fit(name):
    name = os.fsdecode(os.fsencode(name)[:NAME_MAX_BYTES])
    if name in (".", ".."):
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).touch()
        place = resting_place(Path(folder), name, 123456)
        assert not os.path.lexists(place)
        assert len(os.fsencode(place.name)) <= NAME_MAX_BYTES
        assert len(os.fsencode(reason_name(place.name, 123456))) <= NAME_MAX_BYTES


def test_folder_that_is_a_link_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    folder = tmp_path / "failed"
    folder.mkdir()
    (folder / "sub").symlink_to(tmp_path / "elsewhere")
    assert resting_place(folder, "sub/a.png", 7) == folder / "sub_a.png"


def test_name_that_another_file_is_going_to_be_a_folder_for_is_not_taken(tmp_path):
    assert resting_place(tmp_path, "job/a.png", 7, Promises([tmp_path / "job"])) == tmp_path / "job_a.png"
    assert resting_place(tmp_path, "job", 7, Promises([tmp_path / "job" / "a.png"])) == tmp_path / "job~7"


def test_path_that_is_too_long_becomes_one_name(tmp_path):
    place = resting_place(tmp_path, "/".join(["d" * 200] * 20) + "/a.png", 7)
    assert place.parent == tmp_path
    assert len(place.name) <= 255


def test_name_whose_reason_would_be_a_folder_is_numbered(tmp_path):
    (tmp_path / "a.png.reason.json").mkdir()
    assert resting_place(tmp_path, "a.png", 7) == tmp_path / "a~7.png"
    assert resting_place(tmp_path, "b.png.reason.json/c.png", 7).name == "b.png.reason.json_c~7.png"
