import cv2
import numpy as np
import pytest

from tests.forms.boxes.drawn import PER_MM, Drawn, field_of


def _turned(sheet, degrees):
    """Turn a sheet; return where its page lies then."""
    height, width = sheet.picture.shape
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.9), (0, 0, 1)])
    sheet.picture = cv2.warpPerspective(sheet.picture, turn, (width, height), borderValue=244)
    return turn @ sheet.place


@pytest.mark.parametrize("degrees", [0, 3, 90, 180])
def test_boxes_are_where_the_strip_says_however_the_page_lies(degrees):
    sheet = Drawn(field_of(3), size=(40, 40))
    strip = sheet.strip(_turned(sheet, degrees))
    for left, top, right, bottom in strip.boxes.tolist():
        inside = strip.missing[round(top) + 5 : round(bottom) - 5, round(left) + 5 : round(right) - 5]
        assert inside.max() < 30
        for line in (strip.missing[round(top) - 2 : round(top) + 2, round(left) : round(right)],):
            assert np.median(line.max(axis=0)) > 150


def test_small_boxes_are_seen_as_large():
    sizes = [Drawn(field_of(2, size=size, pitch=size[0])).strip().boxes[0] for size in ((4, 5), (6, 8), (12, 10))]
    assert [round(min(box[2] - box[0], box[3] - box[1])) for box in sizes] == [60, 60, 60]


def test_very_fine_pictures_lose_no_thin_stroke():
    sheet = Drawn().stroke((8, 7), (8, 11), mm=0.2)
    sheet.picture = cv2.resize(sheet.picture, None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR)
    strip = sheet.strip(np.diag([4 * PER_MM, 4 * PER_MM, 1.0]))
    left, top, right, bottom = (round(side) for side in strip.boxes[0].tolist())
    assert strip.missing[top + 25 : bottom - 25, left + 10 : right - 10].max(axis=1).min() > 80


def test_box_full_of_ink_is_no_shadow():
    sheet = Drawn()
    sheet.picture[5 * PER_MM : 13 * PER_MM, 11 * PER_MM : 17 * PER_MM] = 30
    box = sheet.cut()[1]
    assert np.count_nonzero(box.ink) > 0.8 * 60 * 80


def test_box_beyond_the_edge_of_the_picture_is_not_seen():
    sheet = Drawn()
    sheet.picture = np.ascontiguousarray(sheet.picture[:, : 20 * PER_MM])
    assert [box.is_seen for box in sheet.cut()] == [True, True, False, False]


def test_noise_is_that_of_the_paper_not_of_what_is_on_it():
    rng = np.random.default_rng(0)
    sheet = Drawn().stroke((6, 6), (22, 12)).stroke((6, 12), (22, 6))
    clean = sheet.strip().noise
    sheet.picture = np.clip(sheet.picture + rng.normal(0, 3, sheet.picture.shape), 0, 255).astype(np.uint8)
    assert clean <= 1
    assert 1.5 < sheet.strip().noise < 5
