"""What the benchmark of forms counts, and that it reads what it simulates."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.form_counts import Share, count, mistakes, notes, table
from benchmarks.form_pages import PHONE, SCAN, FieldResult, PageResult, Task, is_failure, judged, simulated, tasks_of
from digitd.values import BoxReading, Reading, Sheet, Status
from tests.forms.simulation.layouts import layouts
from tests.forms.simulation.writing import Digits


def field(written, read, status=Status.ACCEPTED, doubtful=0, reason=""):
    return FieldResult(
        name="q1", written=written, read=read, value=read.strip(), status=status, reason=reason, doubtful=doubtful
    )


def page(*fields, kind=SCAN, method="markers", reason="", off_mm=0.1):
    task = Task(number=0, seed=0, layout=0, kind=kind)
    return PageResult(task=task, method=method, reason=reason, off_mm=off_mm, fields=fields)


def test_fields_and_digits_are_counted_by_who_would_look_at_them():
    counts = count(
        [
            page(field("12", "12"), field(" 7", " 1"), field("  ", "  ", Status.BLANK)),
            page(field("34", "3 ", Status.REVIEW, doubtful=1, reason="low_confidence")),
        ]
    )
    assert counts.fields_right == Share(hits=2, of=3)
    assert counts.fields_review == Share(hits=1, of=3)
    assert counts.digits_right == Share(hits=2, of=3)
    assert counts.digits_review == Share(hits=2, of=5)
    assert counts.digits_doubtful == Share(hits=1, of=5)
    assert counts.reasons == {"low_confidence": 1}


def test_digit_read_in_an_empty_box_or_lost_in_a_full_one_is_wrong():
    counts = count([page(field("  ", " 1"), field("5 ", "  ", Status.BLANK))])
    assert counts.fields_right == Share(hits=0, of=2)
    assert counts.digits_right == Share(hits=0, of=2)


def test_page_is_misplaced_where_values_were_read_far_from_their_boxes():
    far = page(field("1", "1"), off_mm=1.6)
    assert count([far, page(off_mm=9), page(field("1", "1"), off_mm=1.4)]).misplaced == 1
    assert is_failure(far)


def test_wrong_page_fails_by_wrong_values_and_a_right_one_by_not_being_found():
    lost = page(method="", reason="unregistered")
    assert is_failure(lost)
    assert not is_failure(page(method="", reason="unregistered", kind="older version"))
    taken = page(field("", "12"), kind="older version")
    assert is_failure(taken)
    lines = list(notes([lost, taken]))
    assert "Not found: unregistered 1." in lines
    assert any(line.startswith("Wrong pages, older version: 1 of 1 registered, 0 of these") for line in lines)
    assert any(line.endswith("1 wrong values that nobody would look at.") for line in lines)
    assert len(list(mistakes([lost, taken]))) == 2


def test_older_version_is_no_failure_where_its_boxes_are_found_and_read_rightly():
    assert not is_failure(page(field("12", "12"), kind="older version"))
    off = page(field("12", "12"), kind="older version", off_mm=1.6)
    assert is_failure(off)
    assert any("1 of 1 registered, 1 of these" in line for line in notes([off]))
    assert len(list(mistakes([off]))) == 1


def test_page_that_is_found_where_none_of_the_form_is_has_no_right_place(mnist_rows):
    sheet = as_if_read(simulated(Task(number=0, seed=1, layout=5, kind=SCAN), Digits.of(*mnist_rows)), 0)
    task = Task(number=0, seed=1, layout=5, kind="another form")
    assert judged(task, sheet, simulated(task, Digits.of(*mnist_rows))).is_misplaced


def test_table_has_a_line_for_each_way_and_each_of_its_layouts():
    assert len(list(table([page()]))) == 2 + 2 * (1 + len(layouts()))


def test_plan_takes_all_layouts_both_ways():
    tasks = tasks_of(2 * len(layouts()), 0, seed=1)
    assert {(task.layout, task.kind) for task in tasks} == {
        (place, kind) for place in range(len(layouts())) for kind in (SCAN, PHONE)
    }


@pytest.mark.parametrize(("shift_mm", "off_mm"), [(0, 0), (2, 2)])
def test_distance_to_the_true_boxes_is_in_mm(mnist_rows, shift_mm, off_mm):
    task = Task(number=0, seed=1, layout=5, kind=SCAN)
    simulated_page = simulated(task, Digits.of(*mnist_rows))
    result = judged(task, as_if_read(simulated_page, shift_mm), simulated_page)
    assert abs(result.off_mm - off_mm) < 0.12
    assert all(one.is_right for one in result.fields)


def as_if_read(page, shift_mm):
    """Make the sheet of a page, all of it read rightly, whose boxes were found so many mm to the right."""
    form = layouts()[5].template
    sheet = np.array([(0, 0), (210, 0), (210, 297), (0, 297)], np.float32)
    to_picture = cv2.getPerspectiveTransform(sheet, page.capture.corners.astype(np.float32))
    readings = tuple(
        Reading(
            page=1,
            value=page.written[one.name].strip(),
            confidence=1.0,
            status=Status.ACCEPTED,
            field=one.name,
            boxes=tuple(
                BoxReading(
                    corners=tuple(
                        (box.x + shift_mm + x * box.width, box.y + y * box.height)
                        for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))
                    ),
                    value=figure.strip(),
                    confidence=1.0,
                    status=Status.ACCEPTED,
                )
                for box, figure in zip(one.boxes, page.written[one.name], strict=True)
            ),
        )
        for one in form.fields
    )
    return Sheet(
        page=1,
        form=form.form,
        form_page=1,
        size_mm=(210.0, 297.0),
        transform=tuple(to_picture.ravel()),
        method="features",
        rms_mm=0.1,
        tried=(),
        readings=readings,
    )


@pytest.mark.slow
def test_few_pages_are_read_and_reported(shared_data, monkeypatch):
    from click.testing import CliRunner

    from benchmarks.forms import main

    monkeypatch.chdir(Path(__file__).parents[2])
    words = ["--pages", "4", "--wrong", "1", "--speed", "2", "--jobs", "1", "--rows", "validation"]
    ran = CliRunner().invoke(main, [*words, "--data", str(shared_data)])
    assert ran.exit_code == 0, ran.output
    assert "| **scan** | 100.00 % (2 of 2) |" in ran.output
    assert "pages a minute with features" in ran.output
