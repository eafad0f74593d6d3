"""List what lies in an inbox. The list is the truth; events are only a reason to make it sooner.

Where 100,000 files wait, a listing makes as many of its values: tuples, which take half the time of dataclasses.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class Stamp(NamedTuple):
    """What changes when a file is written to or replaced; times in nanoseconds."""

    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    device: int
    inode: int

    @property
    def identity(self) -> str:
        """Text that tells this content of this file from any other on this machine."""
        return f"{self.device}:{self.inode}:{self.size_bytes}:{self.mtime_ns}:{self.ctime_ns}"


class Candidate(NamedTuple):
    """Something in an inbox that asks to be read; ``name`` is relative to the inbox."""

    name: str
    stamp: Stamp
    is_regular: bool

    @property
    def identity(self) -> str:
        """Text that tells this content from any other; a folder or pipe stays the same whatever happens inside."""
        stamp = self.stamp
        return stamp.identity if self.is_regular else f"{stamp.device}:{stamp.inode}:{self.name!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRules:
    """What is taken: ``ignore`` are shell patterns on each part of a name.

    A folder is entered where ``recursive`` is set. Otherwise it is passed over, except one that pretends to be an
    image by a suffix in ``image_suffixes``: somebody waits for its row.
    """

    recursive: bool
    ignore: tuple[str, ...]
    image_suffixes: frozenset[str]


def scan(root: Path, rules: ScanRules) -> Iterator[Candidate]:
    """Yield the candidates of an inbox, in no order.

    Entries that vanish meanwhile are passed over; so are folders inside that may not or cannot be listed.

    Raises
    ------
    OSError
        When the inbox itself cannot be listed.
    """
    ignored = _any_of(rules.ignore)
    with os.scandir(root) as entries:
        waiting = [("", list(entries))]
    while waiting:  # a stack of its own: strangers may nest folders deeper than Python recurses
        prefix, entries_there = waiting.pop()
        for entry in entries_there:
            if ignored(entry.name):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
                is_folder = stat.S_ISDIR(status.st_mode)
                if is_folder and rules.recursive:
                    with os.scandir(entry.path) as children:
                        waiting.append((f"{prefix}{entry.name}/", list(children)))
                    continue
            except OSError:  # gone, forbidden, or a path longer than the system takes
                continue
            if not is_folder or Path(entry.name).suffix.lower() in rules.image_suffixes:
                yield Candidate(prefix + entry.name, stamp_of(status), stat.S_ISREG(status.st_mode))


def is_ignored(name: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a name without folders matches one of the shell patterns."""
    return _any_of(patterns)(name) is not None


@lru_cache(maxsize=16)
def _any_of(patterns: tuple[str, ...]) -> Callable[[str], re.Match[str] | None]:
    """Return what matches a name with all patterns at once: a listing of 100,000 names asks for each."""
    return re.compile("|".join(translate(pattern) for pattern in patterns) or "(?!)").match


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the stamp in the result of `os.stat` or `os.lstat`."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_dev, status.st_ino)
