from benchmarks.cases import COMPARISONS, GOAL_PAIRS
from benchmarks.goals import GOALS
from benchmarks.measure import compare
from benchmarks.plan import Plan
from benchmarks.speed import section


def test_goals_are_held_against_ratios_that_are_shown():
    assert set(GOAL_PAIRS.values()) <= set(COMPARISONS)
    assert set(GOAL_PAIRS) <= {goal.key for goal in GOALS}


def test_speeds_and_ratios_are_shown_at_every_size():
    plan = Plan(files={28: 96, 600: 96}, rounds=2)
    names = {name for pair in COMPARISONS for name in pair}
    speeds = {(name, size_px): [2.0, 4.0] for name in names for size_px in plan.sizes_px}
    for size_px in plan.sizes_px:
        speeds[COMPARISONS[0][0], size_px] = [size_px * 2.0, size_px * 8.0]
    found = section(plan, speeds, list(compare(speeds, COMPARISONS, plan.sizes_px)))
    assert (*COMPARISONS[0], "42.0 (28.0-56.0)", "900 (600-1,200)") in found.rows
    assert len(found.rows) == len(names) + len(COMPARISONS)
    assert found.figures["none-jobs", "600 px"] == 1.0
