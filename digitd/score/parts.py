"""What the workers are given: files, and of a document of forms some pages at a time; and files of their parts again.

So one PDF or TIFF keeps all workers busy. Each worker holds the whole of the file that it has a part of.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from digitd.config import Limits
from digitd.errors import Rejection
from digitd.imaging.decode import count_pages
from digitd.intake import read_bytes
from digitd.score.collect import Source
from digitd.values import Outcome, Sheet, Status, failed_outcome, unread

_DOCUMENTS = frozenset({".pdf", ".tif", ".tiff"})
_LEAST_PAGES = 16
"""Of a part: they take some seconds, and to read and hash the whole file for each part, up to half a second."""
_PARTS_EACH = 8
"""For each worker at most, where a file has many pages."""


class Work(NamedTuple):
    """A file, or some pages of it; ``last`` is None for all from the first on."""

    path: Path
    name: str
    first: int = 1
    last: int | None = None

    @property
    def pages(self) -> "Iterator[Work]":
        """Each page of it as work of its own, where it is known which they are."""
        if self.last is None:
            return iter((self,))
        return (self._replace(first=page, last=page) for page in range(self.first, self.last + 1))


class Assembly:
    """Takes files apart and puts their outcomes together.

    Parameters
    ----------
    sources : sequence of Source
    chunk : int
        How many works are given at a time.
    limits : Limits
    splits : bool
        Take documents apart.
    """

    def __init__(self, sources: Sequence[Source], *, chunk: int, limits: Limits, splits: bool) -> None:
        self._sources = sources
        self._chunk = chunk
        self._limits = limits
        self._splits = splits
        self._given: deque[tuple[Source, Work, bool]] = deque()
        """In order what was given and has not come back, and whether it is the last part of its file."""
        self._parts: list[Outcome] = []
        """Of the file that is not complete."""
        self._counted: dict[Source, Sequence[Work]] = {}
        """The parts of files whose pages were counted ahead: that reads the whole of a file."""

    def occupied(self, workers: int) -> int:
        """Return how many of so many workers there is something to do for."""
        if len(self._sources) < workers * self._chunk and self._splits:
            self._counted = {source: self._parts_of(source, workers) for source in self._sources}
            return min(workers, sum(len(parts) for parts in self._counted.values()))
        return min(workers, len(self._sources) // self._chunk)

    def chunks(self, workers: int) -> Iterator[list[Work]]:
        """Yield what is to be given to so many workers, in order."""
        works = self._works(workers)
        while chunk := list(islice(works, self._chunk)):
            yield chunk

    def _works(self, workers: int) -> Iterator[Work]:
        for source in self._sources:
            parts = self._counted.pop(source, None) or self._parts_of(source, workers)
            for number, work in enumerate(parts, start=1):
                self._given.append((source, work, number == len(parts)))
                yield work

    def _parts_of(self, source: Source, workers: int) -> Sequence[Work]:
        return take_apart(source, self._limits, workers) if self._splits else [Work(source.path, source.name)]

    def add(self, outcomes: Sequence[Outcome]) -> tuple[list[tuple[Source, Outcome]], int]:
        """Take outcomes in the order of what was given; return the files that are complete now, and how many pages."""
        complete = []
        pages = 0
        for outcome in outcomes:
            source, work, is_last = self._given.popleft()
            self._parts.append(completed(outcome, work))
            pages += len(self._parts[-1].sheets) or len(self._parts[-1].readings)
            if is_last:
                complete.append((source, join(self._parts)))
                self._parts = []
        return complete, pages


def take_apart(source: Source, limits: Limits, workers: int) -> list[Work]:
    """Return the parts of a file in order: one, but for a document of many pages."""
    whole = Work(source.path, source.name)
    if source.path.suffix.lower() not in _DOCUMENTS:
        return [whole]
    try:
        count = count_pages(read_bytes(source.path, limits.max_bytes), at_most=limits.max_pages + 1)
    except Rejection:  # it will be one for whoever reads it too
        return [whole]
    pages = min(count, limits.max_pages)
    each = max(_LEAST_PAGES, -(-pages // (_PARTS_EACH * workers)))
    if count == 1:  # or unknown, as of a TIFF that is named like a PDF
        return [whole]
    parts = [whole._replace(first=page, last=min(page + each - 1, pages)) for page in range(1, pages + 1, each)]
    if count > pages:
        parts.append(whole._replace(first=pages + 1))  # which is refused, and those after it
    return parts or [whole]


def completed(outcome: Outcome, work: Work) -> Outcome:
    """Give a reading to each page of a part that could not be read to its end, as when its file is gone by then."""
    last = outcome.readings[-1]
    if last.status is not Status.FAILED or work.last is None:
        return outcome
    rest = tuple(replace(last, page=page) for page in range(last.page + 1, work.last + 1))
    return replace(
        outcome,
        readings=(*outcome.readings, *rest),
        pictures=(*outcome.pictures, *[""] * len(rest)),
        sheets=(*outcome.sheets, *(unread(sheet.form, reading) for sheet in outcome.sheets[-1:] for reading in rest)),
    )


def join(parts: Sequence[Outcome]) -> Outcome:
    """Make the outcome of a file of those of its parts, in page order."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    hashes = {part.sha256 for part in parts if part.sha256}
    if len(hashes) > 1:
        return failed_outcome(first.name, "changed", "the file was changed while it was read; score it again")
    return Outcome(
        name=first.name,
        sha256=next(iter(hashes), ""),
        readings=tuple(reading for part in parts for reading in part.readings),
        pictures=tuple(picture for part in parts for picture in part.pictures),
        elapsed_ms=sum(part.elapsed_ms for part in parts),
        cells=tuple(cell for part in parts for cell in part.cells),
        sheets=_join_sheets(parts),
    )


def _join_sheets(parts: Sequence[Outcome]) -> tuple[Sheet, ...]:
    """Return the sheets of all parts, also of those that ended the process that read them."""
    form = next((sheet.form for part in parts for sheet in part.sheets), None)
    if form is None:
        return ()
    return tuple(
        sheet for part in parts for sheet in part.sheets or [unread(form, reading) for reading in part.readings]
    )
