"""Where a file ends: a name in ``done/`` or ``failed/`` that is free, and the name of the reason beside it."""

import os
import stat
from collections.abc import Iterable
from itertools import chain, count
from pathlib import Path

from digitd.names import NAME_MAX_BYTES, flat, with_suffix

REASON_SUFFIX = ".reason.json"

_LONGEST_PATH = 4000
"""Bytes: PATH_MAX of limits.h is 4096, and a reason's name is longer by a few."""
_LONGEST_ENDING = 16  # characters; what is longer is no file type


class Promises:
    """Places that files are going to occupy."""

    def __init__(self, places: Iterable[Path] = ()) -> None:
        self._places: set[Path] = set()
        self._folders: set[Path] = set()
        for place in places:
            self.add(place)

    def add(self, place: Path) -> None:
        """Promise a place, and that the folders above it are folders."""
        self._places.add(place)
        self._folders.update(place.parents)

    def includes(self, place: Path) -> bool:
        """Return whether a file can not lie there because of another."""
        return place in self._places or place in self._folders

    def blocks(self, place: Path) -> bool:
        """Return whether a folder above a place is going to be a file."""
        return not self._places.isdisjoint(place.parents)


def resting_place(folder: Path, name: str, number: int, promised: Promises | None = None) -> Path:
    """Return a free path for a file of this name, none of those that are promised to others.

    A name that is taken gets the number of the delivery, which is used once. So does a name that looks like that of a
    reason, lest the reason of another file overwrites it.
    """
    promised = promised or Promises()
    place = folder / name
    if _needs_plain_name(folder, place, promised):
        place = _plain_place(folder, name)
    is_like_a_reason = any(part.endswith(REASON_SUFFIX) for part in Path(name).parts)

    def is_free(candidate: Path) -> bool:
        reason = candidate.with_name(reason_name(candidate.name, number))
        return not promised.includes(candidate) and not os.path.lexists(candidate) and not os.path.isdir(reason)  # noqa: PTH112

    if not is_like_a_reason and is_free(place):
        return place
    ending = place.suffix if len(place.suffix) <= _LONGEST_ENDING else ""
    marks = chain([f"~{number}"], (f"~{number}-{further}" for further in count(1)))
    numbered = (place.with_name(with_suffix(place.stem, mark + ending)) for mark in marks)
    return next(candidate for candidate in numbered if is_free(candidate))


def _plain_place(folder: Path, name: str) -> Path:
    """Return where a file can lie whose name leads through folders that cannot be made."""
    return folder / with_suffix(flat(name), "")


def _needs_plain_name(folder: Path, place: Path, promised: Promises) -> bool:
    """Return whether folders between are, or are going to be, something else, or the path is longer than paths may be.

    A link is no folder: a stranger may have delivered it, and what is moved through it leaves the outbox.
    """
    parts = place.relative_to(folder).parts
    if any(part.endswith(REASON_SUFFIX) for part in parts[:-1]) or len(os.fsencode(place)) > _LONGEST_PATH:
        return True
    if promised.blocks(place):
        return True
    between = [folder.joinpath(*parts[:depth]) for depth in range(1, len(parts))]
    return any(os.path.lexists(part) and not stat.S_ISDIR(os.lstat(part).st_mode) for part in between)


def reason_name(name: str, number: int) -> str:
    """Return the name of the reason file; the number keeps names apart that had to be shortened."""
    if len(os.fsencode(name + REASON_SUFFIX)) <= NAME_MAX_BYTES:
        return name + REASON_SUFFIX
    return with_suffix(name, f"~{number}{REASON_SUFFIX}")
