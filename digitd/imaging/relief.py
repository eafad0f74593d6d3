"""Tell a stroke from the edge of a shadow: a stroke has paper on both sides.

Residual risk: one page in twelve that shows nothing but the edge of a shadow still gives a mark, which looks like a 1.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

_WIDER = 1.5
"""Times the width of the mark: wide enough to fill a stroke, and too narrow for the shadow in a corner of the page."""
_LEAST = 0.35
"""Of the light missing in a mark, how much must be missing in comparison with both of its sides."""


def has_paper_on_both_sides(grey: NDArray[np.uint8], mark: NDArray[np.uint8], ink: NDArray[np.uint8]) -> bool:
    """Return whether a mark is a ridge or a valley of the page, and not a slope of its light.

    Closing, and opening, fill what is narrower than their window and leave the edges of larger things where they are.

    Parameters
    ----------
    grey : (H, W) uint8
        Of either polarity.
    mark : (H, W) uint8
        Not 0 in the mark.
    ink : (H, W) uint8
        Of 255, the light that was found missing in comparison with the estimated paper.
    """
    width = 2 * float(cv2.distanceTransform(mark, cv2.DIST_C, 3).max())
    side = round(_WIDER * width + 2) | 1
    window = np.ones((side, side), np.uint8)
    calm = cv2.blur(grey, (3, 3))  # closing follows the brightest of the noise
    around = (
        (calm, cv2.morphologyEx(calm, cv2.MORPH_CLOSE, window)),
        (cv2.bitwise_not(calm), cv2.bitwise_not(cv2.morphologyEx(calm, cv2.MORPH_OPEN, window))),
    )
    missing = max(_missing(inner, outer, mark) for inner, outer in around)
    return missing >= _LEAST * cv2.mean(ink, mark)[0]


def _missing(inner: cv2.typing.MatLike, outer: cv2.typing.MatLike, mark: NDArray[np.uint8]) -> float:
    """Average the light, of 255, by which the inside of a mark falls short of what is around it."""
    return 255 - cv2.mean(cv2.divide(inner, np.maximum(outer, 1), scale=255), mark)[0]
