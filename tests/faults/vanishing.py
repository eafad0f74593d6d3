"""Run digitd and rename its outbox away in its work: ``python -m tests.faults.vanishing POINT OUTBOX WORDS...``.

That happens once, when the failpoint is reached and the outbox has a CSV with a row.
"""

import sys
from pathlib import Path

from digitd import failpoints
from digitd.cli import run


def arm(point, outbox):
    """Put the renaming in the place of the failpoints."""
    away = outbox.with_name("away")

    def reach(name):
        csv = outbox / "predictions.csv"
        if name == point and csv.exists() and csv.read_bytes().count(b"\n") > 1:
            outbox.rename(away)
            failpoints.reach = lambda _: None

    failpoints.reach = reach


if __name__ == "__main__":
    arm(sys.argv[1], Path(sys.argv[2]))
    sys.exit(run(sys.argv[3:]))
