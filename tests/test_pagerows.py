import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digitd.pagerows import PageRow, doubled_column, encode_page, page_columns, page_header, page_status
from digitd.values import Status, failed, unread
from tests.sheets import field, sheet


def line(page, fields=("id", "mark"), *, file="a.png"):
    row = PageRow(time=datetime(2026, 11, 26, tzinfo=UTC), file=file, sheet=page, annotated="annotated/a.png")
    return next(csv.DictReader(io.StringIO((page_header(fields) + encode_page(row, fields, 7)).decode())))


def test_line_has_the_page_and_three_cells_for_each_field():
    page = sheet(field("id", "0125", raw="0725", reason="repaired_check", confidence=0.98765), field("mark", "9"))
    assert line(page) == {
        "seq": "7",
        "time": "2026-11-26T00:00:00.000Z",
        "file": "a.png",
        "page": "1",
        "form_page": "1",
        "status": "accepted",
        "reason": "repaired_check",
        "registration": "markers",
        "rms_mm": "0.051",
        "confidence": "0.9877",
        "annotated": "annotated/a.png",
        "id": "0125",
        "id.status": "accepted",
        "id.raw": "0725",
        "mark": "9",
        "mark.status": "accepted",
        "mark.raw": "",
    }


def test_fields_of_other_pages_of_the_form_are_empty():
    found = line(sheet(field("mark", "9"), form_page=2))
    assert (found["id"], found["id.status"], found["mark"], found["form_page"]) == ("", "", "9", "2")


def test_page_that_was_not_recognised_has_its_reason_and_no_value():
    found = line(unread("exam", failed(3, "unregistered", "nothing matches")))
    assert (found["page"], found["form_page"], found["status"], found["reason"]) == ("3", "", "failed", "unregistered")
    assert found["id"] == found["id.status"] == found["rms_mm"] == found["confidence"] == ""


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ("accepted accepted", "accepted"),
        ("blank accepted", "accepted"),
        ("blank blank", "blank"),
        ("accepted review blank", "review"),
        ("failed", "failed"),
    ],
)
def test_page_is_as_its_worst_field_and_blank_only_as_a_whole(statuses, status):
    readings = [field("id", "1", status=Status(name)) for name in statuses.split()]
    assert page_status(readings) == status


def test_reason_is_that_of_the_status():
    blank = field("id", "", status=Status.BLANK, reason="blank")
    found = line(sheet(blank, field("mark", "9", status=Status.REVIEW, reason="rule_range")))
    assert (found["status"], found["reason"]) == ("review", "rule_range")


def test_name_that_a_spreadsheet_would_run_or_break_is_made_harmless():
    found = line(sheet(field("id", "1")), file="=cmd|'\n.png")
    assert found["file"] == "'=cmd|'\\x0a.png"
    value = replace(field("id", "1"), value="-1")
    assert line(sheet(value))["id"] == "'-1"


@pytest.mark.parametrize(
    ("fields", "column"), [(("id", "mark"), ""), (("a", "a.raw"), "a.raw"), (("page",), "page"), (("x", "x"), "x")]
)
def test_names_of_fields_that_would_make_a_column_twice_are_found(fields, column):
    assert doubled_column(fields) == column
    assert (len(set(page_columns(fields))) == len(page_columns(fields))) is (column == "")
