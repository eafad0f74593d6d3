from itertools import pairwise

import numpy as np
import pytest

from digitd.training.written.allographs import FORMS

EVERY_FORM = [(digit, name) for digit, forms in FORMS.items() for name in forms]


def test_each_digit_has_ten_forms_or_more():
    assert sorted(FORMS) == list(range(10))
    assert min(len(forms) for forms in FORMS.values()) >= 10


@pytest.mark.parametrize(("digit", "name"), EVERY_FORM)
def test_control_points_lie_in_the_unit_box_and_reach_its_top_and_foot(digit, name):
    points = np.concatenate([np.array(stroke) for stroke in FORMS[digit][name]])
    assert points.min() >= 0
    assert points.max() <= 1
    assert points[:, 1].min() <= 0.04
    assert points[:, 1].max() >= 0.96


@pytest.mark.parametrize(("digit", "name"), EVERY_FORM)
def test_no_corner_stands_at_the_end_of_a_stroke(digit, name):
    for stroke in FORMS[digit][name]:
        assert len(stroke) >= 2
        assert stroke[-1] != stroke[-2]
        same = [here == there for here, there in pairwise(stroke)]
        assert not any(first and second for first, second in pairwise(same))


def test_forms_cannot_be_changed():
    with pytest.raises(TypeError):
        FORMS[1]["flag"] = FORMS[7]["plain"]
