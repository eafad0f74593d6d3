"""Find room for labels on a page: not on boxes, not on each other, and where little is printed."""

from collections.abc import Iterable
from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import NDArray

from digitd.annotate.canvas import Area

_PAPER = 12.0  # standard deviation of grey levels: paper and scanner noise stay below, a printed word is above


class Room:
    """What is taken on one page.

    Parameters
    ----------
    shown : ndarray
        (h, w, 3) uint8 RGB: the page as it is shown, without anything drawn on it. It is not kept.
    """

    def __init__(self, shown: NDArray[np.uint8]) -> None:
        self._grey = np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY), np.uint8)
        self._taken = np.zeros(self._grey.shape, np.bool_)

    def take(self, area: Area) -> None:
        """Let nobody else have an area; what is off the page does not count."""
        self._taken[self._part(area)] = True

    def is_taken(self, area: Area) -> bool:
        """Return whether any of an area is somebody's."""
        return bool(self._taken[self._part(area)].any())

    def is_free(self, area: Area) -> bool:
        """Return whether all of an area is on the page and nobody's."""
        return self._is_on_page(area) and not self.is_taken(area)

    def is_bare(self, area: Area) -> bool:
        """Return whether all of an area is on the page, and nothing is printed or written there.

        It is looked at in squares: in one of them a single letter at its edge is a lot.
        """
        if not self._is_on_page(area):
            return False
        part = self._grey[self._part(area)]
        squares = np.array_split(part, max(1, round(area.width / area.height)), axis=1)
        return all(float(cv2.meanStdDev(square)[1][0, 0]) < _PAPER for square in squares)

    def find(self, areas: Iterable[Area]) -> Area | None:
        """Take the first area that is free and bare; None where there is none."""
        found = next((area for area in areas if self.is_free(area) and self.is_bare(area)), None)
        if found is not None:
            self.take(found)
        return found

    def _is_on_page(self, area: Area) -> bool:
        height, width = self._grey.shape[:2]
        is_within = 0 <= area.left <= width - area.width and 0 <= area.top <= height - area.height
        return is_within and area.width > 0 and area.height > 0

    def _part(self, area: Area) -> tuple[slice, slice]:
        left, top = max(0, floor(area.left)), max(0, floor(area.top))
        return (
            slice(top, max(top, ceil(area.top + area.height))),
            slice(left, max(left, ceil(area.left + area.width))),
        )
