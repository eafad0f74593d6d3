"""Take note of progress, from wherever it is made."""

from enum import StrEnum


class Stage(StrEnum):
    """What takes time in a delivery: a file waits and is read, the others are of all files that share a commit."""

    WAIT = "wait"
    READ = "read"
    COMMIT = "commit"
    PROJECT = "project"
    DRAW = "draw"
    SETTLE = "settle"


class Progress:
    """Takes no note: nobody wants to know."""

    def beat(self) -> None:
        """Note that the work goes on; cheap enough to be called for each page."""

    def observe(self, stage: Stage, seconds: float) -> None:
        """Note what a stage took."""
