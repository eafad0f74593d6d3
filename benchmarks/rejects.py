"""Does digitd know when there is nothing to read? Pages full of what is no digit, and blank ones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.blanks import KINDS, draw_blank
from benchmarks.drawing import Page
from benchmarks.drawn import SLOW, Desk
from benchmarks.results import Count, area_under_roc
from benchmarks.round_trips import CONDITIONS
from digitd.training.rubbish import UNSEEN, draw_rubbish
from digitd.values import Reading, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Under the ROC curve of `missing_share`: all kinds of rubbish together, and each."""

    of_all: float
    by_kind: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubbish:
    """How well pages with what is no digit are told from MNIST's test digits.

    Attributes
    ----------
    from_bare : Area
        From the digits as bare images of 28 px. The rubbish is on drawn pages, so this tells pages apart too.
    from_drawn : Area
        From the same digits on pages of the round trips, one random condition each.
    accepted : mapping of str to Count
        By kind, the pages that were accepted as a digit.
    """

    from_bare: Area
    from_drawn: Area
    accepted: Mapping[str, Count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blanks:
    """What became of blank pages: by kind those that were read as a digit, and those accepted as one."""

    read: Mapping[str, Count]
    accepted: Mapping[str, Count]


def missing_share(reading: Reading) -> float:
    """Return what the ten probabilities lack to 1: that of no digit. 1 where no glyph was found on the page.

    Six decimals, so that where a model knows digits only, rounding errors of its sums are no ranking.
    """
    return max(0.0, round(1 - sum(reading.probabilities), 6))


def read_rubbish(desk: Desk, digits: NDArray[np.uint8], *, count: int, seed: int) -> Rubbish:
    """Read so many pages of each kind of rubbish that no model was trained on, and all digits.

    Parameters
    ----------
    desk : Desk
    digits : (N, 28, 28) uint8, 255 = ink
        `draw_rubbish` asks for them too, though no kind that is drawn here is made of digits.
    count, seed : int
    """
    bare = _missing(desk, (255 - digit for digit in digits))
    drawn = _missing(desk, _on_pages(digits, seed))
    missing, accepted = {}, {}
    for kind in UNSEEN:
        pages = (draw_rubbish(kind, rng, digits) for rng in _generators(kind, count, seed))
        readings = [desk.read(page)[0] for page in pages]
        missing[kind] = np.array([missing_share(reading) for reading in readings])
        accepted[kind] = _accepted(readings)
    return Rubbish(from_bare=_area(missing, bare), from_drawn=_area(missing, drawn), accepted=accepted)


def read_blanks(desk: Desk, *, count: int, seed: int) -> Blanks:
    """Read about so many blank pages, as many of each kind."""
    read, accepted = {}, {}
    for kind in KINDS:
        pages = (draw_blank(kind, rng) for rng in _generators(kind, max(1, round(count / len(KINDS))), seed))
        readings = [desk.read(page)[0] for page in pages]
        read[kind] = Count(hits=sum(_is_read(reading) for reading in readings), of=len(readings))
        accepted[kind] = _accepted(readings)
    return Blanks(read=read, accepted=accepted)


def in_all(counts: Mapping[str, Count]) -> Count:
    """Add counts up."""
    return Count(hits=sum(count.hits for count in counts.values()), of=sum(count.of for count in counts.values()))


def _on_pages(digits: NDArray[np.uint8], seed: int) -> Iterator[Page]:
    """Draw each digit under a random condition of the round trips, the slow ones excepted."""
    names = [name for name in CONDITIONS if name not in SLOW]
    for digit, rng in zip(digits, _generators("any condition", len(digits), seed), strict=True):
        yield CONDITIONS[names[rng.integers(len(names))]](digit, rng)


def _missing(desk: Desk, pages: Iterable[Page]) -> NDArray[np.float64]:
    return np.array([missing_share(desk.read(page)[0]) for page in pages])


def _area(missing: Mapping[str, NDArray[np.float64]], genuine: NDArray[np.float64]) -> Area:
    return Area(
        of_all=area_under_roc(np.concatenate(list(missing.values())), genuine),
        by_kind={kind: area_under_roc(shares, genuine) for kind, shares in missing.items()},
    )


def _generators(kind: str, count: int, seed: int) -> list[Generator]:
    return [np.random.default_rng((seed, crc32(kind.encode()), index)) for index in range(count)]


def _accepted(readings: list[Reading]) -> Count:
    return Count(hits=sum(reading.status is Status.ACCEPTED for reading in readings), of=len(readings))


def _is_read(reading: Reading) -> bool:
    """Return whether a reading claims that there is a digit; under `not_a_digit` the value is a mere guess."""
    return reading.status is Status.ACCEPTED or reading.reason == "low_confidence"
