"""Workers that die, on a job that can kill them."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from digitd.errors import OutputError
from digitd.score.parts import Work
from digitd.score.pool import run_in_order
from digitd.values import Outcome, Reading, Status


@dataclass(frozen=True)
class Task:
    """Read every file as a 1, or pages of it as many, but for those whose names say otherwise."""

    def run(self, _, name, *, first, last):
        if name == "page 3 kills" and first <= 3 <= (last or first):
            os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("kill"):
            os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("full"):
            raise OutputError("no room", hint="make some")
        pages = range(first, (last or first) + 1)
        readings = tuple(Reading(page=page, value="1", confidence=1.0, status=Status.ACCEPTED) for page in pages)
        return Outcome(name=name, sha256="", readings=readings, pictures=("",) * len(readings), elapsed_ms=0.0)


def nothing():
    """Set up nothing."""


def outcomes(names, *, workers=2, size=3):
    chunks = [[Work(Path(name), name) for name in names[start : start + size]] for start in range(0, len(names), size)]
    return [outcome for done in run_in_order(Task(), chunks, workers, begin=nothing) for outcome in done]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_outcomes_come_in_the_order_of_the_files(workers):
    names = [f"{number}" for number in range(20)]
    assert [outcome.name for outcome in outcomes(names, workers=workers)] == names


def test_file_that_kills_its_worker_fails_and_the_others_are_read():
    names = ["0", "kill-1", "2", "3", "kill-4", "5", "6", "7", "kill-8", *[str(number) for number in range(9, 30)]]
    done = outcomes(names)
    assert [outcome.name for outcome in done] == names
    assert {outcome.name: outcome.reason for outcome in done if outcome.reason} == {
        "kill-1": "crashed",
        "kill-4": "crashed",
        "kill-8": "crashed",
    }


def test_error_of_a_worker_is_that_of_the_run():
    with pytest.raises(OutputError, match="no room") as caught:
        outcomes(["0", "1", "full"])
    assert caught.value.hint == "make some"


def test_page_that_kills_its_worker_fails_and_the_others_of_its_part_are_read():
    works = [[Work(Path("a"), "a", 1, 2)], [Work(Path("a"), "page 3 kills", 1, 5)], [Work(Path("a"), "a", 6, 7)]]
    done = [outcome for part in run_in_order(Task(), works, 2, begin=nothing) for outcome in part]
    assert [[reading.page for reading in outcome.readings] for outcome in done] == [[1, 2], [1, 2, 3, 4, 5], [6, 7]]
    assert [reading.reason for reading in done[1].readings] == ["", "", "crashed", "", ""]
