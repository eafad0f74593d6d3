import pytest

from benchmarks.held import Held
from benchmarks.memory import Run, section
from benchmarks.proc import Memory


def run(files, *, command="watch", annotate="none", grown=1.5, role="parent"):
    noted = tuple(
        Held(files=at, role=role, memory=Memory(peak_mb=90, resident_mb=mb, anonymous_mb=mb / 2), descriptors=count)
        for at, mb, count in ((files // 5, 40, 12), (files, 40 * grown, 14))
    )
    return Run(command=command, annotate=annotate, files=files, noted=noted, peak_mb={role: 90.0})


def test_long_run_is_flat_or_not():
    figures = section([run(50_000)]).figures
    assert figures["flat-memory", "watch, none, parent"] == 1.5
    assert figures["flat-descriptors", "watch, none, parent"] == 2


def test_short_run_tells_peaks_only():
    assert section([run(3_000)]).figures == {("peak-daemon", "annotate none"): 90.0}


@pytest.mark.parametrize(
    ("command", "role", "keys"),
    [("watch", "worker 1", {"peak-painter"}), ("score", "worker 1", set()), ("watch", "tracker", set())],
)
def test_only_processes_of_the_daemon_have_a_goal_for_their_peak(command, role, keys):
    assert {key for key, _ in section([run(3_000, command=command, role=role)]).figures} == keys


def test_a_row_says_how_a_process_has_grown():
    (row,) = section([run(50_000)]).rows
    assert row[:6] == ("`digitd watch`, none, 50,000 images", "parent", "90 MB", "40.0 MB", "60.0 MB", "1.50x")
