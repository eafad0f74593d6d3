"""Make the annotated picture of a reading, which shows a person what was read and how sure that is.

Residual risks: a name in a script that the bundled font lacks shows as squares; a page is shown as it was decoded,
so a picture of a huge page costs the reduction of that page.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import cv2

from digitd.annotate.view import fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from digitd.annotate.card import Card
    from digitd.values import Reading

__all__ = ["Annotator"]

# 4 ms a picture; trying all filters on each row takes 12 ms and saves a tenth of the bytes, level 6 15 ms and a fifth
_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE)


class Annotator:
    """Renders pictures; Matplotlib and its figure come with the first one.

    One thread at a time. Pickling leaves the figure behind, so that a worker process makes its own.
    """

    def __init__(self) -> None:
        self._card: Card | None = None

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

        has_pixels = page is not None and page.size > 0
        view = fit(page, reading.box, width=VIEW_WIDTH, height=VIEW_HEIGHT) if page is not None and has_pixels else None
        picture = cv2.cvtColor(self._card.draw(view, reading, name), cv2.COLOR_RGBA2BGR)
        _, encoded = cv2.imencode(".png", picture, _PNG)
        return encoded.tobytes()

    def __getstate__(self) -> dict[str, None]:
        """Leave the figure behind."""
        return {"_card": None}


def _new_card() -> Card:
    with _quiet_matplotlib():
        from digitd.annotate.card import Card

        return Card()


@contextmanager
def _quiet_matplotlib() -> Iterator[None]:
    """Keep Matplotlib from logging that it found no writable configuration folder and uses a temporary one."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
