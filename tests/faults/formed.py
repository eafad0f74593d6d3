"""Run digitd on forms such that it kills itself: ``python -m tests.faults.formed PLAN WORDS...``; see `crashing`."""

import sys

from digitd.cli import run
from digitd.score import run as scoring
from tests import standin
from tests.faults import crashing

if __name__ == "__main__":
    standin.arm()
    scoring._COMMIT_EVERY_S = 0.0  # each file a commit: else a fast machine has too few steps to be killed at
    crashing.arm(sys.argv[1])
    sys.exit(run(sys.argv[2:]))
