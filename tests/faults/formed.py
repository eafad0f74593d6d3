"""Run digitd on forms such that it kills itself: ``python -m tests.faults.formed PLAN WORDS...``; see `crashing`."""

import sys

from digitd.cli import run
from tests import standin
from tests.faults import crashing

if __name__ == "__main__":
    standin.arm()
    crashing.arm(sys.argv[1])
    sys.exit(run(sys.argv[2:]))
