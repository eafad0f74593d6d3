"""Make files with faults of scanned pages: damaged, cut short, of odd sizes."""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.fault_pdfs import PdfPage, pdf
from tests.forms.simulation.layout import Layout, references
from tests.forms.simulation.layouts import layouts
from tests.forms.simulation.scanner import scan
from tests.forms.simulation.values import DPI
from tests.forms.simulation.writing import Digits, fill

_SEED = 20_711
_LAYOUT = 1
"""The meter card: no markers, so that pages that are none of it are searched the whole way."""
_SCANS, _SCANNED_DPI = 6, 200
_STRIP_OFFSETS = 273
"""Tag of a TIFF."""
_HARM_BYTES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What faults are made from.

    Attributes
    ----------
    form : Layout
    scans : sequence of (H, W) uint8
        Pages of it, 200 dpi.
    fine : (H, W) uint8
        A page of it as it was printed, 300 dpi.
    other : (H, W) uint8
        A page of another form, 200 dpi.
    """

    form: Layout
    scans: Sequence[NDArray[np.uint8]]
    fine: NDArray[np.uint8]
    other: NDArray[np.uint8]

    @classmethod
    def of(cls, digits: Digits) -> "Stock":
        """Fill in and scan some pages."""
        rng = np.random.default_rng(_SEED)
        form, other = layouts()[_LAYOUT], layouts()[0]
        filled = [fill(form, 1, digits, rng) for _ in range(_SCANS)]
        return cls(
            form=form,
            scans=[scan(page, rng, dpi=_SCANNED_DPI, quarters=0).picture for page in filled],
            fine=filled[0].picture,
            other=scan(fill(other, 1, digits, rng), rng, dpi=_SCANNED_DPI, quarters=0).picture,
        )

    @property
    def blank(self) -> NDArray[np.uint8]:
        """The page as it was printed, with nothing written on it."""
        return references(self.form)[1]

    def at(self, dpi: int) -> NDArray[np.uint8]:
        """Return the printed page with so many pixels an inch."""
        way = cv2.INTER_AREA if dpi < DPI else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(self.fine, None, fx=dpi / DPI, fy=dpi / DPI, interpolation=way), np.uint8)

    def pages(self, count: int) -> list[NDArray[np.uint8]]:
        """Return so many scans, the same again and again."""
        return [self.scans[number % len(self.scans)] for number in range(count)]


def tiff(pages: Sequence[NDArray[np.uint8]]) -> bytes:
    """Write a TIFF as it is, uncompressed."""
    content = BytesIO()
    first, *others = map(Image.fromarray, pages)
    first.save(content, "TIFF", save_all=True, append_images=others)
    return content.getvalue()


def picture(page: NDArray[np.uint8]) -> PdfPage:
    """Make a page of a PDF of a scan."""
    height, width = page.shape
    jpeg = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
    return PdfPage(jpeg=jpeg, pixels=(width, height))


def sizeless(page: NDArray[np.uint8]) -> PdfPage:
    """Make a page of 0 x 0, on which a scan is shown in the size of a Letter."""
    return replace(picture(page), size=(0, 0), drawing=b"q 612 0 0 792 0 0 cm /I Do Q")


def papers(stock: Stock, count: int) -> list[PdfPage]:
    """Return so many pages of a PDF, the same again and again."""
    scans = [picture(page) for page in stock.scans]
    return [scans[number % len(scans)] for number in range(count)]


def between(stock: Stock, odd: PdfPage) -> list[PdfPage]:
    """Return pages with an odd one between them."""
    first, last = papers(stock, 2)
    return [first, odd, last]


def spoilt(stock: Stock, *, drawing: bytes = b"", harm: slice = slice(0)) -> list[PdfPage]:
    """Return five pages, of which the one in the middle has another drawing, or a picture with zeros in it."""
    pages = papers(stock, 5)
    jpeg = bytearray(pages[2].jpeg)
    jpeg[harm] = bytes(len(jpeg[harm]))
    pages[2] = replace(pages[2], drawing=drawing, jpeg=bytes(jpeg))
    return pages


def untabled(stock: Stock) -> bytes:
    """Return a PDF whose table of where its objects are says nothing."""
    content = pdf(papers(stock, 3))
    at = content.rindex(b"xref\n0 ")
    return content[:at] + re.sub(rb"\d{10} \d{5} n", b"0000000000 00000 n", content[at:])


def damaged_tiff(stock: Stock) -> bytes:
    """Return a packed TIFF of five pages in which the one in the middle is overwritten."""
    content = BytesIO()
    first, *others = map(Image.fromarray, stock.pages(5))
    first.save(content, "TIFF", save_all=True, append_images=others, compression="tiff_adobe_deflate")
    packed = bytearray(content.getvalue())
    with Image.open(content) as image:
        image.seek(2)
        begin = image.tag_v2[_STRIP_OFFSETS][0]
    packed[begin : begin + _HARM_BYTES] = bytes(_HARM_BYTES)
    return bytes(packed)


def write_huge(_: Stock, path: Path) -> None:
    """Write the header of a page of 25,000 x 25,000 pixels, and a hole where they are."""
    side, size_bytes = 25_000, 25_000**2
    # width, height, bits, not packed, 0 is black, where its one strip is, rows of it, its bytes: TIFF 6.0, page 117
    values = {256: side, 257: side, 258: 8, 259: 1, 262: 1, 273: 4096, 278: side, 279: size_bytes}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in values.items())
    with path.open("wb") as file:
        file.write(b"II*\0" + struct.pack("<IH", 8, len(values)) + entries + bytes(4))
        file.truncate(4096 + size_bytes)
