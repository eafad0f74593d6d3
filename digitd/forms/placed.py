"""Where a page of a form lies on a picture of it, or why that could not be told."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitd.values import Reading, Sheet, Status, unread

Homography = NDArray[np.float64]
"""(3, 3), from mm of the page to pixels of the picture; pixel (column 0, row 0) covers x and y from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A page that was found, and that the verifier is sure of.

    Attributes
    ----------
    page : int
        Of the form, from 1.
    transform : Homography
        Of the page as a whole.
    fields : mapping of str to Homography
        The same for each field of the page, after its own borders were found.
    method : str
        ``markers``, ``features`` or ``outline``.
    rms_mm : float
        Of the distances between where printed borders should be and where they were found.
    """

    page: int
    transform: Homography
    fields: Mapping[str, Homography]
    method: str
    rms_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregistered:
    """A page on which no page of the form was found.

    Attributes
    ----------
    reason : str
        ``unregistered``, or ``blank_page`` where nothing at all is printed or written on it.
    detail : str
        One or two sentences for people: what came nearest, and what to do.
    tried : tuple of str
        A line for each attempt: what was looked for, what was found, and why that was not enough.
    """

    reason: str
    detail: str
    tried: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all is on the page."""
        return self.reason == "blank_page"

    def sheet(self, form: str, number: int) -> Sheet:
        """Make the sheet of such a page of a document, from 1, looked at for a form."""
        reading = Reading(
            page=number,
            value="",
            confidence=None,
            status=Status.BLANK if self.is_blank else Status.FAILED,
            reason=self.reason,
            detail=self.detail,
        )
        return unread(form, reading, tried=self.tried)
