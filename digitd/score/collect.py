"""Find the files to score, without reading any."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digitd.errors import InputError
from digitd.imaging.decode import IMAGE_SUFFIXES
from digitd.spool.scan import ScanRules, scan, stamp_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to score. ``identity`` changes with its content."""

    path: Path
    name: str
    identity: str

    def identity_for(self, reader_id: str) -> str:
        """Return what tells this content read by this model, and form, from any other."""
        return f"{reader_id}:{self.identity}"

    @property
    def owner(self) -> bytes:
        """What stays the same when the file is changed and scored again."""
        return os.fsencode(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the inputs hold: the files to score, and how many were passed over because of their names."""

    sources: tuple[Source, ...]
    passed_over: int


def find_sources(inputs: Sequence[Path], out: Path, *, ignore: tuple[str, ...]) -> Found:
    """Find the files to score.

    A folder is searched with the folders inside it for names that end like an image or a PDF. A file that is named is
    taken whatever its name, even where there is none: a failed row will say so. Files of a single folder are named
    relative to it, all others as they were typed.

    Raises
    ------
    InputError
        When no input exists, nothing is found, or the results would land among the inputs.
    """
    if not any(os.path.lexists(given) for given in inputs):
        raise InputError(f"there is no file or folder {', '.join(map(str, inputs))}", hint="check the path")
    rules = ScanRules(recursive=True, ignore=ignore, image_suffixes=IMAGE_SUFFIXES)
    sources: list[Source] = []
    passed_over = 0
    for given in inputs:
        if not os.path.isdir(given):  # noqa: PTH112 - unlike Path.is_dir, it never raises
            sources.append(_source(Path(os.path.realpath(given)), str(given)))
            continue
        if given.resolve() == out.resolve():
            raise InputError(f"the results would land among the inputs in {given}", hint="choose another --out folder")
        prefix = "" if len(inputs) == 1 else f"{given}/"
        found, others = _search(given, prefix, rules, out)
        sources += found
        passed_over += others
    if not sources:
        raise InputError(
            f"no images in {', '.join(map(str, inputs))} ({passed_over} other files)",
            hint=f"images end in {' '.join(sorted(IMAGE_SUFFIXES))}; name a file to score it whatever its ending",
        )
    unique = {source.path: source for source in reversed(sources)}  # of inputs that overlap, the first counts
    return Found(sources=tuple(sorted(unique.values(), key=lambda source: source.name)), passed_over=passed_over)


def _search(folder: Path, prefix: str, rules: ScanRules, out: Path) -> tuple[list[Source], int]:
    root, results = folder.resolve(), out.resolve()
    sources = []
    passed_over = 0
    try:
        for candidate in scan(folder, rules):
            path = root / candidate.name
            if results in path.parents:
                continue
            if path.suffix.lower() in IMAGE_SUFFIXES:
                sources.append(_source(path, prefix + candidate.name))
            else:
                passed_over += 1
    except OSError as error:
        raise InputError(f"cannot list {folder}: {error.strerror}", hint="check its permissions") from error
    return sources, passed_over


def _source(path: Path, name: str) -> Source:
    try:
        stamp = stamp_of(os.lstat(path))
        mark = f"{stamp.size_bytes}:{stamp.mtime_ns}"
    except OSError:  # gone, or the end of a dangling link: its row will say so
        mark = "missing"
    text = os.fsencode(path).decode(errors="backslashreplace")  # names need not be UTF-8, and the ledger's text must
    return Source(path=path, name=name, identity=f"{mark}:{text}")
