"""Fields drawn over a page, with names where they hide nothing."""

import numpy as np
import pytest

from digitd.annotate.preview import draw_preview
from digitd.forms.template import Field, Rect
from tests.forms.simulation.layout import blank_page
from tests.forms.simulation.layouts import layouts

PX_PER_MM = 6.0


def drawn(page, fields, per_mm=PX_PER_MM):
    place = np.diag([per_mm, per_mm, 1.0])
    return draw_preview(page, fields, {field.name: place for field in fields}, per_mm)


def inside(picture, box, per_mm):
    """Cut out what is within the borders of a box, and away from the line that is drawn on them."""
    (left, top), (right, bottom) = (np.array(corner) * per_mm for corner in (box.corners[0], box.corners[2]))
    return picture[round(top) + 4 : round(bottom) - 4, round(left) + 4 : round(right) - 4]


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.template.form)
def test_names_lie_on_no_box(layout):
    template = layout.template
    for page in template.pages:
        picture = drawn(blank_page(layout, page.number, PX_PER_MM * 25.4), template.fields_of(page.number))
        per_mm = picture.shape[1] / page.width
        assert all(
            inside(picture, box, per_mm).min() == 255 for f in template.fields_of(page.number) for box in f.boxes
        )


def test_number_stands_in_the_first_box_where_there_is_no_room():
    rows = [tuple(Rect(x=6 * n, y=8 * row, width=6, height=8) for n in range(10)) for row in range(10)]
    fields = [Field(name=f"a_rather_long_name_{row}", page=1, boxes=boxes) for row, boxes in enumerate(rows)]
    picture = drawn(np.full((480, 360), 255, np.uint8), fields, per_mm=6)
    per_mm = picture.shape[1] / 60
    assert all(inside(picture, field.boxes[0], per_mm).min() < 255 for field in fields[1:-1])
    assert all(inside(picture, box, per_mm).min() == 255 for field in fields for box in field.boxes[1:])


@pytest.mark.parametrize(("shape", "size"), [((4000, 2000), (2000, 1000)), ((300, 200), (1200, 800))])
def test_picture_has_a_size_at_which_names_are_read(shape, size):
    field = Field(name="n", page=1, boxes=(Rect(x=5, y=5, width=6, height=8),))
    assert drawn(np.full(shape, 255, np.uint8), [field]).shape == (*size, 3)
