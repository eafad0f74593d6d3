import os

from digitd.names import NAME_MAX_BYTES
from digitd.spool.rest import reason_name, resting_place


def test_resting_place_of_a_taken_name_carries_the_number(tmp_path):
    assert resting_place(tmp_path, "a.png", 5) == tmp_path / "a.png"
    (tmp_path / "a.png").touch()
    assert resting_place(tmp_path, "a.png", 5) == tmp_path / "a~5.png"
    (tmp_path / "b.png").symlink_to("nowhere")
    assert resting_place(tmp_path, "b.png", 6) == tmp_path / "b~6.png"


def test_file_that_looks_like_a_reason_is_never_where_a_reason_goes(tmp_path):
    assert resting_place(tmp_path, "a.png.reason.json", 7) == tmp_path / "a.png.reason~7.json"
    assert reason_name("a.png", 8) == "a.png.reason.json"


def test_reasons_of_two_long_names_differ():
    first, second = (reason_name("x" * 250 + end, number) for number, end in enumerate((".jpg", ".png")))
    assert first != second
    assert max(len(os.fsencode(name)) for name in (first, second)) <= NAME_MAX_BYTES
