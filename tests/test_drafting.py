import cv2
import numpy as np
import pytest
from PIL import Image

from digitd.config import Limits
from digitd.drafting import draft_form
from digitd.errors import InputError

LIMITS = Limits(max_bytes=10**8, max_pixels=10**7, max_pages=5, max_attempts=3)


def a_page(width=210, height=297, *, boxes=8, side=6):
    """Draw a row of adjoining boxes on a page of so many mm, at 8 pixels a mm."""
    page = np.full((8 * height, 8 * width), 255, np.uint8)
    for number in range(boxes):
        left = 8 * (5 + number * side)
        cv2.rectangle(page, (left, 320), (left + 8 * side, 384), 0, 2)
    return page


def draft(path, *pages):
    images = [Image.fromarray(page) for page in pages]
    images[0].save(path, "TIFF", save_all=True, append_images=images[1:])
    return draft_form(path, form="x", reference="x.tiff", is_filled=False, limits=LIMITS)


def test_pages_without_boxes_are_no_pages_of_the_form(tmp_path):
    made = draft(tmp_path / "a.tiff", a_page(boxes=0), a_page(boxes=3), a_page(boxes=0), a_page(boxes=4))
    assert made.pages == (2, 4)
    assert [(field.page, len(field.boxes)) for field in made.template.fields] == [(1, 3), (2, 4)]


def test_pages_of_different_sizes_make_no_form(tmp_path):
    with pytest.raises(InputError, match=r"page 2 of .* is 297 x 210 mm, page 1 210 x 297"):
        draft(tmp_path / "a.tiff", a_page(), a_page(297, 210))


def test_pages_that_were_scanned_a_few_pixels_apart_have_one_size(tmp_path):
    made = draft(tmp_path / "a.tiff", a_page(200, 240), a_page(200, 241))
    assert {(page.width, page.height) for page in made.template.pages} == {(135.5, 162.6)}
    assert [field.page for field in made.template.fields] == [1, 2]


def test_what_could_not_be_loaded_again_is_not_written(tmp_path):
    with pytest.raises(InputError, match=r"what was found makes no form: .*boxes is 41; it must be"):
        draft(tmp_path / "a.tiff", a_page(boxes=41, side=4))
