from dataclasses import replace

import numpy as np
import pytest

from digitd.annotate.mark import LOOKS
from digitd.annotate.outline import Outline, draw_outlines, outline_of, quad_of
from digitd.values import BoxReading, Reading, Status

CORNERS = ((10.0, 10.0), (50.0, 10.0), (50.0, 60.0), (10.0, 60.0))
PLAIN, DOUBTFUL = (
    BoxReading(corners=CORNERS, value="1", confidence=0.9, status=status) for status in (Status.ACCEPTED, Status.REVIEW)
)
STRUCK = BoxReading(corners=CORNERS, value="", confidence=None, status=Status.BLANK, reason="struck_out")


def field(status, *boxes):
    return Reading(page=1, field="q", value="1", confidence=0.9, status=status, boxes=boxes)


def drawn(outline):
    pixels = np.full((80, 70, 3), 255, np.uint8)
    draw_outlines(pixels, [(np.array(CORNERS), outline)])
    return pixels


def test_boxes_in_doubt_stand_out_among_those_of_their_field():
    reading = field(Status.REVIEW, PLAIN, DOUBTFUL)
    assert [outline_of(box, reading).is_thick for box in reading.boxes] == [False, True]


def test_whole_field_stands_out_where_a_rule_failed():
    reading = field(Status.REVIEW, PLAIN, PLAIN)
    assert all(outline_of(box, reading).is_thick for box in reading.boxes)


def test_gap_between_digits_stands_out_and_empty_ends_do_not():
    boxes = [
        BoxReading(corners=((float(n), 0.0),) * 4, value=value, confidence=None, status=status)
        for n, (value, status) in enumerate(
            [("", Status.BLANK), ("1", Status.ACCEPTED), ("", Status.BLANK), ("4", Status.ACCEPTED), ("", Status.BLANK)]
        )
    ]
    reading = replace(field(Status.REVIEW, *boxes), reason="gap")
    assert [outline_of(box, reading).is_thick for box in boxes] == [False, False, True, False, False]


def test_accepted_field_is_quiet_even_where_a_box_is_struck_out():
    reading = field(Status.ACCEPTED, PLAIN, STRUCK)
    assert [outline_of(box, reading) for box in reading.boxes] == [
        Outline(Status.ACCEPTED),
        Outline(Status.BLANK, is_struck=True),
    ]


def test_outlines_differ_in_shape_and_not_only_in_colour():
    outlines = [
        Outline(Status.ACCEPTED),
        Outline(Status.REVIEW, is_thick=True),
        Outline(Status.BLANK),
        Outline(Status.BLANK, is_struck=True),
    ]
    shapes = {(drawn(outline) != 255).any(axis=2).tobytes() for outline in outlines}
    assert len(shapes) == len(outlines)


@pytest.mark.parametrize("status", Status)
def test_outline_leaves_what_is_written_in_its_box(status):
    assert (drawn(Outline(status, is_thick=True))[14:56, 14:46] == 255).all()


def test_outline_lies_on_the_printed_border():
    colour = tuple(int(LOOKS[Status.REVIEW].colour[start : start + 2], 16) for start in (1, 3, 5))
    pixels = drawn(Outline(Status.REVIEW, is_thick=True))
    assert (pixels[35, 9] == colour).all()
    assert (pixels[35, 50] == colour).all()


def test_what_has_no_four_corners_is_no_box():
    lost = BoxReading(corners=CORNERS[:3], value="", confidence=None, status=Status.BLANK)
    assert quad_of(lost, 4.0) is None
