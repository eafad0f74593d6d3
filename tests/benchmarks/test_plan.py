import pytest

from benchmarks.plan import Plan, quick_plan
from benchmarks.rows import SETTLED_ROWS

PLANS = pytest.mark.parametrize("plan", [Plan(), quick_plan()], ids=["default", "quick"])


@PLANS
def test_two_workers_share_alike_what_a_steady_rate_is_taken_from(plan):
    for files in plan.files.values():
        for count in (files, min(files, plan.files_drawn)):
            assert count > SETTLED_ROWS
            assert (count - SETTLED_ROWS) % 32 == 0  # two commits of 16


@PLANS
def test_starts_are_timed_at_a_size_that_is_there(plan):
    assert plan.start_px in plan.sizes_px
