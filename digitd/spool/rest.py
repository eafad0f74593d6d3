"""Where a file ends: a name in ``done/`` or ``failed/`` that is free, and the name of the reason beside it."""

import os
from collections.abc import Container
from itertools import chain, count
from pathlib import Path

from digitd.names import NAME_MAX_BYTES, flat, with_suffix

REASON_SUFFIX = ".reason.json"

_LONGEST_ENDING = 16  # characters; what is longer is no file type


def resting_place(folder: Path, name: str, number: int, occupied: Container[Path] = ()) -> Path:
    """Return a free path for a file of this name, none of those that others are going to occupy.

    A name that is taken gets the number of the delivery, which is used once. So does a name that looks like that of a
    reason, lest the reason of another file overwrites it.
    """
    place = folder / name
    if _is_blocked(folder, place):
        place = folder / flat(name)  # a file of this name is where a folder would have to be

    def is_free(candidate: Path) -> bool:
        return candidate not in occupied and not os.path.lexists(candidate)

    if not name.endswith(REASON_SUFFIX) and is_free(place):
        return place
    ending = place.suffix if len(place.suffix) <= _LONGEST_ENDING else ""
    marks = chain([f"~{number}"], (f"~{number}-{further}" for further in count(1)))
    numbered = (place.with_name(with_suffix(place.stem, mark + ending)) for mark in marks)
    return next(candidate for candidate in numbered if is_free(candidate))


def _is_blocked(folder: Path, place: Path) -> bool:
    """Return whether one of the folders between is there and is none."""
    between = place.relative_to(folder).parents
    return any(os.path.lexists(folder / part) and not (folder / part).is_dir() for part in between)


def reason_name(name: str, number: int) -> str:
    """Return the name of the reason file; the number keeps names apart that had to be shortened."""
    if len(os.fsencode(name + REASON_SUFFIX)) <= NAME_MAX_BYTES:
        return name + REASON_SUFFIX
    return with_suffix(name, f"~{number}{REASON_SUFFIX}")
