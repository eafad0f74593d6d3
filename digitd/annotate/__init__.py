"""Make pictures of readings, which show a person what was read and how sure that is: cards, and cells of sheets.

Residual risks: a name in a script that the bundled font lacks shows as squares; a page is shown as it was decoded,
so a picture of a huge page costs the reduction of that page.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from digitd.annotate.png import PngEncoder
from digitd.annotate.view import View, fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from digitd.annotate.card import Card
    from digitd.annotate.cell import CellDrawer
    from digitd.annotate.formpage import FormPage
    from digitd.values import Reading, Sheet

__all__ = ["Annotator", "quiet_matplotlib"]


class Annotator:
    """Renders pictures; Matplotlib and its figures come with the first one.

    One thread at a time. Pickling leaves the figures behind, so that a worker process makes its own.
    """

    def __init__(self) -> None:
        self._card: Card | None = None
        self._cell: CellDrawer | None = None
        self._form_page: FormPage | None = None
        self._png = PngEncoder()

    def render(self, page: NDArray[np.uint8] | None, reading: Reading, name: str) -> bytes:
        """Draw the card of one reading; the same arguments give the same bytes.

        Parameters
        ----------
        page : ndarray or None
            (H, W) uint8 grey or (H, W, 3) uint8 RGB, of any size; None where there is no page to show.
        reading : Reading
        name : str
            The file as its user knows it; any string, undecodable bytes as surrogate escapes.

        Returns
        -------
        bytes
            A PNG of 1000x528 pixels.
        """
        if self._card is None:
            self._card = _new_card()
        from digitd.annotate.overlay import VIEW_HEIGHT, VIEW_WIDTH

        view = _view(page, reading, width=VIEW_WIDTH, height=VIEW_HEIGHT)
        return self._png.encode(self._card.draw(view, reading, name))

    def cell(self, page: NDArray[np.uint8] | None, reading: Reading, name: str) -> NDArray[np.uint8]:
        """Draw a cell of a contact sheet: (CELL_HEIGHT, CELL_WIDTH, 3) uint8 RGB; parameters as `render`."""
        if self._cell is None:
            self._cell = _new_cell()
        from digitd.annotate.cell import VIEW_HEIGHT, VIEW_WIDTH

        view = _view(page, reading, width=VIEW_WIDTH, height=VIEW_HEIGHT, closely=True)
        return self._cell.draw(view, reading, name)

    def render_sheet(self, page: NDArray[np.uint8] | None, sheet: Sheet, name: str) -> bytes:
        """Draw one page of a form with all that was read on it; the same arguments give the same bytes.

        Parameters
        ----------
        page, name
            As in `render`; `page` is the picture that ``sheet.transform`` leads to.
        sheet : Sheet

        Returns
        -------
        bytes
            A PNG: A4 is 1,500 pixels wide with what is to be checked, 1,040 without; as high as it needs to be.
        """
        if self._form_page is None:
            self._form_page = _new_form_page()
        return self._png.encode(self._form_page.draw(page, sheet, name))

    def __reduce__(self) -> tuple[type[Self], tuple[()]]:
        """Leave everything behind."""
        return type(self), ()


def _view(
    page: NDArray[np.uint8] | None, reading: Reading, *, width: int, height: int, closely: bool = False
) -> View | None:
    if page is None or not page.size:
        return None
    return fit(page, reading.box, width=width, height=height, closely=closely)


def _new_card() -> Card:
    with quiet_matplotlib():
        from digitd.annotate.card import Card

        return Card()


def _new_cell() -> CellDrawer:
    with quiet_matplotlib():
        from digitd.annotate.cell import CellDrawer

        return CellDrawer()


def _new_form_page() -> FormPage:
    with quiet_matplotlib():
        from digitd.annotate.formpage import FormPage

        return FormPage()


@contextmanager
def quiet_matplotlib() -> Iterator[None]:
    """Keep Matplotlib from logging that it found no writable configuration folder and uses a temporary one."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
