"""Map points by homographies, and judge whether one can come from a scanner or a camera.

All coordinates are those of areas: the first pixel covers 0 to 1. OpenCV's are those of centres of pixels, and differ
by a half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.placed import Homography

    Points = NDArray[np.float64]

_HALF_IN = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
_HALF_OUT = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])

_MOST_ASKEW = 2.0
"""Times: how much longer a millimetre may be one way than the other; a camera 60 degrees off the upright sees that."""
_MOST_UNEVEN = 4.0
"""Times: how much larger a square millimetre may be at one corner than at another."""


def mapped(transform: Homography, points: Points) -> Points:
    """Map (N, 2) points."""
    x, y = points[..., 0], points[..., 1]
    depth = transform[2, 0] * x + transform[2, 1] * y + transform[2, 2]
    return np.stack(
        [
            (transform[0, 0] * x + transform[0, 1] * y + transform[0, 2]) / depth,
            (transform[1, 0] * x + transform[1, 1] * y + transform[1, 2]) / depth,
        ],
        axis=-1,
    )


def between_centres(transform: Homography) -> Homography:
    """Return a homography between pixels as OpenCV counts them."""
    return np.asarray(_HALF_OUT @ transform @ _HALF_IN)


def scaled(x: float, y: float) -> Homography:
    """Return the homography that stretches."""
    return np.diag([x, y, 1.0])


def corners_of(width: float, height: float) -> Points:
    """Return the corners of a page, (4, 2), clockwise from the top left."""
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], float)


def stretch_at(transform: Homography, points: Points) -> NDArray[np.float64]:
    """Return the derivative of a homography at (N, 2) points, (N, 2, 2)."""
    depth = points @ transform[2, :2] + transform[2, 2]
    image = mapped(transform, points)
    return np.asarray(
        (transform[None, :2, :2] - image[:, :, None] * transform[None, None, 2, :2]) / depth[:, None, None]
    )


def implausible(transform: Homography, width: float, height: float) -> str:
    """Say why no scanner or camera sees a page of a size in mm so; empty where one may."""
    if not np.isfinite(transform).all():
        return "the transform is not finite"
    corners = np.vstack([corners_of(width, height), [[width / 2, height / 2]]])
    depth = corners @ transform[2, :2] + transform[2, 2]
    if (depth <= 0).any() and (depth >= 0).any():
        return "the page would reach beyond the horizon"
    local = stretch_at(transform, corners)
    areas = np.linalg.det(local)
    if (areas <= 0).any():
        return "the page would be seen from behind"
    sides = np.linalg.svd(local, compute_uv=False)
    if not np.isfinite(sides).all() or (sides[:, 0] > _MOST_ASKEW * sides[:, 1]).any():
        return f"the page would be stretched more than {_MOST_ASKEW:g} times one way"
    if areas.max() > _MOST_UNEVEN * areas.min():
        return f"one corner of the page would be more than {_MOST_UNEVEN:g} times as large as another"
    return ""


def per_mm(transform: Homography, width: float, height: float) -> float:
    """Return how many pixels a millimetre has in the middle of a page, the way it has fewest."""
    middle = np.array([[width / 2, height / 2]])
    return float(np.linalg.svd(stretch_at(transform, middle)[0], compute_uv=False)[1])
