import pytest

from benchmarks.goals import GOALS, Goal, goals_table, judge

FAST = Goal(key="fast", text="as fast", limit=50, is_least=True, unit="x")
SMALL = Goal(key="small", text="as small", limit=200, unit="MB")


def verdicts(figures, *goals):
    return [judgement.verdict for judgement in judge(figures, goals)]


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [(FAST, 49.9, "MISSED"), (FAST, 50, "met"), (SMALL, 200.1, "MISSED"), (SMALL, 200, "met")],
)
def test_a_bound_is_met_when_it_is_just_reached(goal, value, verdict):
    assert verdicts({(goal.key, ""): value}, goal) == [verdict]


def test_a_goal_is_judged_at_each_size_by_itself():
    figures = {("fast", "28 px"): 60.0, ("fast", "600 px"): 20.0}
    assert [(judged.where, judged.verdict) for judged in judge(figures, [FAST])] == [
        ("28 px", "met"),
        ("600 px", "MISSED"),
    ]


def test_a_goal_that_was_not_measured_is_neither_met_nor_missed():
    assert verdicts({}, FAST) == ["not measured"]


def test_table_says_goal_bound_and_what_was_measured():
    lines = goals_table(list(judge({("fast", "28 px"): 61.234}, [FAST, SMALL])))
    assert lines[2:] == [
        "| as fast | 28 px | at least 50x | 61.2x | met |",
        "| as small |  | at most 200 MB |  | not measured |",
    ]


def test_every_goal_has_a_key_of_its_own():
    assert len({goal.key for goal in GOALS}) == len(GOALS)
