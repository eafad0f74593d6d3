"""Read the pages of a document together with how large they are on paper."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from digitd.errors import InputError, Rejection
from digitd.forms.pagesize import PageSize, judged_size, turned_like
from digitd.imaging.decode import decode_pages, is_pdf, stated_sizes
from digitd.imaging.light import to_grey
from digitd.intake import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from digitd.config import Limits
    from digitd.forms.pagesize import Size

    Grey = NDArray[np.uint8]


def sized_pages(document: Path, limits: Limits, paper: Size | None) -> Iterator[tuple[int, Grey, PageSize]]:
    """Yield the pages of a document, each with its number, from 1, and its size.

    Parameters
    ----------
    document : Path
        An image, a TIFF or a PDF.
    limits : Limits
    paper : tuple of float or None
        Width and height of the pages in mm, upright or not; None to judge by the document.

    Raises
    ------
    InputError
        When it cannot be read, or a page cannot be of that paper.
    """
    try:
        data = read_bytes(Path(os.path.realpath(document)), limits.max_bytes)
        stated = stated_sizes(data) if paper is None else []
        for number, page in enumerate(decode_pages(data, limits), start=1):
            if isinstance(page, Rejection):
                raise page
            grey = to_grey(page)
            pixels = grey.shape[1], grey.shape[0]
            says = stated[number - 1] if number <= len(stated) else None
            size = judged_size(pixels, says, is_exact=is_pdf(data)) if paper is None else _given(paper, pixels, number)
            yield number, grey, size
    except Rejection as rejection:
        raise InputError(f"{document}: {rejection}", hint=rejection.hint) from rejection


def _given(paper: Size, pixels: tuple[int, int], number: int) -> PageSize:
    size = turned_like(paper, pixels)
    if size is None:
        raise InputError(
            f"page {number} has {pixels[0]} x {pixels[1]} pixels, which cannot be a whole page of "
            f"{paper[0]:g} x {paper[1]:g} mm",
            hint="crop it to the page, or give --page the width and height of what it shows, e.g. 148x210",
        )
    return PageSize(size, "as --page says", True)
