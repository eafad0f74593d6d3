"""Files that scanners and people should not send, but do, and what must become of each of their pages."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.drawn import as_png
from benchmarks.fault_pdfs import PdfPage, pdf
from benchmarks.fault_stock import (
    Stock,
    between,
    damaged_tiff,
    papers,
    picture,
    sizeless,
    spoilt,
    tiff,
    untabled,
    write_huge,
)
from digitd.errors import ExitCode
from tests.forms.simulation.press import turned

_MANY, _TOO_MANY = 500, 503
"""Pages: as many as are read by default, and some more."""
_POINTS_5_M = 5000 / 25.4 * 72
READ = ""
"""In place of a reason: values were read on the page, accepted or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A file.

    Attributes
    ----------
    name : str
    ending : str
        Of the file.
    write : callable
        Writes it to a path.
    reasons : tuple of str
        Of the rows of each page, or of the one row of a file that cannot be opened; `READ` where there are values.
    is_slow : bool
    """

    name: str
    ending: str
    write: Callable[[Stock, Path], None]
    reasons: tuple[str, ...]
    is_slow: bool = False

    @property
    def exit_code(self) -> int:
        """Of a command that reads it: a page that is blank is no failure."""
        return ExitCode.OK if set(self.reasons) <= {READ, "blank_page"} else ExitCode.SOME_FAILED


def faults() -> tuple[Fault, ...]:
    """Return all of them, the quick ones first."""
    read, middle = (READ,), (READ, READ, "unreadable", READ, READ)
    unregistered = (READ, READ, "unregistered", READ, READ)
    return (
        _image("blank page", lambda stock: np.full_like(stock.fine, 255), "blank_page"),
        _image("another form", lambda stock: stock.other, "unregistered"),
        _image("upper half of a page", lambda stock: stock.scans[0][: len(stock.scans[0]) // 2], "unregistered"),
        _image("lower half of a page", lambda stock: stock.scans[0][len(stock.scans[0]) // 2 :], "unregistered"),
        _image("page upside down", lambda stock: turned(stock.scans[0], 2), READ),
        _image("90 dpi", lambda stock: stock.at(90), READ),
        _image("1200 dpi, A4", lambda stock: stock.at(1200), "too_large"),
        _made("PDF, 1200 dpi", "pdf", lambda stock: pdf([picture(stock.at(1200))]), read),
        _made("PDF, a page of 0 x 0", "pdf", lambda stock: pdf(between(stock, sizeless(stock.fine))), read * 3),
        _made(
            "PDF, a page of 5 m",
            "pdf",
            lambda stock: pdf(between(stock, replace(picture(stock.fine), size=(_POINTS_5_M, _POINTS_5_M)))),
            read * 3,
        ),
        _made(
            "PDF of words only", "pdf", lambda _: pdf([PdfPage(words="Dear Sir or Madam")] * 2), ("unregistered",) * 2
        ),
        _made(
            "PDF, a page that only has a file attached",
            "pdf",
            lambda stock: pdf(between(stock, PdfPage(attached=b"PK" * 99))),
            (READ, "blank_page", READ),
        ),
        _made("PDF of no pages", "pdf", lambda _: pdf([]), ("not_an_image",)),
        _made("PDF that asks for a password", "pdf", lambda stock: pdf(papers(stock, 2), user="u"), ("encrypted",)),
        _made("PDF locked against changes", "pdf", lambda stock: pdf(papers(stock, 2), user="", owner="o"), read * 2),
        _made(
            "PDF, a damaged drawing",
            "pdf",
            lambda stock: pdf(spoilt(stock, drawing=b"q 595 0 0 842 0 0 c\x00\xff ((")),
            middle,
        ),
        _made("PDF, a damaged picture", "pdf", lambda stock: pdf(spoilt(stock, harm=slice(20, None))), middle),
        _made(
            "PDF, a picture cut short",
            "pdf",
            lambda stock: pdf(spoilt(stock, harm=slice(-200_000, None))),
            unregistered,
        ),
        _made("PDF without its table", "pdf", untabled, read * 3),
        _made("PDF cut short", "pdf", lambda stock: pdf(papers(stock, 3))[:-40_000], ("truncated",)),
        _made("TIFF, a damaged page", "tif", damaged_tiff, middle),
        _made("TIFF cut short", "tif", lambda stock: tiff(stock.pages(3))[:-40_000], (READ, READ, "truncated")),
        Fault(name="TIFF of 600 MB, one page", ending="tif", write=write_huge, reasons=("too_large",)),
        _made("TIFF of 600 MB, 70 pages", "tif", lambda stock: tiff([stock.fine] * 70), ("too_large",), is_slow=True),
        _made("TIFF of 60 pages", "tif", lambda stock: tiff(stock.pages(60)), read * 60, is_slow=True),
        _made("PDF of 500 pages", "pdf", lambda stock: pdf(papers(stock, _MANY)), read * _MANY, is_slow=True),
        _made(
            "PDF of 503 pages",
            "pdf",
            lambda stock: pdf(papers(stock, _TOO_MANY)),
            (*read * _MANY, "too_many_pages"),
            is_slow=True,
        ),
    )


def _image(name: str, page: Callable[[Stock], NDArray[np.uint8]], reason: str) -> Fault:
    return _made(name, "png", lambda stock: as_png(page(stock)), (reason,))


def _made(
    name: str, ending: str, content: Callable[[Stock], bytes], reasons: tuple[str, ...], *, is_slow: bool = False
) -> Fault:
    def write(stock: Stock, path: Path) -> None:
        path.write_bytes(content(stock))

    return Fault(name=name, ending=ending, write=write, reasons=reasons, is_slow=is_slow)
