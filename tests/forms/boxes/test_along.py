import numpy as np

from digitd.forms.boxes.along import along_borders
from tests.forms.boxes.drawn import Drawn


def test_loop_that_ends_twice_on_a_border_is_read_open_and_closed():
    box = Drawn(mm=0.6).stroke((11.3, 7), (14, 8), (14, 10), (11.3, 11), mm=0.4).cut()[1]
    assert box.alternative is not None
    assert np.count_nonzero(box.alternative) > np.count_nonzero(box.ink)
    assert len(box.pages) == 2


def test_broad_pen_would_be_seen_beside_the_border():
    box = Drawn(mm=0.2).stroke((11.3, 7), (14, 8), (14, 10), (11.3, 11), mm=1.2).cut()[1]
    assert box.alternative is None


def test_digit_clear_of_the_borders_is_read_once():
    box = Drawn().stroke((13, 7), (15, 9), (13, 11)).cut()[1]
    assert box.alternative is None
    assert len(box.pages) == 1


def test_nothing_is_added_where_nothing_is_hidden():
    own = np.zeros((40, 30), np.uint8)
    own[10:30, 5:8] = 1
    assert along_borders(own, np.zeros_like(own), (30.0, 40.0), 10.0) is None
