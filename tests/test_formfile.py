import cv2
import numpy as np
import pytest

from digitd.config import Limits
from digitd.errors import ConfigError
from digitd.formfile import load_form
from tests.forms.written import EXAM

LIMITS = Limits(max_bytes=10**7, max_pixels=10**7, max_pages=3, max_attempts=3)

REFERENCED = EXAM.replace('page = "A5"', 'page = "A5"\nreference = "blank.png"')
WITH_ROSTER = EXAM.replace('check = "luhn"', 'allowed = {file = "roster.csv", column = "id"}')


@pytest.fixture
def form(tmp_path):
    path = tmp_path / "exam.toml"
    path.write_text(EXAM)
    return path


def blank(form, width=592, height=840):
    cv2.imwrite(str(form.with_name("blank.png")), np.full((height, width, 3), 255, np.uint8))


def test_reference_spans_its_page(form):
    form.write_text(REFERENCED)
    blank(form)
    assert load_form(form, LIMITS).references[1].shape == (840, 592)


def test_picture_of_another_shape_is_no_reference(form):
    form.write_text(REFERENCED)
    blank(form, width=700)
    with pytest.raises(ConfigError, match="700 x 840 pixels, which cannot be a whole page of 148 x 210 mm"):
        load_form(form, LIMITS)


def test_missing_reference_is_named(form):
    form.write_text(REFERENCED)
    with pytest.raises(ConfigError, match=r"^exam.toml: the reference blank.png is not there"):
        load_form(form, LIMITS)


@pytest.mark.parametrize("separator", [",", ";"])
def test_roster_is_a_column_of_a_csv(form, separator):
    form.write_text(WITH_ROSTER)
    rows = [("name", "id"), ("Ada", "00012345"), ("", ""), ("Grace", "7")]
    form.with_name("roster.csv").write_text("\n".join(separator.join(row) for row in rows))
    assert load_form(form, LIMITS).template.by_name["student_id"].allowed == {"00012345", "7", "00000007"}


def test_form_changes_with_each_of_its_files(form):
    form.write_text(WITH_ROSTER)
    form.with_name("roster.csv").write_text("id\n1\n")
    before = load_form(form, LIMITS).sha12
    assert load_form(form, LIMITS).sha12 == before
    form.with_name("roster.csv").write_text("id\n2\n")
    assert load_form(form, LIMITS).sha12 != before


def test_line_that_moves_from_one_roster_to_the_next_changes_the_form(form):
    text = EXAM.replace("range = [0, 20]", 'allowed = "a.csv"').replace('"q2"\nat', '"q2"\nallowed = "b.csv"\nat')
    form.write_text(text)
    ids = set()
    for first, second in (("1\n2\n", "3\n"), ("1\n", "2\n3\n")):
        form.with_name("a.csv").write_text(first)
        form.with_name("b.csv").write_text(second)
        ids.add(load_form(form, LIMITS).sha12)
    assert len(ids) == 2


def test_roster_of_which_all_values_break_a_rule_is_refused(form):
    form.write_text(EXAM.replace("range = [0, 20]", 'range = [0, 20]\nallowed = "roster.csv"'))
    form.with_name("roster.csv").write_text("21\n99\n")
    message = r"q1': the roster roster.csv has no value that keeps the rules of the field: 21 breaks its range"
    with pytest.raises(ConfigError, match=message):
        load_form(form, LIMITS)
    form.with_name("roster.csv").write_text("21\n12\n")
    assert load_form(form, LIMITS).template.by_name["q1"].allowed == {"21", "12"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("form = \n", "is not valid TOML.*line 1", "texts stand in quotes"),
        ('form = "a"\nform = "b"\n', "is not valid TOML.*line 2", "a key stands once"),
        ('pattern = "\\d"', "is not valid TOML.*line 1", "pattern = '\\d{8}'"),
        (b"\x89PNG", "is no text in UTF-8, and so no template", "name the template first"),
    ],
)
def test_what_is_no_toml_is_said_with_the_line(form, text, message, hint):
    form.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError, match=f"exam.toml {message}") as caught:
        load_form(form, LIMITS)
    assert hint in caught.value.hint


def test_fields_that_share_a_column_of_the_results_are_refused(form):
    form.write_text(EXAM.replace('name = "q2"', 'name = "q1.raw"').replace('"q1", "q2"', '"q1"'))
    with pytest.raises(ConfigError, match=r"^exam.toml: .*the column 'q1.raw' of forms/exam-2026.csv twice"):
        load_form(form, LIMITS)


def test_field_with_the_name_of_a_column_of_the_results_is_refused(form):
    form.write_text(EXAM.replace('"q2"', '"status"'))
    with pytest.raises(ConfigError, match="the column 'status'") as caught:
        load_form(form, LIMITS)
    assert caught.value.hint == "give the field 'status' another name"


def test_files_of_a_form_are_known(form):
    form.write_text(REFERENCED.replace('check = "luhn"', 'allowed = "lists/roster.csv"'))
    blank(form)
    form.with_name("lists").mkdir()
    form.with_name("lists").joinpath("roster.csv").write_text("12\n")
    assert load_form(form, LIMITS).files == (form, form.parent / "lists/roster.csv", form.parent / "blank.png")
