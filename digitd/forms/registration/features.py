"""Find a page by what is printed on it: SIFT features of its blank page, found again on the picture.

Lowe 2004 (doi:10.1023/B:VISI.0000029664.99615.94) for features and the ratio test, Barath et al. 2019 (MAGSAC,
doi:10.1109/CVPR.2019.01044) for the homography that most of them agree on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.registration.candidates import Candidate
from digitd.forms.registration.flat import reduced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digitd.forms.template import Field, FormPage

    Page = NDArray[np.uint8]

_PIXELS = 500_000, 1_500_000
"""Of the picture in which features are looked for, about: A4 at 70 dpi; where little is printed on a page, at 125."""
_LITTLE = 200
"""Features: so few of a page are looked for more closely, which takes three times as long."""
_MOST = 1000
"""Features of a page."""
_RATIO = 0.8
"""Of the distance to the second nearest feature: Lowe 2004, section 7.1."""
_OFF_PX = 3.0
"""How far a feature may be from where the homography puts it; paper curls."""
_LEAST = 12
"""Features that agree: fewer do so by chance."""
_IN_ONE_PLACE = 0.03
"""Of the area of a page: features that span less, those of a heading, say little of the rest of it."""
_BEST_PAGES = 2
"""Of a form: so many of those that share most features with the picture are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Where the features of a page are in mm, (N, 2) float64, and what they look like, (N, 128) uint8.

    And its area in square mm, and how many pixels of it about were looked at.
    """

    points: NDArray[np.float64]
    looks: NDArray[np.uint8]
    area: float
    pixels: int


def features_of(reference: Page, page: FormPage, fields: Sequence[Field]) -> Features:
    """Find the features of a blank page, (H, W) uint8, but for those within its boxes, where people write."""
    coarse, fine = _PIXELS
    found = _printed(reference, page, fields, coarse)
    return found if len(found.points) > _LITTLE else _printed(reference, page, fields, fine)


def _printed(reference: Page, page: FormPage, fields: Sequence[Field], pixels: int) -> Features:
    height, width = reference.shape
    points, looks = _detected(reference, pixels)
    points = points * (page.width / width, page.height / height)
    is_kept = np.ones(len(points), bool)
    for box in (box for field in fields for box in field.boxes):
        is_kept &= ~((points > (box.x, box.y)).all(axis=1) & (points < (box.right, box.bottom)).all(axis=1))
    return Features(points=points[is_kept], looks=looks[is_kept], area=page.width * page.height, pixels=pixels)


def from_features(grey: Page, pages: Sequence[tuple[int, Features]]) -> tuple[list[Candidate], str]:
    """Propose where pages lie, by the features of their blank pages, the likeliest first.

    Parameters
    ----------
    grey : (H, W) uint8
    pages : sequence of (int, Features)
        By their numbers.

    Returns
    -------
    list of Candidate, str
        And what was looked for and found.
    """
    if not pages:
        return [], "features: the form has no blank page to compare with"
    pixels = max(known.pixels for _, known in pages)
    points, looks = _detected(grey, pixels)
    matches = [(_matches(known, points, looks), number) for number, known in pages]
    matched = sorted(matches, key=lambda pair: -len(pair[0][0]))
    proposed = []
    best = 0
    for (here, there), number in matched[:_BEST_PAGES]:
        if len(here) < _LEAST:
            continue
        near = _OFF_PX * _times(grey, pixels)
        transform, inliers = cv2.findHomography(here, there, cv2.USAC_MAGSAC, near, maxIters=5000, confidence=0.999)
        agree = 0 if transform is None else int(inliers.sum())
        best = max(best, agree)
        if agree >= _LEAST:
            kept = inliers.ravel().astype(bool)
            known = next(features for page, features in pages if page == number)
            if _area(here[kept]) < _IN_ONE_PLACE * known.area:
                transform = _similarity(here[kept], there[kept])
            proposed.append((agree, Candidate(page=number, transform=np.asarray(transform, float), method="features")))
    proposed.sort(key=lambda pair: -pair[0])
    most = max(len(here) for (here, _), _ in matched)
    note = f"features: {len(points)} on the picture, {most} like those of a blank page; {best} agree"
    return [candidate for _, candidate in proposed], f"{note}, {_LEAST} are needed"


def _area(points: NDArray[np.float64]) -> float:
    """Return the area of a rectangle over which points are spread as (N, 2) points are; a few strays hardly count."""
    return 12 * math.sqrt(max(0.0, float(np.linalg.det(np.cov(points.T)))))


def _similarity(here: NDArray[np.float64], there: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit no more than scale, turn and shift: what a single word says of perspective is noise, large far away."""
    transform, _ = cv2.estimateAffinePartial2D(here, there, method=cv2.LMEDS)
    return np.vstack([transform, [0, 0, 1]])


def _times(grey: Page, pixels: int) -> int:
    """Return how many times smaller than the picture one of about so many pixels is."""
    times = max(1, round(math.sqrt(grey.size / pixels)))
    return min(times, int(min(grey.shape)))


def _detected(grey: Page, pixels: int) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Find the features of (H, W) uint8, reduced to about so many pixels: points in its own pixels, and looks."""
    times = _times(grey, pixels)
    small = reduced(grey, times) if times > 1 else grey
    keypoints, looks = cv2.SIFT.create(nfeatures=_MOST).detectAndCompute(small, None)
    if not keypoints:  # and no looks, whatever the stubs say
        return np.zeros((0, 2)), np.zeros((0, 128), np.uint8)
    return (np.array([keypoint.pt for keypoint in keypoints]) + 0.5) * times, np.rint(looks).astype(np.uint8)


def _matches(
    known: Features, points: NDArray[np.float64], looks: NDArray[np.uint8]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the features of a blank page that the picture clearly has, in mm and in pixels, (N, 2) both."""
    if min(len(known.points), len(points)) < _LEAST:
        return np.zeros((0, 2)), np.zeros((0, 2))
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(known.looks.astype(np.float32), looks.astype(np.float32), k=2)
    good = [first for first, second in pairs if first.distance < _RATIO * second.distance]
    here = known.points[[match.queryIdx for match in good]]
    return here, points[[match.trainIdx for match in good]]
