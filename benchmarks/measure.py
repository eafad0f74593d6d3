"""Time all cases in rounds, so that whatever slows the machine for a while slows all of them alike."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.cases import Case
from benchmarks.images import Images

Key = tuple[str, int]
"""Name of a case, and the size of its images in pixels."""

Speeds = Mapping[Key, Sequence[float]]
"""For each case and size its speed in every round, per second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times as fast one case is as another at one size: the median of the rounds, and their range."""

    case: str
    against: str
    size_px: int
    median: float
    lowest: float
    highest: float


def measure(cases: Sequence[Case], sets: Sequence[Images], *, rounds: int, tell: Callable[[str], None]) -> Speeds:
    """Time every case once a round; every second round runs backwards, so that none is always behind the same other.

    Parameters
    ----------
    cases : sequence of Case
    sets : sequence of Images
    rounds : int
    tell : callable
        Told what is being timed.
    """
    turns = [(case, images) for images in sets for case in cases]
    speeds: dict[Key, list[float]] = {(name, images.size_px): [] for case, images in turns for name in case.names}
    for number in range(rounds):
        for case, images in turns if number % 2 == 0 else reversed(turns):
            tell(f"round {number + 1} of {rounds}: {case.names[0]}, {images.size_px} px")
            for name, speed in zip(case.names, _once(case, images), strict=True):
                speeds[name, images.size_px].append(speed)
    return speeds


def compare(speeds: Speeds, pairs: Sequence[tuple[str, str]], sizes_px: Sequence[int]) -> Iterator[Ratio]:
    """Divide speeds of the same round, pair by pair and size by size, where both cases were timed."""
    for case, against in pairs:
        for size_px in sizes_px:
            if (case, size_px) in speeds:
                ours, theirs = speeds[case, size_px], speeds[against, size_px]
                ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
                yield Ratio(
                    case=case,
                    against=against,
                    size_px=size_px,
                    median=median(ratios),
                    lowest=min(ratios),
                    highest=max(ratios),
                )


def _once(case: Case, images: Images) -> tuple[float, ...]:
    with tempfile.TemporaryDirectory(dir=images.folder.parent) as results:
        return case.speeds(images, Path(results))
