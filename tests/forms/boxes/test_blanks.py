from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from digitd.forms.boxes.blanks import blanks_of
from digitd.forms.template import FormPage, Template
from tests.forms.boxes.drawn import PER_MM, Drawn


@dataclass
class Form:
    """A form with one page, as far as its blank page matters."""

    template: Template
    blank: np.ndarray

    def reference(self, _page):
        return self.blank


def _printed(*, grey, right=0.0, size=0.9):
    """Return a sheet with a printed digit in each box, so much to the right."""
    sheet = Drawn()
    for place, box in enumerate(sheet.field.boxes):
        at = round((box.x + 1.2 + right) * PER_MM), round((box.y + 6.5) * PER_MM)
        cv2.putText(sheet.picture, str(place + 3), at, cv2.FONT_HERSHEY_SIMPLEX, 2 * size, grey, 4, cv2.LINE_AA)
    return sheet


def _blanks(sheet):
    height, width = sheet.picture.shape
    page = FormPage(number=1, width=width / PER_MM, height=height / PER_MM)
    return blanks_of(Form(Template(form="x", pages=(page,), fields=(sheet.field,)), sheet.picture))


@pytest.mark.parametrize(("grey", "right"), [(210, 0.0), (90, 0.0), (150, 0.3)])
def test_print_of_the_blank_page_is_no_ink_also_a_little_off(grey, right):
    blanks = _blanks(_printed(grey=grey))
    filled = _printed(grey=grey)
    filled.picture = np.roll(filled.picture, round(right * PER_MM), axis=1)
    assert any(box.ink.size for box in filled.cut())
    assert not any(box.ink.size for box in filled.cut(blanks))


def test_ink_over_pale_print_is_kept():
    blanks = _blanks(_printed(grey=205))
    box = _printed(grey=205).stroke((13, 6), (15, 12), grey=40).cut(blanks)[1]
    assert box.ink.shape[0] / box.per_mm > 6
    assert box.ink.shape[1] / box.per_mm < 3.2


def test_form_with_nothing_but_borders_has_no_print():
    assert not _blanks(Drawn()).prints


def test_page_without_a_reference_has_no_print():
    sheet = Drawn()
    page = FormPage(number=1, width=60, height=20)
    assert not blanks_of(Form(Template(form="x", pages=(page,), fields=(sheet.field,)), None)).prints
