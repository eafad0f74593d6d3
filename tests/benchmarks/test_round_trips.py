"""Each page is what its condition says. Facts are looked up in the pixels, not in how they were drawn."""

import cv2
import numpy as np
import pytest

from benchmarks.drawing import inked
from benchmarks.round_trips import CONDITIONS, draw

QUICK = [name for name in CONDITIONS if name != "small_on_large"]


@pytest.fixture(scope="module")
def digits(mnist_rows):
    """Return 12 digits of one stroke each, (12, 28, 28) uint8."""
    rows, _ = mnist_rows
    whole = [digit for digit in rows[:100] if cv2.connectedComponents((digit > 100).view(np.uint8))[0] == 2]
    return np.array(whole[:12])


def grey(page):
    return page if page.ndim == 2 else cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)


def marks(page, level=190):
    """Return the marks darker than a level, largest first, each (H, W) bool."""
    _count, labels, stats, _ = cv2.connectedComponentsWithStats((grey(page) < level).view(np.uint8))
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA]) + 1
    return [labels == label for label in order if stats[label, cv2.CC_STAT_AREA] > 8]


def box_of(mark):
    return cv2.boundingRect(mark.view(np.uint8))


def at_edges(mark):
    """Return whether a mark is seen at the left, top, right and bottom edge of its page."""
    return [bool(edge.any()) for edge in (mark[:, 0], mark[0], mark[:, -1], mark[-1])]


