"""List what lies in an inbox. The list is the truth; events are only a reason to make it sooner."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
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
    with os.scandir(root) as entries:
        waiting = [("", list(entries))]
    while waiting:  # a stack of its own: strangers may nest folders deeper than Python recurses
        prefix, entries_there = waiting.pop()
        for entry in entries_there:
            if is_ignored(entry.name, rules.ignore):
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
                is_regular = stat.S_ISREG(status.st_mode)
                yield Candidate(name=prefix + entry.name, stamp=stamp_of(status), is_regular=is_regular)


def is_ignored(name: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a name without folders matches one of the shell patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the stamp in the result of `os.stat` or `os.lstat`."""
    return Stamp(
        size_bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
        device=status.st_dev,
        inode=status.st_ino,
    )
