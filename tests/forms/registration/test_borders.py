"""Which lines a page should show, and which it should not."""

import numpy as np

from digitd.forms.registration.borders import PIECES, beyond, borders_of
from tests.forms.registration.drawn import HEIGHT, WIDTH, comb


def test_adjoining_boxes_share_a_side_and_others_do_not():
    assert len(borders_of([comb("a", 20, 20, 4)]).owner) == 4 * 2 + 5
    assert len(borders_of([comb("a", 20, 20, 4, pitch=8)]).owner) == 4 * 4


def test_rows_that_adjoin_share_sides_too():
    borders = borders_of([comb("a", 20, 20, 3), comb("b", 20, 28, 3)])
    assert len(borders.owner) == 3 * 3 + 2 * 4
    shared = borders.owner[borders.owner[:, 1] >= 0]
    assert {tuple(pair) for pair in shared.tolist()} >= {(0, 1), (1, 2), (0, 3), (4, 5)}


def test_pieces_lie_on_their_sides_clear_of_corners():
    borders = borders_of([comb("a", 20, 30, 1)])
    upright = borders.is_upright
    assert len(borders.x) == 4 * PIECES
    assert set(borders.x[upright]) == {20, 26}
    assert set(borders.y[~upright]) == {30, 38}
    assert borders.y[upright].min() > 30.5
    assert borders.x[~upright].max() < 25.5


def test_leaving_out_lines_numbers_the_others_anew():
    borders = borders_of([comb("a", 20, 20, 2), comb("b", 20, 40, 1)])
    kept = borders.only(borders.upright_sides)
    assert kept.is_upright.all()
    assert kept.side.max() + 1 == len(kept.owner) == 3 + 2
    assert np.array_equal(np.unique(kept.field), [0, 1])


def middles(borders):
    """Return the middles of the boxes that lines belong to."""
    return {
        (round(float(borders.x[mine].mean()), 1), round(float(borders.y[mine].mean()), 1))
        for mine in (borders.owner[borders.side, 0] == box for box in np.unique(borders.owner[:, 0]))
    }


def test_next_boxes_are_one_step_beyond_either_end_and_none_where_a_field_is():
    nexts = beyond([comb("a", 20, 20, 3, pitch=8), comb("b", 44, 20, 2, pitch=8)], WIDTH, HEIGHT)
    assert middles(nexts) == {(15, 24), (63, 24)}


def test_rows_have_next_rows_and_those_beyond_the_page_are_none():
    nexts = beyond([comb("a", 0, 20, 1), comb("b", 0, 32, 1)], WIDTH, HEIGHT)
    assert middles(nexts) == {(3, 12), (3, 48)}


def test_single_box_has_no_next():
    assert len(beyond([comb("a", 20, 20, 1)], WIDTH, HEIGHT).owner) == 0


def test_page_without_fields_has_no_borders():
    assert len(borders_of([]).x) == len(beyond([], WIDTH, HEIGHT).x) == 0
