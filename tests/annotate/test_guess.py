from dataclasses import replace

import pytest

from digitd.annotate.guess import value_of
from digitd.values import BoxReading, Reading, Status

READ, EMPTY, DOUBTFUL = Status.ACCEPTED, Status.BLANK, Status.REVIEW


def box(value="", status=READ, reason=""):
    return BoxReading(corners=(), value=value, confidence=None, status=status, reason=reason)


def doubt(*boxes):
    value = "".join(box.value for box in boxes)
    return Reading(page=1, value=value, confidence=None, status=Status.REVIEW, field="q", boxes=boxes)


STRUCK, BLANK, UNSEEN = box(status=DOUBTFUL, reason="struck_out"), box(status=EMPTY), box(status=DOUBTFUL)


def test_value_says_that_it_is_in_doubt_and_what_it_was_before_a_rule():
    reading = Reading(page=1, value="17", confidence=0.6, status=Status.REVIEW, field="q")
    assert value_of(reading, str, 20) == "17?"
    assert value_of(replace(reading, raw="11", status=Status.ACCEPTED), str, 20) == "11 \N{RIGHTWARDS ARROW} 17"


@pytest.mark.parametrize(
    ("boxes", "shown"),
    [
        ((box("1"), STRUCK, box("4")), "1\N{MULTIPLICATION SIGN}4?"),
        ((box("1"), BLANK, box("4")), "1_4?"),
        ((box("4"), UNSEEN), "4_?"),
        ((BLANK, box("1"), box("4"), BLANK), "14?"),
        ((BLANK, BLANK), "?"),
    ],
)
def test_doubtful_value_shows_where_no_digit_was_read(boxes, shown):
    assert value_of(doubt(*boxes), str, 20) == shown


def test_zero_for_empty_boxes_is_shown():
    assert value_of(replace(doubt(BLANK, BLANK), value="0"), str, 20) == "0?"


def test_accepted_value_is_the_one_in_the_rows():
    assert value_of(replace(doubt(STRUCK, box("4")), status=Status.ACCEPTED), str, 20) == "4"


def test_long_value_loses_its_middle():
    assert value_of(doubt(*map(box, "0123456789")), str, 5) == "01\N{HORIZONTAL ELLIPSIS}89?"
