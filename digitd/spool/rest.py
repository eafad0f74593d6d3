"""Where a file ends: a name in ``done/`` or ``failed/`` that is free, and the name of the reason beside it."""

import os
import stat
from collections.abc import Collection
from itertools import chain, count
from pathlib import Path

from digitd.names import NAME_MAX_BYTES, flat, with_suffix

REASON_SUFFIX = ".reason.json"

_LONGEST_PATH = 4000
"""Bytes: PATH_MAX of limits.h is 4096, and a reason's name is longer by a few."""
_LONGEST_ENDING = 16  # characters; what is longer is no file type


def resting_place(folder: Path, name: str, number: int, occupied: Collection[Path] = ()) -> Path:
    """Return a free path for a file of this name, none of those that others are going to occupy.

    A name that is taken gets the number of the delivery, which is used once. So does a name that looks like that of a
    reason, lest the reason of another file overwrites it.
    """
    place = folder / name
    if _needs_plain_name(folder, place, occupied):
        place = _plain_place(folder, name)
    is_like_a_reason = any(part.endswith(REASON_SUFFIX) for part in Path(name).parts)

    def is_free(candidate: Path) -> bool:
        reason = candidate.with_name(reason_name(candidate.name, number))
        is_promised = any(candidate == other or candidate in other.parents for other in occupied)
        return not is_promised and not os.path.lexists(candidate) and not os.path.isdir(reason)  # noqa: PTH112

    if not is_like_a_reason and is_free(place):
        return place
    ending = place.suffix if len(place.suffix) <= _LONGEST_ENDING else ""
    marks = chain([f"~{number}"], (f"~{number}-{further}" for further in count(1)))
    numbered = (place.with_name(with_suffix(place.stem, mark + ending)) for mark in marks)
    return next(candidate for candidate in numbered if is_free(candidate))


def _plain_place(folder: Path, name: str) -> Path:
    """Return where a file can lie whose name leads through folders that cannot be made."""
    return folder / with_suffix(flat(name), "")


def _needs_plain_name(folder: Path, place: Path, occupied: Collection[Path]) -> bool:
    """Return whether folders between are, or are going to be, something else, or the path is longer than paths may be.

    A link is no folder: a stranger may have delivered it, and what is moved through it leaves the outbox.
    """
    parts = place.relative_to(folder).parts
    if any(part.endswith(REASON_SUFFIX) for part in parts[:-1]) or len(os.fsencode(place)) > _LONGEST_PATH:
        return True
    if any(other in place.parents for other in occupied):
        return True
    between = [folder.joinpath(*parts[:depth]) for depth in range(1, len(parts))]
    return any(os.path.lexists(part) and not stat.S_ISDIR(os.lstat(part).st_mode) for part in between)


def reason_name(name: str, number: int) -> str:
    """Return the name of the reason file; the number keeps names apart that had to be shortened."""
    if len(os.fsencode(name + REASON_SUFFIX)) <= NAME_MAX_BYTES:
        return name + REASON_SUFFIX
    return with_suffix(name, f"~{number}{REASON_SUFFIX}")
