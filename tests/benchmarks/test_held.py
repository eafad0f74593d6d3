import os
import subprocess
import sys

from benchmarks.held import Held, Watcher, settled_and_last
from benchmarks.proc import Memory
from tests.benchmarks.test_proc import PARENT


def held(files, role, resident_mb):
    memory = Memory(peak_mb=resident_mb, resident_mb=resident_mb, anonymous_mb=0)
    return Held(files=files, role=role, memory=memory, descriptors=3)


def test_growth_is_told_from_the_first_note_after_warming_up_to_the_last():
    noted = [held(files, "parent", mb) for files, mb in ((10, 1), (20, 5), (21, 6), (30, 7))]
    warm, last = settled_and_last([*noted, held(40, "worker 1", 9)], "parent", warm=20)
    assert (warm.memory.resident_mb, last.memory.resident_mb) == (5, 7)


def test_a_process_that_was_noted_once_has_not_grown():
    assert settled_and_last([held(10, "parent", 1), held(20, "parent", 2)], "parent", warm=20) is None


def test_a_note_is_made_at_every_step_with_the_fewest_descriptors_in_it():
    watcher = Watcher(step=10)
    watcher.look(os.getpid(), 0)
    with open(os.devnull):
        watcher.look(os.getpid(), 10)
        watcher.look(os.getpid(), 12)  # no step
        watcher.look(os.getpid(), 35)
    first, second = [note for note in watcher.noted if note.role == "parent"]
    assert (first.files, second.files) == (10, 35)
    assert second.descriptors == first.descriptors + 1


def test_children_are_called_by_what_they_do():
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        watcher = Watcher(step=1)
        watcher.look(process.pid, 1)
        process.communicate("")
    assert list(watcher.peak_mb) == ["parent", "worker 1"]
    assert all(peak_mb > 0 for peak_mb in watcher.peak_mb.values())
