"""Run digitd such that it kills itself: ``python -m tests.faults.crashing PLAN WORDS...``.

PLAN is one of::

    POINT:N         killed when the failpoint is reached for the n-th time
    torn:N          killed in the middle of the n-th append to the CSV
    random:SEED     killed at a random failpoint, a random number of points from the start
    abort:NAME      aborts whenever the file of this name is read
    trace:FILE      not killed; writes the points that are reached to a file
"""

import os
import random
import signal
import sys
from itertools import count
from pathlib import Path

from digitd import failpoints
from digitd.cli import run


def kill():
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(plan):
    """Put what the plan says in the place of the failpoints."""
    kind, _, argument = plan.rpartition(":")
    if kind == "abort":
        _abort_on(argument)
    elif kind == "trace":
        with_trace(Path(argument))
    elif kind == "torn":
        _tear(int(argument))
    else:
        point, number = (
            (None, random.Random(int(argument)).randint(1, 150)) if kind == "random" else (kind, int(argument))
        )
        reached = count(1)

        def reach(name):
            if name == (point or name) and next(reached) == number:
                kill()

        failpoints.reach = reach


def with_trace(file):
    """Write each point once, as it is reached."""
    seen = set()

    def reach(name):
        if name not in seen:
            seen.add(name)
            with file.open("a") as trace:
                trace.write(name + "\n")

    failpoints.reach = reach


def _tear(number):
    write, appended = os.write, count(1)

    def tear(descriptor, content):
        if next(appended) == number:
            write(descriptor, content[: len(content) // 2])
            kill()
        return write(descriptor, content)

    def reach(name):
        os.write = tear if name == "appending" else write

    failpoints.reach = reach


def _abort_on(name):
    from digitd.job import Job

    read = Job.read

    def read_or_die(self, source, called, *rest):
        if called == name:
            os.abort()
        return read(self, source, called, *rest)

    Job.read = read_or_die


if __name__ == "__main__":
    arm(sys.argv[1])
    sys.exit(run(sys.argv[2:]))
