"""Boxes are found on printed pages, and nothing else is."""

import cv2
import numpy as np
import pytest

from digitd.forms.detection import detect, upright
from tests.forms.simulation.layout import blank_page
from tests.forms.simulation.layouts import layouts
from tests.forms.written import a_form

DPI = 200
NEAR_MM = 0.3


def boxes_of(template, page=1):
    return [box for field in template.fields_of(page) for box in field.boxes]


def missed(found, wanted):
    """Return the boxes of which none is found near."""
    seen = [box for field in found for box in field]
    return [
        box
        for box in wanted
        if not any(
            max(
                abs(box.x - other.x), abs(box.y - other.y), abs(box.width - other.width), abs(box.height - other.height)
            )
            < NEAR_MM
            for other in seen
        )
    ]


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.template.form)
def test_boxes_of_a_blank_page_are_found(layout):
    page = layout.page(1)
    found = detect(blank_page(layout, 1, DPI), page.width, page.height)
    wanted = boxes_of(layout.template)
    assert len(missed(found, wanted)) <= 0.02 * len(wanted)


def test_fields_are_rows_of_boxes_in_reading_order():
    form = a_form()
    page = blank(form)
    found = detect(page, 148.0, 210.0)
    assert [len(field) for field in found] == [len(field.boxes) for field in form.fields]
    assert not missed(found, boxes_of(form))


def blank(form):
    page = np.full((round(form.pages[0].height * 8), round(form.pages[0].width * 8)), 255, np.uint8)
    for box in boxes_of(form):
        corners = [round(8 * value) for value in (box.x, box.y, box.x + box.width, box.y + box.height)]
        cv2.rectangle(page, corners[:2], corners[2:], 0, 2)
    return page


def test_page_without_boxes_has_no_fields():
    page = np.full((1680, 1184), 255, np.uint8)
    cv2.putText(page, "0 D 8 Q", (100, 400), cv2.FONT_HERSHEY_DUPLEX, 4, 0, 8)
    cv2.rectangle(page, (50, 50), (1100, 1600), 0, 3)  # a frame
    assert detect(page, 148.0, 210.0) == []


def test_writing_hides_no_box_of_a_page_that_is_filled():
    form = a_form()
    page = blank(form)
    for box in boxes_of(form)[:8]:
        cv2.putText(page, "4", (round(8 * box.x) + 12, round(8 * box.y) + 52), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 4)
    assert not missed(detect(page, 148.0, 210.0, is_filled=True), boxes_of(form))


@pytest.mark.parametrize("degrees", [-3.0, -0.4, 0.7, 4.0])
def test_tilted_page_is_set_upright(degrees):
    page = blank(a_form())
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    tilted = cv2.warpAffine(page, turn, (width, height), borderValue=255)
    straight = upright(tilted)
    found = detect(straight, 148.0, 210.0)
    assert len(missed(found, boxes_of(a_form()))) == 0


def test_level_page_is_left_as_it_is():
    page = blank(a_form())
    assert upright(page) is page
