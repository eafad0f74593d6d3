"""Draw pictures of readings and pages of forms and write them to the outbox: each its own, or cells on contact sheets.

Residual risk: a picture that cannot be drawn, by an error of digitd's, is missing; the log says so. Its row is there.
"""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitd.annotate import Annotator
from digitd.annotate.contact import pack, paste, unpack
from digitd.config import Limits
from digitd.errors import OutputError, Rejection
from digitd.imaging.decode import decode_pages
from digitd.intake import read_bytes
from digitd.ledger import Owed
from digitd.publish import sheet_place, sweep_pictures, sync_pictures, write_picture
from digitd.values import Reading, Sheet, Status

logger = logging.getLogger(__name__)

_SHEET_BYTES = 32 << 20
"""More than any contact sheet has: 8 MB of pixels, hardly compressed if they are noise."""

Page = NDArray[np.uint8]
"""(H, W) grey or (H, W, 3) RGB."""
Cell = NDArray[np.uint8]
"""(h, w, 3) uint8 RGB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """Pictures that are owed for one file.

    Attributes
    ----------
    source : Path or None
        Where the file lies. None, or where it cannot be read any more, makes pictures without the page.
    name : str
        What the file is called in pictures.
    owed : sequence of Owed
        In page order.
    """

    source: Path | None
    name: str
    owed: Sequence[Owed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Painter:
    """Draws with one annotator for one outbox; can be sent to another process."""

    annotator: Annotator
    limits: Limits
    outbox: Path

    def paint(self, commissions: Sequence[Commission]) -> None:
        """Draw and write what is commissioned; when this returns, it is on disk.

        Raises
        ------
        OutputError
            When a picture cannot be written.
        """
        sheets: dict[str, dict[int, Cell]] = {}
        for commission in commissions:
            for page, owed in self._with_pages(commission):
                if owed.cell is None or isinstance(owed.reading, Sheet):
                    self.draw(page, owed.reading, commission.name, owed.picture)
                elif (cell := self._draw_cell(page, owed.reading, commission.name)) is not None:
                    sheets.setdefault(owed.picture, {})[owed.cell] = cell
        self._write_sheets(sheets)
        sync_pictures(self.outbox)

    def tidy(self) -> None:
        """Remove what a process that was killed was writing; raises as `paint` does."""
        sweep_pictures(self.outbox)

    def write_cells(self, cells: Iterable[bytes | None], first_seq: int) -> None:
        """Put the packed cells of consecutive rows on their sheets, nothing for None; raises as `paint` does."""
        sheets: dict[str, dict[int, Cell]] = {}
        for seq, cell in enumerate(cells, start=first_seq):
            picture, place = sheet_place(seq)
            if place == 0:
                self._write_sheets(sheets)  # a document may have the cells of many
                sheets = {}
            sheets.setdefault(picture, {})[place] = unpack(cell)
        self._write_sheets(sheets)

    def draw(self, page: Page | None, what: Reading | Sheet, name: str, picture: str) -> bool:
        """Draw and write one picture, and return whether it could be drawn; `sync_pictures` makes it durable."""
        try:
            png = self._render(page, what, name)
        except Exception:
            logger.exception("a picture could not be drawn", extra={"fields": {"file": name, "page": what.page}})
            return False
        readings = what.readings if isinstance(what, Sheet) else (what,)
        needs_person = any(reading.status in (Status.REVIEW, Status.FAILED) for reading in readings)
        write_picture(self.outbox, picture.removeprefix("annotated/"), png, for_review=needs_person)
        return True

    def _render(self, page: Page | None, what: Reading | Sheet, name: str) -> bytes:
        if isinstance(what, Sheet):
            return self.annotator.render_sheet(page, what, name)
        return self.annotator.render(page, what, name)

    def draw_packed_cell(self, page: Page | None, reading: Reading, name: str) -> bytes | None:
        """Draw the cell of a reading, packed to be kept for `write_cells`; None where it cannot be drawn."""
        cell = self._draw_cell(page, reading, name)
        return None if cell is None else pack(cell)

    def _draw_cell(self, page: Page | None, reading: Reading, name: str) -> Cell | None:
        try:
            return self.annotator.cell(page, reading, name)
        except Exception:
            logger.exception("a cell could not be drawn", extra={"fields": {"file": name, "page": reading.page}})
            return None

    def _write_sheets(self, sheets: Mapping[str, Mapping[int, Cell]]) -> None:
        for picture, cells in sheets.items():
            sheet = paste(self._sheet_so_far(self.outbox / picture), cells)
            write_picture(self.outbox, picture.removeprefix("annotated/"), sheet, for_review=False)

    def _sheet_so_far(self, path: Path) -> bytes | None:
        if not os.path.lexists(path):
            return None
        try:
            return read_bytes(path, _SHEET_BYTES)
        except Rejection as rejection:
            raise OutputError(f"cannot read the contact sheet {path}: {rejection}", hint="move it away") from rejection

    def _with_pages(self, commission: Commission) -> Iterator[tuple[Page | None, Owed]]:
        """Yield what is owed with its page, as far as that still can be had."""
        of_pages = [(number, list(owed)) for number, owed in groupby(commission.owed, key=lambda owed: owed.page)]
        pages = self._pages(commission.source, [number for number, _ in of_pages])
        for _, of_page in of_pages:
            page = next(pages, None)
            for owed in of_page:
                yield page, owed

    def _pages(self, source: Path | None, numbers: Sequence[int]) -> Iterator[Page | None]:
        """Yield pages of a file that was read before by their numbers, as far as there still are any."""
        if source is None or not numbers:
            return
        try:
            data = read_bytes(source, self.limits.max_bytes)
            pages: Iterator[Page | Rejection] = iter(())
            for number, before in zip(numbers, (None, *numbers), strict=False):
                if before is None or number != before + 1:  # those between are not decoded
                    pages = decode_pages(data, self.limits, first=number)
                page = next(pages, None)
                yield None if isinstance(page, Rejection) else page
        except Rejection:
            return
        except Exception:  # its row is there; the pictures show no page
            logger.exception("a page could not be decoded again", extra={"fields": {"file": source.name}})
