import cv2
import numpy as np
import pytest

from digitd.forms.boxes.content import Content
from digitd.forms.boxes.creases import without_creases
from digitd.forms.boxes.read import glyphs_of
from digitd.forms.boxes.struck import is_struck_through
from tests.forms.boxes.drawn import PER_MM, Drawn, field_of


def _folded(sheet, *, at_mm, by, along=slice(None)):
    """Darken a soft level line across a sheet, as a fold does."""
    rows = np.arange(sheet.picture.shape[0])[:, None] / PER_MM - at_mm
    shade = by * np.exp(-((rows / 0.4) ** 2)) * np.ones((1, sheet.picture.shape[1]))
    sheet.picture[:, along] = np.clip(sheet.picture - shade, 0, 255).astype(np.uint8)[:, along]
    return sheet


@pytest.mark.parametrize("by", [12, 30, 55])
@pytest.mark.parametrize("pitch", [6, 8])
def test_fold_through_empty_boxes_is_no_writing(by, pitch):
    boxes = _folded(Drawn(field_of(4, pitch=pitch)), at_mm=9, by=by).cut()
    assert set(glyphs_of({"id": boxes}).contents) == {Content.NOTHING}


def test_fold_through_a_digit_does_not_strike_it_out():
    sheet = Drawn(field_of(4, pitch=8)).stroke((9, 6.3), (7, 8.5), (7, 11), (8.5, 11.5), (9, 10), (7, 9.5))
    plain = sheet.cut()[0]
    folded = _folded(sheet, at_mm=9, by=40).cut()[0]
    assert not is_struck_through(folded)
    assert abs(folded.ink.shape[1] - plain.ink.shape[1]) <= 2


def test_streak_down_the_paper_is_no_one():
    sheet = Drawn()
    sheet.picture[:, 8 * PER_MM : 8 * PER_MM + 6] -= 40
    assert glyphs_of({"id": sheet.cut()}).contents[0] is Content.NOTHING


def test_stroke_of_a_pale_pencil_stays():
    sheet = Drawn(field_of(4, pitch=8)).stroke((6, 9), (10, 9), grey=180).stroke((6, 7), (10, 7), (7, 12), grey=180)
    assert sheet.cut()[0].ink.shape[1] > 3.5 * PER_MM * 10 / 12


@pytest.mark.parametrize("border", [150, 190])
def test_bar_of_a_seven_near_a_pale_border_is_not_taken_for_it(border):
    sheet = Drawn(border=border).stroke((5.8, 5.6), (10.2, 5.5), (8.2, 12))
    assert sheet.cut()[0].ink.shape[1] > 40


def test_dark_line_through_all_boxes_stays():
    assert any(box.ink.shape[1] > 100 for box in Drawn().stroke((4, 9), (30, 9)).cut())


def test_nothing_is_darker_without_creases():
    rng = np.random.default_rng(0)
    missing = cv2.GaussianBlur(rng.integers(0, 256, (90, 300), np.uint8), (0, 0), 3)
    without, _ = without_creases(missing, 60)
    assert (without <= missing).all()
    assert without.dtype == np.uint8
