"""Does digitd know when there is nothing to read? Pages full of what is no digit, and blank ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.blanks import KINDS, draw_blank
from benchmarks.drawn import Desk
from benchmarks.results import Count, area_under_roc
from digitd.training.rubbish import UNSEEN, draw_rubbish
from digitd.values import Reading, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubbish:
    """How well what is no digit is told from MNIST's test digits.

    Attributes
    ----------
    area : float
        Under the ROC curve of `missing_share`, all kinds together.
    area_by_kind : mapping of str to float
    accepted : mapping of str to Count
        By kind, the pages that were accepted as a digit.
    """

    area: float
    area_by_kind: Mapping[str, float]
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
        Also what some kinds are made of.
    count, seed : int
    """
    genuine = np.array([missing_share(desk.read(255 - digit)[0]) for digit in digits])
    missing, accepted = {}, {}
    for kind in UNSEEN:
        pages = (draw_rubbish(kind, rng, digits) for rng in _generators(kind, count, seed))
        readings = [desk.read(page)[0] for page in pages]
        missing[kind] = np.array([missing_share(reading) for reading in readings])
        accepted[kind] = _accepted(readings)
    return Rubbish(
        area=area_under_roc(np.concatenate(list(missing.values())), genuine),
        area_by_kind={kind: area_under_roc(shares, genuine) for kind, shares in missing.items()},
        accepted=accepted,
    )


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


def _generators(kind: str, count: int, seed: int) -> list[Generator]:
    return [np.random.default_rng((seed, crc32(kind.encode()), index)) for index in range(count)]


def _accepted(readings: list[Reading]) -> Count:
    return Count(hits=sum(reading.status is Status.ACCEPTED for reading in readings), of=len(readings))


def _is_read(reading: Reading) -> bool:
    """Return whether a reading claims that there is a digit; under `not_a_digit` the value is a mere guess."""
    return reading.status is Status.ACCEPTED or reading.reason == "low_confidence"
