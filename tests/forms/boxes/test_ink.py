import numpy as np
import pytest

from tests.forms.boxes.drawn import Drawn


def test_stroke_across_a_border_stays_in_one_piece():
    ink = Drawn().stroke((9, 7), (14, 11)).ink()
    assert len(ink.stats) == 2


def test_ink_ends_where_a_border_begins():
    strokes = Drawn().stroke((8, 7), (8, 11)).ink()
    assert strokes.stats[1, 2] < 12  # the pen and its blur; nothing of the border hangs on it


@pytest.mark.parametrize("noise", [2, 6, 12])
def test_noise_is_no_ink(noise):
    sheet = Drawn()
    rng = np.random.default_rng(noise)
    sheet.picture = np.clip(sheet.picture + rng.normal(0, noise, sheet.picture.shape), 0, 255).astype(np.uint8)
    assert [box.ink.size for box in sheet.cut()] == [0, 0, 0, 0]


def test_faint_pencil_is_ink_in_noise():
    sheet = Drawn().stroke((7, 7), (10, 11), grey=200)
    rng = np.random.default_rng(0)
    sheet.picture = np.clip(sheet.picture + rng.normal(0, 6, sheet.picture.shape), 0, 255).astype(np.uint8)
    first, *others = sheet.cut()
    assert first.ink.shape[0] > 35
    assert not any(box.ink.size for box in others)


def test_ink_on_a_pale_border_is_not_hidden():
    ink = Drawn(border=200).stroke((11, 6), (11, 12)).ink()
    assert ink.stats[1, 3] > 55
    assert len(ink.stats) == 2