@pytest.mark.parametrize("name", CONDITIONS)
def test_pages_come_from_seed_and_index_alone(name, digits):
    few = digits[:3]
    first, again, other = (list(draw(name, few, seed=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
    assert not any(np.array_equal(*pair) for pair in zip(first, other, strict=True))
    assert np.array_equal(next(draw(name, digits[:1], seed=1)), first[0])
    assert all(page.dtype == np.uint8 and page.shape[2:] in ((), (3,)) for page in first)


@pytest.mark.parametrize("name", [name for name in CONDITIONS if name.startswith("scale_")])
def test_digit_has_the_size_that_the_name_says(name, digits):
    scale = float(name.removeprefix("scale_"))
    for page in draw(name, digits, seed=1):
        x, y, width, height = cv2.boundingRect((page < 230).view(np.uint8))
        assert max(width, height) == pytest.approx(20 * scale, abs=2 + scale)
        assert min(x, y, page.shape[1] - x - width, page.shape[0] - y - height) >= 1
        assert set(np.unique(page[[0, -1]])) == {255}


def test_scale_1_is_the_digit_itself(digits):
    for page, digit in zip(draw("scale_1", digits, seed=1), digits, strict=True):
        x, y, width, height = cv2.boundingRect(255 - page)
        at_x, at_y, *_ = cv2.boundingRect(np.where(digit > 25, digit, 0).astype(np.uint8))
        tight = digit[at_y : at_y + height, at_x : at_x + width]
        assert np.array_equal(255 - page[y : y + height, x : x + width], tight)


@pytest.mark.parametrize("name", sorted({*QUICK} - {"uneven_light", "shadow_edge"}))  # their paper is of all greys
def test_ink_is_dark_on_light_but_where_the_name_says_otherwise(name, digits):
    for page in draw(name, digits, seed=3):
        seen = cv2.GaussianBlur(grey(page), (0, 0), 1).astype(int)
        ink_is_light = seen.max() - np.median(seen) > np.median(seen) - seen.min()
        assert ink_is_light == (name == "light_on_dark")


@pytest.mark.parametrize("name", [name for name in QUICK if not name.startswith("scale_")])
def test_digits_are_about_40_to_120_px_high(name, digits):
    longest = [max(page.shape[:2]) for page in draw(name, digits, seed=4)]
    assert min(longest) > 40
    assert max(longest) < 3 * 125


def test_small_digit_is_somewhere_on_a_large_page(digits):
    for page in draw("small_on_large", digits[:3], seed=1):
        assert page.shape == (1754, 1240)
        _x, _y, width, height = cv2.boundingRect((page < 190).view(np.uint8))
        assert 40 < max(width, height) < 80


def test_faint_ink_is_30_to_60_levels_from_its_paper(digits):
    for page in draw("faint", digits, seed=1):
        blurred = cv2.GaussianBlur(page, (0, 0), 1).astype(int)
        assert 25 < np.median(blurred) - blurred.min() < 65


def test_light_falls_off_to_40_percent_at_most(digits):
    for page in draw("uneven_light", digits, seed=1):
        corners = cv2.blur(page, (9, 9))[[0, 0, -1, -1], [0, -1, 0, -1]].astype(float)
        assert corners.min() > 0.36 * page.max()
        assert corners.min() < 0.8 * page.max()


def test_shadow_leaves_two_kinds_of_paper(digits):
    for page in draw("shadow_edge", digits, seed=1):
        rim = np.concatenate([page[0], page[-1], page[:, 0], page[:, -1]]).astype(float)
        assert 0.4 < rim.min() / rim.max() < 0.85


def test_lines_apart_are_clear_of_the_digit_and_lines_through_it_are_not(digits):
    def holds_digit_and_line(page):
        # printed lines are never as dark as 90; ink is
        return any(
            box_of(mark)[2] > 0.95 * page.shape[1] and (grey(page)[mark] < 90).any() for mark in marks(page, 215)
        )

    assert not any(map(holds_digit_and_line, draw("ruled_apart", digits, seed=1)))
    assert all(map(holds_digit_and_line, draw("ruled_through", digits[:4], seed=2)))


def test_ruled_paper_shows_a_line_above_and_below(digits):
    for page in draw("ruled_apart", digits, seed=1):
        lines = [box_of(mark) for mark in marks(page, 225) if box_of(mark)[2] > 0.9 * page.shape[1]]
        assert len(lines) == 2


def test_clear_box_is_a_mark_of_its_own_around_the_digit(digits):
    for page in draw("box_clear", digits, seed=1):
        box, digit = sorted(marks(page)[:2], key=lambda mark: -box_of(mark)[2] * box_of(mark)[3])
        x, y, width, height = box_of(box)
        inner_x, inner_y, inner_width, inner_height = box_of(digit)
        assert x < inner_x
        assert y < inner_y
        assert x + width > inner_x + inner_width
        assert y + height > inner_y + inner_height
        assert not any(at_edges(box))


@pytest.mark.parametrize("name", ["box_touched", "box_crossed"])
def test_box_and_digit_are_one_mark_where_they_meet(name, digits):
    for page in draw(name, digits, seed=1):
        largest, *others = marks(page, 205)
        assert largest.sum() > 10 * sum(mark.sum() for mark in others)
        x, y, width, height = box_of(largest)
        tight, reach = largest[y : y + height, x : x + width], round(0.22 * min(width, height))
        ends = (slice(reach), slice(-reach, None))
        assert all(tight[rows, columns].any() for rows in ends for columns in ends)  # a box has four corners


def test_digit_reaches_over_a_box_only_where_it_is_crossed(digits):
    def reach_px(page):
        """Return how far the mark goes beyond the long straight runs of the box."""
        ink = (page < 205).view(np.uint8)
        x, y, width, height = cv2.boundingRect(ink)
        tight = ink[y : y + height, x : x + width]
        rows, columns = np.flatnonzero(tight.mean(axis=1) > 0.3), np.flatnonzero(tight.mean(axis=0) > 0.3)
        return max(rows[0], height - 1 - rows[-1], columns[0], width - 1 - columns[-1])

    touched = [reach_px(page) for page in draw("box_touched", digits, seed=1)]
    crossed = [reach_px(page) for page in draw("box_crossed", digits, seed=1)]
    assert np.median(touched) <= 2
    assert np.median(crossed) >= 4


def test_cropped_box_leaves_two_or_three_edges_of_the_page_dark_and_the_digit_free(digits):
    for page in draw("box_cropped", digits, seed=1):
        seen = [side.min(axis=0) for side in (page[:, :4].T, page[:4], page[:, -4:].T, page[-4:])]
        assert sum((side < 190).mean() > 0.9 for side in seen) in (2, 3)
        assert any(not any(at_edges(mark)) and max(box_of(mark)[2:]) > 35 for mark in marks(page))


def test_neighbour_is_cut_by_the_edge_and_apart_from_the_digit(digits):
    for page in draw("neighbour", digits, seed=1):
        own = [mark for mark in marks(page) if not any(at_edges(mark))]
        cut = [mark for mark in marks(page) if any(at_edges(mark))]
        assert cut
        assert max(mark.sum() for mark in own) > 1.2 * sum(mark.sum() for mark in cut)


def test_digit_at_the_edge_is_1_or_2_px_away_and_not_cut(digits):
    for page in draw("page_edge", digits, seed=1):
        x, y, width, height = cv2.boundingRect((page < 200).view(np.uint8))
        nearest = min(x, y, page.shape[1] - x - width, page.shape[0] - y - height)
        assert 1 <= nearest <= 6  # the rim of a stroke is paler than 200
        assert not any(at_edges(page < 150))


def test_steeper_ink_has_narrower_edges_and_the_same_strokes(mnist_rows):
    digit = mnist_rows[0][0]
    soft, sharp = (inked(digit, 5, steepness=steepness) for steepness in (1, 2))
    grey_share = [float(((ink > 0.1) & (ink < 0.9)).mean()) for ink in (soft, sharp)]
    assert grey_share[1] < 0.75 * grey_share[0]
    assert sharp.sum() == pytest.approx(soft.sum(), rel=0.25)


def test_unknown_condition_is_refused(digits):
    with pytest.raises(KeyError):
        next(draw("on fire", digits, seed=1))
