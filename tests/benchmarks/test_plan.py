import pytest

from benchmarks.plan import LONG_HELD, Plan, longer, quick_plan
from benchmarks.rows import SETTLED_ROWS

PLANS = pytest.mark.parametrize("plan", [Plan(), quick_plan()], ids=["default", "quick"])


@PLANS
def test_two_workers_share_alike_what_a_steady_rate_is_taken_from(plan):
    for files in plan.files.values():
        for count in (files, min(files, plan.files_drawn)):
            assert count > SETTLED_ROWS
            assert (count - SETTLED_ROWS) % 32 == 0  # two commits of 16


def test_default_run_drops_enough_files_one_at_a_time_to_tell_a_99th_percentile():
    assert Plan().files_dropped >= 100


def test_long_run_watches_memory_over_50000_images():
    plan = longer(Plan())
    assert (plan.files_held, plan.files_held_drawn) == tuple(LONG_HELD.values()) == (50_000, 5_000)
