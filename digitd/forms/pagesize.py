"""Judge how large a page of a form is on paper: by what its file says where that is likely, else by its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digitd.forms.paper import SAME_MM, SIZES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MM_PER_INCH = 25.4
_USUAL = ("A4", "Letter", "Legal")
"""Paper that pictures of its shape are held for: A3 and A5 have the shape of A4."""
_USUAL_DPI = 300
_SAME_SHAPE = 0.012
"""Of the ratio of the sides: paper of which a picture differs by less is what it shows."""
_CROPPED = 0.03
"""The same where somebody says what paper it is."""
_SAME_SIZE = 0.03
"""Of a side: scans are cut some mm off, and dpi are rounded."""
_SMALLEST_MM, _LARGEST_MM = 60.0, 450.0
"""Of the longer side of a form that people fill in with a pen, up to A3. Files of cameras, and PDFs that were made of
pictures of no known resolution, state 72 dpi, and so a page of over a metre."""

Size = tuple[float, float]
"""Width and height in mm."""


class PageSize(NamedTuple):
    """A size, in words what it was told from, and whether that is certain."""

    size: Size
    source: str
    is_certain: bool


def judged_size(pixels: tuple[int, int], stated: Size | None, *, is_exact: bool) -> PageSize:
    """Judge the size of a page.

    Parameters
    ----------
    pixels : tuple of int
        Width and height of its picture.
    stated : tuple of float or None
        What the file says, see `digitd.imaging.decode.stated_sizes`.
    is_exact : bool
        It is a PDF, which says so in points, and not by dpi that may be anything.
    """
    if stated is not None and not _SMALLEST_MM <= max(stated) <= _LARGEST_MM:
        stated = None
    if stated is not None and is_exact:
        return PageSize(_paper(lambda size: _is_same(stated, size)) or _rounded(stated), "as the PDF says", True)
    dpi = round(pixels[0] / stated[0] * _MM_PER_INCH) if stated is not None else _USUAL_DPI
    if stated is not None and (near := _paper(lambda size: _is_near(stated, size))):
        return PageSize(near, f"by the {dpi} dpi that the picture states", False)
    if alike := _paper(lambda size: has_shape(pixels, size), _USUAL):
        return PageSize(alike, "assumed from its shape", False)
    scanned = (pixels[0] / dpi * _MM_PER_INCH, pixels[1] / dpi * _MM_PER_INCH)
    return PageSize(_rounded(scanned), f"assuming that it was scanned at {dpi} dpi", False)


def turned_like(size: Size, pixels: tuple[int, int]) -> Size | None:
    """Return a size upright or on its side, as the picture of the page is; None where that shows no such page."""
    return next((turned for turned in (size, size[::-1]) if has_shape(pixels, turned, _CROPPED)), None)


def has_shape(pixels: tuple[int, int], size: Size, tolerance: float = _SAME_SHAPE) -> bool:
    """Return whether the sides of a picture have the ratio of those of a page."""
    return abs(pixels[0] / pixels[1] / (size[0] / size[1]) - 1) <= tolerance


def _paper(is_it: Callable[[Size], bool], names: Iterable[str] = SIZES) -> Size | None:
    """Return the first paper, upright or on its side, of which something holds."""
    sizes = [SIZES[name] for name in names]
    return next((size for size in (*sizes, *(size[::-1] for size in sizes)) if is_it(size)), None)


def _is_same(stated: Size, size: Size) -> bool:
    return all(abs(side - other) <= SAME_MM for side, other in zip(stated, size, strict=True))


def _is_near(stated: Size, size: Size) -> bool:
    is_as_large = all(abs(side / other - 1) <= _SAME_SIZE for side, other in zip(stated, size, strict=True))
    return is_as_large and abs(stated[0] / stated[1] / (size[0] / size[1]) - 1) <= _SAME_SHAPE


def _rounded(size: Size) -> Size:
    return round(size[0], 1), round(size[1], 1)
