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
    with pytest.raises(ConfigError, match=r"exam.toml: the reference blank.png cannot be read"):
        load_form(form, LIMITS)


@pytest.mark.parametrize("separator", [",", ";"])
def test_roster_is_a_column_of_a_csv(form, separator):
    form.write_text(WITH_ROSTER)
    rows = [("name", "id"), ("Ada", "00012345"), ("", ""), ("Grace", "7")]
    form.with_name("roster.csv").write_text("\n".join(separator.join(row) for row in rows))
    assert load_form(form, LIMITS).template.by_name["student_id"].allowed == {"00012345", "7"}


def test_first_column_needs_no_header(form):
    form.write_text(WITH_ROSTER.replace('{file = "roster.csv", column = "id"}', '"roster.csv"'))
    form.with_name("roster.csv").write_text("\ufeff12\n13\n", encoding="utf-8")
    assert load_form(form, LIMITS).template.by_name["student_id"].allowed == {"12", "13"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name\nAda\n", "has no column 'id'"),
        ("id\n123456789\n", "has '123456789', which cannot stand in 8 boxes"),
        ("id\n", "has no values"),
    ],
)
def test_roster_that_cannot_be_is_refused(form, content, message):
    form.write_text(WITH_ROSTER)
    form.with_name("roster.csv").write_text(content)
    with pytest.raises(ConfigError, match=message):
        load_form(form, LIMITS)


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
    with pytest.raises(ConfigError, match="no value that keeps the rules of the field: 21 breaks its range"):
        load_form(form, LIMITS)
    form.with_name("roster.csv").write_text("21\n12\n")
    assert load_form(form, LIMITS).template.by_name["q1"].allowed == {"21", "12"}


def test_what_is_no_toml_is_said_with_the_line(form):
    form.write_text("form = \n")
    with pytest.raises(ConfigError, match=r"exam.toml is not valid TOML.*line 1"):
        load_form(form, LIMITS)
