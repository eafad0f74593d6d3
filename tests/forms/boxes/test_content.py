import numpy as np
import pytest

from digitd.forms.boxes.content import Content, content_of, usual_darkness
from tests.forms.boxes.drawn import PER_MM, Drawn


def _content(sheet, place=0):
    boxes = sheet.cut()
    return content_of(boxes[place], usual_darkness(boxes))


def test_empty_box_holds_nothing():
    assert _content(Drawn()) is Content.NOTHING


@pytest.mark.parametrize("mm", [0.2, 0.5, 0.7])
def test_dust_is_nothing(mm):
    assert _content(Drawn().stroke((8, 9), (8.05, 9), mm=mm)) is Content.NOTHING


def test_dot_that_may_be_meant_is_doubtful():
    assert _content(Drawn().stroke((8, 9), (8.6, 9), mm=0.9)) is Content.DOUBTFUL


def test_stroke_is_writing():
    assert _content(Drawn().stroke((8, 7), (8, 11))) is Content.WRITING


@pytest.mark.parametrize(("grey", "content"), [(234, Content.NOTHING), (205, Content.DOUBTFUL), (150, Content.WRITING)])
def test_what_is_much_paler_than_the_ink_of_the_page_is_no_writing(grey, content):
    sheet = Drawn().stroke((13, 7), (13, 11), grey=30).stroke((19, 7), (19, 11), grey=30)
    assert _content(sheet.stroke((8, 7), (8, 11), grey=grey, mm=0.9)) is content


def test_pencil_alone_is_writing():
    assert _content(Drawn().stroke((8, 7), (8, 11), grey=190)) is Content.WRITING


def test_box_out_of_the_picture_is_doubtful():
    sheet = Drawn()
    sheet.picture = sheet.picture[:, : 20 * PER_MM]
    assert _content(sheet, 3) is Content.DOUBTFUL


def test_soft_edge_of_a_shadow_is_no_writing():
    sheet = Drawn()
    light = np.interp(np.arange(sheet.picture.shape[1]), (13.5 * PER_MM, 14.5 * PER_MM), (1.0, 0.5))
    sheet.picture = (sheet.picture * light).astype(np.uint8)
    assert [_content(sheet, place) for place in range(4)] == [Content.NOTHING] * 4


def test_stroke_that_a_border_hides_leaves_its_boxes_doubtful():
    sheet = Drawn(mm=0.4).stroke((10.95, 6), (11.05, 12), mm=0.65)
    assert [_content(sheet, place) for place in range(3)] == [Content.DOUBTFUL, Content.DOUBTFUL, Content.NOTHING]


def test_two_digits_in_a_box_are_doubtful_and_two_strokes_of_one_are_not():
    four = ((7, 6.5), (6.3, 10), (9.5, 10)), ((8.8, 6.3), (8.4, 12))
    assert _content(Drawn().stroke((6.2, 7), (6.1, 11.5)).stroke((8, 7), (9.8, 7), (8.6, 12))) is Content.DOUBTFUL
    assert _content(Drawn().stroke(*four[0]).stroke(*four[1])) is Content.WRITING
    assert _content(Drawn().stroke((6.2, 7), (6.2, 8)).stroke((8, 7), (9.8, 7), (8.6, 12))) is Content.WRITING


def test_one_beside_its_thick_border_is_not_nothing_whatever_the_next_box_holds():
    sheet = Drawn(mm=0.4).stroke((10.85, 6), (10.85, 12), mm=0.5).stroke((13.5, 6.5), (15.2, 6.5), (14, 12))
    assert _content(sheet) is not Content.NOTHING
