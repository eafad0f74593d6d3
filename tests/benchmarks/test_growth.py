import pytest

from benchmarks.growth import Start, cost_s, section
from benchmarks.plan import Plan
from benchmarks.rows import Sighting


def sightings(*pairs):
    return [Sighting(at_s=at_s, rows=rows) for at_s, rows in pairs]


def test_cost_of_a_file_is_taken_between_the_first_and_the_last_tenth():
    # slow to start and slow to end, 10 ms a row in between
    seen = sightings((5.0, 50), (6.0, 100), (10.0, 500), (14.0, 900), (99.0, 1000))
    assert cost_s(seen, 1000) == pytest.approx(0.01)


def test_rows_that_came_all_at_once_have_no_cost():
    assert cost_s(sightings((5.0, 1000)), 1000) == 0


def starts(waiting, *pairs):
    return [Start(waiting=waiting, first_row_s=first_row_s, file_s=file_s) for first_row_s, file_s in pairs]


def test_goals_are_held_against_medians_of_the_most_and_the_fewest_that_wait():
    plan = Plan(waiting=(1_000, 100_000))
    found = [
        *starts(1, (0.5, 0), (0.4, 0), (0.6, 0)),
        *starts(1_000, (0.6, 0.002), (0.6, 0.009), (0.6, 0.002)),
        *starts(100_000, (2.5, 0.003), (1.5, 0.003), (9.5, 0.001)),
    ]
    assert section(found, plan).figures == {("growth", ""): 1.5, ("scan", ""): 2.0}
    assert section(found, plan).rows[-1] == ("100,000", "3.000 ms", "1.50x", "2.50 s", "2.00 s")


def test_a_quick_run_says_nothing_about_100000_files():
    plan = Plan(waiting=(100, 300))
    found = [*starts(1, (0.5, 0)), *starts(100, (0.5, 0.002)), *starts(300, (0.5, 0.002))]
    assert section(found, plan).figures == {}
