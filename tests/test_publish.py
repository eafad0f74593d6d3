import json
import os

from digitd.publish import write_picture, write_reason


def test_picture_for_review_is_also_in_the_review_folder(tmp_path):
    write_picture(tmp_path, "a.png", b"png", for_review=True)
    write_picture(tmp_path, "b.png", b"png", for_review=False)
    assert sorted(os.listdir(tmp_path / "annotated")) == ["a.png", "b.png"]
    assert os.listdir(tmp_path / "review") == ["a.png"]


def test_reason_file_is_json_that_people_can_read(tmp_path):
    write_reason(tmp_path, "a.png.reason.json", {"reason": "truncated", "detail": "endet zu früh"})
    text = (tmp_path / "a.png.reason.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"reason": "truncated", "detail": "endet zu früh"}
    assert "früh" in text
