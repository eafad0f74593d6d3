"""Tell paper on which nothing is written from a page that is full of something which is no digit."""

import cv2
import numpy as np
from numpy.typing import NDArray

from digitd.imaging.light import reduced, to_grey

_OVERVIEW = 64
_CALM = 20.0
"""Grey levels: paper, texture and vignetting stay below 12 in what was drawn for the tests; noise at 28 px has 70."""

_GRAIN = 40.0
"""Grey levels between neighbours: 85 in pure noise, under 20 on the coarsest paper and in JPEG noise."""


def is_calm(page: NDArray[np.uint8]) -> bool:
    """Return whether a page without a digit is bare paper, light or dark, in whatever light.

    Seen from afar and without its slow changes of light, bare paper is even; from nearby, neighbours are alike.

    Parameters
    ----------
    page : ndarray
        (H, W) or (H, W, 3) uint8, of either polarity.
    """
    whole = to_grey(page)
    if whole.shape[1] > 1 and float(cv2.absdiff(whole[:, 1:], whole[:, :-1]).mean()) > _GRAIN:
        return False
    grey = reduced(whole, _OVERVIEW).astype(np.float32)
    height, width = grey.shape
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].reshape(2, -1)
    slow = np.stack([np.ones_like(rows), rows, columns, rows * columns, rows**2, columns**2], axis=1)  # (H W, 6)
    fitted, *_ = np.linalg.lstsq(slow, grey.ravel(), rcond=None)
    rest = grey.ravel() - slow @ fitted
    return float(rest.std()) < _CALM
