import pytest

from benchmarks.plan import Plan
from benchmarks.starts import PARTS, SCORE, SCRIPT, WATCH, WATCH_DRAWN, parse_parts, section


def test_each_part_lasts_from_the_end_of_the_one_before():
    text = "python 10.5\nimports 10.75\nmodel 12.75\nreading 12.875\n"
    parts = dict(zip(PARTS.values(), (0.5, 0.25, 2.0, 0.125), strict=True))
    assert parse_parts(text, 10.0) == parts


@pytest.mark.parametrize("text", ["", "python 10.5\nimports 10.75\n"])
def test_a_start_that_fails_on_the_way_is_not_taken_for_a_quick_one(text):
    with pytest.raises(RuntimeError, match="ended early"):
        parse_parts(text, 10.0)


def test_script_is_held_against_each_start_within_a_round():
    seconds = {SCRIPT: [6.0, 60.0, 6.0], SCORE: [0.5, 5.0, 0.5], WATCH: [1.0] * 3, WATCH_DRAWN: [1.0] * 3}
    seconds |= {name: [0.1] * 3 for name in PARTS.values()}
    found = section(seconds, Plan())
    assert found.rows[0] == (SCORE, "0.500", "0.500-5.000", "12.0x")
    assert found.figures["start", SCORE] == 0.5
