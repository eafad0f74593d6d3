"""Read a page: find the digit, ask the model, say how sure it is. Pure composition; nothing is remembered.

Status `blank` means that there is nothing on the page, `review` that a person should look: the value is a guess, of a
confidence below the threshold or of what looks like no digit at all; it is empty where there was nothing to guess from.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digitd.imaging.calm import is_calm
from digitd.imaging.normalise import normalise
from digitd.model.classify import Classifier
from digitd.values import Reading, Sheet, Status


class PageReader(Protocol):
    """Reads pages: of one digit each (`Reader`), or of a form (`digitd.form_reader.FormReader`). It can be pickled."""

    def warm_up(self) -> None:
        """Load what is loaded on first use."""

    def read(self, page: NDArray[np.uint8], number: int) -> Reading | Sheet:
        """Read one page, (H, W) or (H, W, 3) uint8, the `number`-th of its document."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads one digit a page.

    Attributes
    ----------
    classifier : Classifier
    threshold : float
        Least confidence, 0-1, at which a value is accepted.
    """

    classifier: Classifier
    threshold: float

    def warm_up(self) -> None:
        """Read a page with a stroke on it, so that what is loaded on first use is loaded, and known to work."""
        page = np.full((28, 28), 255, np.uint8)
        page[6:22, 13:16] = 0
        self.read(page, 1)

    def read(self, page: NDArray[np.uint8], number: int) -> Reading:
        """Read one page.

        Parameters
        ----------
        page : (H, W) or (H, W, 3) uint8
            Grey or RGB, of either polarity.
        number : int
            The page's number in its document, from 1.
        """
        glyph = normalise(page)
        if glyph is None and is_calm(page):
            return Reading(page=number, value="", confidence=None, status=Status.BLANK, reason="blank")
        if glyph is None:
            return Reading(page=number, value="", confidence=None, status=Status.REVIEW, reason="not_a_digit")
        probabilities = self.classifier.probabilities(glyph.pixels[np.newaxis])[0]  # (10,)
        best = int(np.argmax(probabilities))
        confidence = float(probabilities[best])
        looks_like_none = 1 - float(probabilities.sum()) > confidence
        is_sure = confidence >= self.threshold and not looks_like_none
        return Reading(
            page=number,
            value=str(best),
            confidence=confidence,
            status=Status.ACCEPTED if is_sure else Status.REVIEW,
            reason="" if is_sure else "not_a_digit" if looks_like_none else "low_confidence",
            probabilities=tuple(float(p) for p in probabilities),
            box=glyph.box,
        )
