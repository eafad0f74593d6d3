"""Tell a stroke from the edge of a shadow: a stroke has paper on both sides.

Residual risk: a shadow as narrow as a stroke is one to these measures.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

_WIDER = 1.5
"""Times the width of the mark, to either side: so far away is paper, and seldom another stroke."""
_LEAST = 0.2
"""Of the light missing in a mark, how much must be missing in comparison with both of its sides. Digits on lit pages
have 0.23 to 0.9, 99 in 100 edges of shadows under 0.01."""
_WAYS = ((0, 1), (1, 0), (1, 1), (1, -1))
"""Steps to one side, (down, right); one of them leads across a stroke, however it runs."""


def has_paper_on_both_sides(grey: NDArray[np.uint8], mark: NDArray[np.uint8], ink: NDArray[np.uint8]) -> bool:
    """Return whether a mark is a ridge or a valley of the page, and not a slope of its light.

    Each pixel of a stroke differs, in some direction, from what lies opposite on both sides of it. One on a slope of
    light is between the two. Beyond the edge of the page nothing is known, so a mark there has no paper on that side.

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
    away = round(_WIDER * width + 2)
    calm = np.asarray(cv2.blur(grey, (3, 3)), np.uint8)
    least = _LEAST * cv2.mean(ink, mark)[0]
    return any(_missing(page, mark, away) >= least for page in (calm, ~calm))


def _missing(grey: NDArray[np.uint8], mark: NDArray[np.uint8], away: int) -> float:
    """Average the light, of 255, by which a mark falls short of the darker of its sides, in the best way each pixel."""
    height, width = grey.shape
    wide = cv2.copyMakeBorder(grey, away, away, away, away, cv2.BORDER_CONSTANT, value=0)
    darker = np.zeros_like(grey)
    for down, right in _WAYS:
        sides = [
            wide[away + way * down : away + way * down + height, away + way * right : away + way * right + width]
            for way in (away, -away)
        ]
        cv2.max(darker, cv2.min(*sides), dst=darker)
    return cv2.mean(cv2.divide(cv2.subtract(darker, grey), np.maximum(darker, 1), scale=255), mark)[0]
