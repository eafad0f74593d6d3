"""Fit a map from a page to the boxes seen on a picture, spreading from one box that is known to be there.

A page that is turned, or seen from aside, has its far boxes elsewhere than its near ones say; so the near ones come
first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.placed import Homography

    Points = NDArray[np.float64]

_NEAR = 0.3
"""Of a box: how far from where it should be a box of the page may be on the picture."""
_MANY = 16
"""Boxes: fewer say nothing of perspective."""


def spread(boxes: Points, middles: Points, start: Homography) -> tuple[Homography, float]:
    """Fit a map, given one that is right somewhere, from the box on that it puts nearest to one on the picture."""
    expected = cv2.perspectiveTransform(boxes[None, :, :2], start)[0]
    away = np.linalg.norm(expected[:, None, :] - middles[None, :, :], axis=2).min(axis=1)
    return fitted(boxes, middles, start, int(away.argmin()))


def fitted(boxes: Points, middles: Points, transform: Homography, first: int) -> tuple[Homography, float]:
    """Fit a map to the boxes that agree with it, from one box on, and return the share of boxes that do.

    Parameters
    ----------
    boxes : (N, 4) float64
        x and y of the middles of a page's boxes, width and height, in mm.
    middles : (M, 2) float64
        Of the boxes on the picture, in pixels.
    transform : Homography
        An affine map from mm to pixels by which box `first` is where one is on the picture, and those near it are.
    first : int
    """
    scale = float(np.sqrt(abs(np.linalg.det(transform[:2, :2]))))
    near = np.zeros(len(boxes), bool)
    away = np.linalg.norm(boxes[:, :2] - boxes[first, :2], axis=1)
    for share, fit in _FITS:
        is_near = away <= np.quantile(away, share)
        expected = cv2.perspectiveTransform(boxes[None, :, :2], transform)[0]
        closest, near = nearest(boxes, middles, expected, scale)
        near &= is_near
        better = fit(boxes[near, :2], middles[closest[near]])
        if better is not None:
            transform = better
    return transform, float(near.mean())


def nearest(
    boxes: Points, middles: Points, expected: Points, scale: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return for each box of the page the nearest on the picture, and whether it is near, both (boxes,)."""
    away = np.abs(expected[:, None, :] - middles[None, :, :]).max(axis=2)
    closest = away.argmin(axis=1)
    near = away[np.arange(len(boxes)), closest] <= _NEAR * scale * boxes[:, 2:].min(axis=1)
    return closest, near


def _affine(here: Points, there: Points) -> Homography | None:
    """Fit by least squares; stretching is all that boxes in one row can tell, and they tell it for both ways."""
    extent = np.ptp(here, axis=0) if len(here) else np.zeros(2)
    if len(here) < 2 or extent.max() == 0:
        return None
    if extent.min() < 0.1 * extent.max():
        fitted, _ = cv2.estimateAffinePartial2D(here, there, method=cv2.LMEDS)
    else:
        fitted, _ = cv2.estimateAffine2D(here, there, method=cv2.LMEDS)
    return None if fitted is None else np.vstack([fitted, [0, 0, 1]])


def _projective(here: Points, there: Points) -> Homography | None:
    """Fit by least squares where boxes are many and all over the place."""
    extent = np.ptp(here, axis=0) if len(here) else np.zeros(2)
    if len(here) < _MANY or extent.min() < 0.3 * extent.max():
        return None
    fitted, _ = cv2.findHomography(here, there, cv2.LMEDS)
    return None if fitted is None else np.asarray(fitted, np.float64)


_FITS = (
    (0.3, _affine),
    (0.5, _affine),
    (0.7, _affine),
    (1.0, _affine),
    (1.0, _affine),
    (1.0, _projective),
    (1.0, _projective),
)
"""The share of the boxes that are near enough to be fitted to, and how."""
