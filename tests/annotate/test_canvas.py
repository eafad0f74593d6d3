import numpy as np
import pytest

from digitd.annotate.canvas import Area, Canvas

AREA = Area(10, 8, 40, 24)


def canvas_of(colour):
    canvas = Canvas(80, 40)
    canvas.fill(Area(0, 0, 80, 40), colour)
    return canvas


def rounded(canvas):
    return canvas.rounded(Area(14, 12, 30, 15), radius=6, facecolor="#0072b2", edgecolor="#ffffff", linewidth=1.5)


def most(one, other):
    return int(np.abs(one.astype(int) - other).max())


@pytest.mark.parametrize("background", ["#000000", "#ffffff", "#e69f00", "#123456"])
def test_stamp_looks_as_matplotlib_draws_it_over_anything(background):
    stamped, drawn = canvas_of(background), canvas_of(background)
    stamped.stamp("tag", AREA, lambda: [rounded(stamped)])
    drawn.draw(AREA, rounded(drawn))
    assert most(stamped.pixels, drawn.pixels) <= 2  # grey levels; both round to whole ones


def test_stamp_with_a_known_key_is_the_same_elsewhere():
    canvas = canvas_of("#e69f00")
    canvas.stamp("tag", AREA, lambda: [rounded(canvas)])
    first = canvas.pixels[8:32, 10:50].copy()
    canvas = canvas_of("#e69f00")
    canvas.stamp("tag", AREA._replace(left=10), lambda: [rounded(canvas)])
    canvas.fill(Area(0, 0, 80, 40), "#e69f00")
    canvas.stamp("tag", AREA._replace(left=33, top=3), lambda: pytest.fail("drawn again"))
    assert np.array_equal(canvas.pixels[3:27, 33:73], first)


def test_stamp_falls_on_a_picture_larger_than_the_figure():
    small, large = Canvas(80, 40), Canvas(80, 40)
    large.resize(900, 700)
    small.stamp("tag", AREA, lambda: [rounded(small)])
    tag = large.rounded(Area(814, 612, 30, 15), radius=6, facecolor="#0072b2", edgecolor="#ffffff", linewidth=1.5)
    large.stamp("tag", Area(810, 608, 40, 24), lambda: [tag])
    assert np.array_equal(large.pixels[608:632, 810:850], small.pixels[8:32, 10:50])


@pytest.mark.parametrize(("left", "top"), [(-15, 3), (70, 3), (20, -10), (20, 35), (-99, 0), (0, 99)])
def test_what_goes_over_the_edge_is_cut_off(left, top):
    canvas = canvas_of("#ffffff")
    canvas.stamp("tag", AREA, lambda: [rounded(canvas)])
    canvas.stamp("tag", AREA._replace(left=left, top=top), list)
    canvas.words(16).write("Over the edge of it", left, top)


def test_stamps_and_words_are_kept_within_bounds():
    canvas = canvas_of("#ffffff")
    words = canvas.words(12)
    for number in range(700):
        canvas.stamp(number, AREA, list)
        words.write(f"{number}.png", 5, 20)
    assert len(canvas._stamps) <= 256
    assert canvas._set.cache_info().currsize <= 256


def test_words_on_their_own_colour_leave_no_trace():
    canvas = canvas_of("#0072b2")
    before = canvas.keep()
    canvas.words(20, bold=True, colour="#0072b2").write("Accepted", 2, 30)
    assert most(canvas.pixels, before) <= 1
