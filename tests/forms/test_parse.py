import pytest

from digitd.errors import ConfigError
from digitd.forms.listed import Roster
from digitd.forms.template import Blank, Rect, Struck, SumRule
from tests.forms.written import EXAM, a_form, parsed


def test_template_of_a_person_says_where_boxes_are():
    form = a_form()
    assert form.form == "exam-2026"
    assert [(page.number, page.width, page.height, page.markers) for page in form.pages] == [(1, 148.0, 210.0, ())]
    assert form.by_name["student_id"].boxes[1] == Rect(x=37.5, y=40.0, width=6.0, height=8.0)
    assert form.by_name["q1"].boxes[1].x == 36.0  # they adjoin
    assert form.by_name["student_id"].check == "luhn"
    assert (form.by_name["q1"].range, form.by_name["q1"].blank, form.by_name["q1"].struck) == (
        (0, 20),
        Blank.ZERO,
        Struck.REVIEW,
    )
    assert form.rules == (SumRule(parts=("q1", "q2"), total="total"),)


def test_markers_of_pages_have_ids_of_their_own():
    form = a_form(
        EXAM.replace('page = "A5"', 'page = "A5"\nmarkers = "aruco4x4"')
        .replace("at = [110", "page = 2\nat = [110")
        .split("[[rule]]")[0]
    )
    first, second = form.pages
    assert [marker.id for marker in first.markers] == [0, 1, 2, 3]
    assert [marker.id for marker in second.markers] == [4, 5, 6, 7]
    assert first.markers[2].square == Rect(x=130.0, y=192.0, width=10.0, height=10.0)


def test_rosters_are_named_with_their_column():
    text = EXAM.replace('check = "luhn"', 'allowed = {file = "roster.csv", column = "id"}')
    assert parsed(text).rosters == {"student_id": Roster(file="roster.csv", column="id")}


@pytest.mark.parametrize(
    ("wrote", "instead", "message", "hint"),
    [
        ("boxes = 8", "boxs = 8", "unknown key 'boxs'", "did you mean boxes?"),
        ("boxes = 8", "boxes = 0", "boxes is 0; it must be a whole number from 1 to 40", ""),
        ('check = "luhn"', 'check = "lunh"', "check is 'lunh'; it must be one of \"luhn\"", ""),
        ('page = "A5"', 'page = "A5x"', "page is 'A5x'; it must be one of A3", ""),
        ("at = [30, 40]", "at = [30]", "at is \\[30\\]; it must be two lengths", ""),
        ("at = [30, 40]", "at = [nan, 40]", "at is \\[nan, 40\\]; it must be two lengths", ""),
        ("at = [30, 40]", f"at = [1{400 * '0'}, 40]", "at is \\[1000", ""),
        ("boxes = 8", f"boxes = 0x{5000 * 'f'}", "boxes is far too large; it must be a whole number", ""),
        ("at = [30, 40]", "at = [100, 40]", "box 7 goes from \\(145, 40\\)", ""),
        ("at = [70, 80]", "at = [34, 80]", "box 1 of 'q1' and box 1 of 'q2' lie on one another, at \\(30, 80\\)", ""),
        ('name = "q2"', 'name = "q1"', "two fields are called 'q1'", ""),
        ('name = "q2"', 'name = "=2"', "name is '=2'", ""),
        ("range = [0, 20]", "range = [20, 0]", "range is \\[20, 0\\]", ""),
        ("range = [0, 20]", 'pattern = "["', "pattern is '\\['; it must be .* but it cannot be read from '\\[' on", ""),
        ("range = [0, 20]", 'pattern = "[0-9]{3}"', "no number that matches '\\[0-9\\]\\{3\\}' fits into 2 boxes", ""),
        ('equals = "total"', 'equals = "totl"', "there is no field 'totl'", "did you mean total?"),
        ('sum = ["q1", "q2"]', 'sum = ["q1", "q1"]', "a field stands in it twice", ""),
        ('form = "exam-2026"', 'form = "../x"', "form is '../x'", ""),
        ("check = \"luhn\"", "unique = 1", "unique is 1; it must be true or false", ""),
        ('form = "exam-2026"', "", 'form is missing; it must be up to 64 letters.* e.g. "exam-2026"', ""),
        ('equals = "total"', 'equals = "total"\nreference = "x"', "unknown key 'reference'", "above the first"),
        ("[[rule]]", "[rule]", "'rule' must be tables, in two brackets", "write [[rule]]"),
        ('page = "A5"', "page = [148]", "e.g. \\[297, 210\\] for A4 on its side", ""),
        ("pitch = 7.5", "pitch = 3", "box 1 of 'student_id' and box 2 of 'student_id' lie on one another", ""),
    ],
)  # fmt: skip
def test_what_is_written_wrongly_is_said_exactly(wrote, instead, message, hint):
    assert wrote in EXAM
    with pytest.raises(ConfigError, match=message) as caught:
        a_form(EXAM.replace(wrote, instead, 1))
    assert str(caught.value).startswith("exam.toml")
    assert hint in caught.value.hint


@pytest.mark.parametrize("page", ['"a5"', '"148x210"', "[148, 210]"])
def test_paper_may_be_written_in_any_way(page):
    form = a_form(EXAM.replace('"A5"', page))
    assert (form.pages[0].width, form.pages[0].height) == (148, 210)


def test_box_under_a_marker_is_refused():
    text = EXAM.replace('page = "A5"', 'page = "A5"\nmarkers = "aruco4x4"')
    assert a_form(text).pages[0].markers
    with pytest.raises(ConfigError, match=r"field 'student_id': a box at \(30, 40\) mm lies on a marker, 40 mm wide"):
        a_form(text.replace("[[field]]", "marker_size = 40\n[[field]]", 1))


def test_box_in_the_white_around_a_marker_is_refused_since_its_border_would_be_printed_over():
    text = EXAM.replace('page = "A5"', 'page = "A5"\nmarkers = "aruco4x4"')
    assert a_form(text.replace("at = [30, 40]", "at = [20, 8]"))
    with pytest.raises(ConfigError, match=r"or in the 1\.7 mm around it that stay white"):
        a_form(text.replace("at = [30, 40]", "at = [19, 8]"))


def test_form_without_fields_is_refused():
    with pytest.raises(ConfigError, match="there is no field"):
        a_form('form = "x"')


def test_sum_over_two_pages_is_refused():
    with pytest.raises(ConfigError, match="its fields are on pages 1, 2"):
        a_form(EXAM.replace("at = [110, 80]", "page = 2\nat = [110, 80]"))
