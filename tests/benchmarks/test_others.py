import subprocess
import sys

import pytest

from benchmarks.others import Others, own_s, parse_busy

SPEND = "import time; ends = time.process_time() + 0.2\nwhile time.process_time() < ends: pass"
STAT = """cpu  100 20 30 4000 500 6 7 8 90 10
cpu0 1 2 3 4 5 6 7 8 9 10
"""


def test_cores_work_when_they_are_neither_idle_nor_wait_for_a_disk():
    assert parse_busy(STAT, ticks_a_second=100) == pytest.approx((100 + 20 + 30 + 6 + 7 + 8) / 100)


def test_what_this_process_and_its_children_took_is_not_of_others():
    busy, own, clock = iter([1000.0, 1050.0]), iter([10.0, 30.0]), iter([0.0, 20.0])
    others = Others(busy.__next__, own.__next__, clock.__next__)
    assert others.cores() == pytest.approx((50 - 20) / 20)


def test_a_child_that_ended_counts_as_own():
    before = own_s()
    subprocess.run([sys.executable, "-c", SPEND], check=True)
    assert own_s() - before > 0.2


def test_report_says_how_busy_the_machine_was():
    assert Others().line().startswith("Other processes took ")
