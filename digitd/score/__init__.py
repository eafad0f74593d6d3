"""Bulk scoring: find the files, spread the work, publish in order."""

from digitd.score.run import Tally, run_score

__all__ = ["Tally", "run_score"]
