import os
import subprocess
import sys

from benchmarks.proc import (
    Entry,
    Memory,
    cpu_share,
    descriptors_of,
    entry_of,
    memory_of,
    parse_stat,
    parse_status,
    spent_s,
    tree,
)

STATUS = """Name:\tpython
Umask:\t0022
VmPeak:\t  900000 kB
VmHWM:\t  102400 kB
VmRSS:\t   51200 kB
RssAnon:\t   20480 kB
RssFile:\t   30720 kB
"""
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
PARENT = """
import subprocess, sys
child = subprocess.Popen(["sleep", "60"])
print(child.pid, flush=True)
sys.stdin.read()
child.kill()
child.wait()
"""
STAT = "4242 (a (b) c) S 17 4242 4242 0 -1 4194560 100 0 0 0 150 50 7 8 20 0 3 0 987654 1 2 3\n"


def test_memory_is_read_in_mb():
    assert parse_status(STATUS) == Memory(peak_mb=100, resident_mb=50, anonymous_mb=20)


def test_a_process_that_has_ended_and_was_not_waited_for_holds_nothing():
    assert parse_status("Name:\tpython\nState:\tZ (zombie)\n") == Memory(peak_mb=0, resident_mb=0, anonymous_mb=0)


def test_time_counts_in_user_and_system_whatever_the_program_is_called():
    assert parse_stat(STAT, ticks_a_second=100) == Entry(parent=17, cpu_s=2.0, began=987654)


def test_a_new_process_counts_from_its_start_and_one_that_ended_not_at_all():
    before = {1: Entry(parent=0, cpu_s=5.0, began=1), 2: Entry(parent=1, cpu_s=3.0, began=2)}
    after = {1: Entry(parent=0, cpu_s=5.5, began=1), 3: Entry(parent=1, cpu_s=0.25, began=3)}
    assert spent_s(before, after) == 0.75


def test_tree_holds_a_process_and_those_it_started_oldest_first():
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        assert list(tree(process.pid)) == [process.pid, child]
        process.communicate("")
    assert tree(process.pid) == {}


def test_this_process_has_memory_and_descriptors():
    memory = memory_of(os.getpid())
    assert memory.peak_mb >= memory.resident_mb > memory.anonymous_mb > 0
    before = descriptors_of(os.getpid())
    with open(os.devnull):
        assert descriptors_of(os.getpid()) == before + 1


def test_a_process_that_has_ended_has_no_memory_and_no_entry():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert (memory_of(process.pid), entry_of(process.pid), descriptors_of(process.pid)) == (None, None, 0)


def test_a_busy_process_takes_a_core_and_one_that_sleeps_none():
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    asleep = subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"], **PIPES)
    try:
        asleep.stdout.readline()
        assert cpu_share(busy.pid, 0.5) > 0.2  # of a core that others may want too
        assert cpu_share(asleep.pid, 0.2) == 0
    finally:
        for process in (busy, asleep):
            process.kill()
            process.communicate()
