"""Change files so that a crash or a power cut leaves the old state or the new one, never half of one.

A rename is atomic only within one file system; across two, `move` copies, makes the copy durable and renames it.

A changed entry of a folder is durable once the folder is synced. Where many change together, ``sync`` collects the
folders, ``changed.add`` of a set, and `sync_folders` syncs each of them once, before anybody relies on it.
"""

import errno
import filecmp
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from digitd import failpoints

_UNFINISHED = ".digitd-{}.tmp"
_CHUNK_BYTES = 1 << 20

Sync = Callable[[Path], None]
"""Told the folder in which an entry has changed."""


def unfinished(folder: Path) -> Path:
    """Return a name in a folder that nobody can have guessed or left behind."""
    return folder / _UNFINISHED.format(secrets.token_hex(8))


def sweep(folder: Path) -> None:
    """Remove what writers that were killed left unfinished in a folder; raises OSError."""
    for path in folder.glob(_UNFINISHED.format("*")):
        path.unlink(missing_ok=True)


def make_folders(folder: Path, *, below: Path) -> None:
    """Make a folder, and those between, but not the one below: where that is gone, nothing goes in its place."""
    parts = folder.relative_to(below).parts
    for depth in range(1, len(parts) + 1):
        part = below.joinpath(*parts[:depth])
        try:
            part.mkdir()
        except FileExistsError:
            if depth > 1 and not stat.S_ISDIR(part.lstat().st_mode):  # the first may be a link of the operator's
                raise


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder durable; raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folders(folders: Iterable[Path]) -> None:
    """Make renames inside folders durable; one that has gone has taken its entries with it. Raises OSError."""
    for folder in folders:
        with suppress(FileNotFoundError):
            sync_folder(folder)


def write_whole(path: Path, content: bytes, *, sync: Sync = sync_folder, mode: int | None = None) -> None:
    """Write a file so that it is there as a whole or not at all, also after a power cut; raises OSError.

    Its mode is as the umask says, or the one that is given.
    """
    path.parent.mkdir(exist_ok=True)
    aside = unfinished(path.parent)
    try:
        with aside.open("xb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        failpoints.reach("written")
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    sync(path.parent)


def append(path: Path, content: bytes) -> None:
    """Append to a file, making it where there is none, and wait until it is on disk; raises OSError.

    A file that was made is on disk; that it is in its folder, once that is synced.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        failpoints.reach("appending")
        while content:
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move(source: Path, target: Path, *, sync: Sync = sync_folder, beat: Callable[[], None] = lambda: None) -> None:
    """Move a file, a symbolic link, or within one file system anything else, to a name that is free.

    Where it must be copied, ``beat`` is called for each of its pieces.

    Raises
    ------
    FileExistsError
        When the target exists: nothing is ever overwritten.
    OSError
        When it cannot be moved; the source is still there then.
    """
    target.parent.mkdir(exist_ok=True)
    try:
        rename(source, target, sync=sync)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_across(source, target, sync, beat)


def rename(source: Path, target: Path, *, sync: Sync = sync_folder) -> None:
    """Rename anything within one file system to a name that is free; raises as `move` does."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "will not overwrite", str(target))
    source.rename(target)
    sync(target.parent)
    with suppress(FileNotFoundError):  # its owner removed it when it was empty, and the entry with it
        sync(source.parent)


def is_copy_of(source: Path, target: Path) -> bool:
    """Return whether a file is a whole copy that a crash left beside its source, not the source itself."""
    try:
        return not os.path.samestat(source.lstat(), target.lstat()) and _are_equal(source, target)
    except OSError:
        return False


def _are_equal(source: Path, target: Path) -> bool:
    if source.is_symlink() and target.is_symlink():
        return source.readlink() == target.readlink()
    return source.is_file() and target.is_file() and filecmp.cmp(source, target, shallow=False)


def _copy_across(source: Path, target: Path, sync: Sync, beat: Callable[[], None]) -> None:
    mode = os.lstat(source).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise OSError(errno.EXDEV, "only files can be moved to another file system", str(source))
    aside = unfinished(target.parent)
    try:
        if stat.S_ISREG(mode):
            _copy_regular(source, aside, beat)
        else:
            aside.symlink_to(source.readlink())
        failpoints.reach("copied")
        aside.rename(target)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)  # at once: the source is removed next
    failpoints.reach("landed")
    try:
        source.unlink()
    except OSError:
        target.unlink(missing_ok=True)  # or it would be in both places
        raise
    sync(source.parent)


def _copy_regular(source: Path, target: Path, beat: Callable[[], None]) -> None:
    """Copy a file, leaving its holes holes: ten gigabytes of nothing must not fill a disk."""
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as original, target.open("xb") as copy:
        size = os.fstat(original.fileno()).st_size
        for start, end in _data_spans(original.fileno(), size):
            original.seek(start)
            copy.seek(start)
            while (left := end - original.tell()) > 0 and (content := original.read(min(left, _CHUNK_BYTES))):
                copy.write(content)
                beat()
        copy.truncate(size)
        copy.flush()
        with suppress(OSError):  # times and modes are a courtesy that not all file systems have
            shutil.copystat(source, target, follow_symlinks=False)
        os.fsync(copy.fileno())


def _data_spans(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the parts of a file that are not holes."""
    end = 0
    while end < size:
        try:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole up to the end
                return
            raise
        end = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, end
