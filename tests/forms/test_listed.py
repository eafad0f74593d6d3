import pytest

from digitd.errors import ConfigError
from digitd.forms.listed import Roster, listed_values


def listed(text, column="", boxes=4):
    content = text if isinstance(text, bytes) else text.encode()
    return listed_values(content, Roster(file="r.csv", column=column), boxes, "the roster r.csv")


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_column_is_found_by_its_header(between):
    rows = (("name", "2026", "id"), ("Ada; or, else", "7", "1234"), ("", "", ""), ("Grace", "8", "5678"))
    text = "\r\n".join(between.join(f'"{cell}"' for cell in row) for row in rows)
    assert listed(text, "id") == {"1234", "5678"}
    assert listed(text, "2026") == {"7", "0007", "8", "0008"}


@pytest.mark.parametrize("text", ["1234\n5678", "id\n1234\n5678\n", "\ufeffid,name\n 1234,Ada\n\n5678,\n"])
def test_first_column_needs_no_header(text):
    assert listed(text) == {"1234", "5678"}


def test_zeros_that_a_spreadsheet_dropped_may_be_written():
    assert listed("42\n0815\n") == {"42", "0042", "0815"}


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("l234\n5678\n", "", "line 1: 'l234' is no number", 'column = "l234"'),
        ("id\n1234\n56 78\n", "", "line 3: '56 78' is no number", "mend the line"),
        ("name,id\nAda,1234\n", "", "line 2: 'Ada' is no number", 'file = "r.csv", column = "id"'),
        ("id\n1234.0\n", "", "line 2: '1234.0' is no number", "format the column as text"),
        ("id;name\n1,2E+07;Ada\n", "id", "line 2: '1,2E\\+07' is no number", "format the column as text"),
        ("id\n12345\n", "", "line 2: 12345 has 5 digits, and the field 4 boxes", "mend the line"),
        ("\n\n\nid\n", "", "has no values", "one number on each line"),
        ("", "id", "has no column 'id'", ""),
        ("name\n1234\n", "id", "has no column 'id'", "its first line has: name"),
        ("id\n1234\n".encode("utf-16"), "", "is no CSV in UTF-8", 'save it as "CSV UTF-8"'),
        ("id\n\u0665\n", "", "line 2: '\u0665' is no number", ""),
    ],
)
def test_what_is_no_list_of_numbers_is_said_with_its_line(text, column, message, hint):
    with pytest.raises(ConfigError, match=f"^the roster r.csv.*{message}") as caught:
        listed(text, column)
    assert hint in caught.value.hint
