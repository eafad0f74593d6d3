import numpy as np
import pytest

from digitd.forms.boxes.upright import leant


def _bar(height, width):
    return np.full((height, width), 200, np.uint8)


def test_upright_one_leans():
    ink = leant(_bar(44, 5), 80)
    top, bottom = (np.flatnonzero(row).mean() for row in (ink[1], ink[-2]))
    assert top > bottom + 2
    assert abs(int(ink.astype(int).sum()) - 44 * 5 * 200) < 0.05 * 44 * 5 * 200


@pytest.mark.parametrize(("height", "width"), [(78, 5), (20, 4), (44, 20), (0, 0)])
def test_streaks_dashes_and_other_digits_stay_as_they_are(height, width):
    ink = _bar(height, width)
    assert leant(ink, 80) is ink
