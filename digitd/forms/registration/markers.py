"""Find the printed ArUco markers of a form (Garrido-Jurado et al. 2014, doi:10.1016/j.patcog.2014.01.005).

They say which page it is, which way up, and where. Two are enough, from there on more make it more exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.registration.candidates import Candidate
from digitd.forms.registration.flat import reduced
from digitd.forms.registration.geometry import mapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from digitd.forms.placed import Homography
    from digitd.forms.template import FormPage, Marker

    Page = NDArray[np.uint8]
    Points = NDArray[np.float64]

_FIRST_PX, _LAST_PX = 1_000_000, 9_000_000
"""Of the picture in which markers are looked for, at first and where too few were found: A4 at 90 and at 270 dpi."""
_LEAST = 2
"""Markers: one alone says too little of where the other end of the page is."""
_BESIDE = 0.5
"""Of a marker's diagonal: how far from where a page should have it it may be."""
_OFF_MM = 1.5
"""How far a corner of a marker may be from where the others say it is; paper curls."""


def markers_on(grey: Page, pages: Sequence[FormPage]) -> Mapping[int, Points]:
    """Look on (H, W) uint8 for the markers of pages.

    Returns
    -------
    mapping of int to (4, 2) float64
        By their ids the corners of those that were found, clockwise from what is printed as the top left.
    """
    wanted = {marker.id for page in pages for marker in page.markers}
    found: dict[int, Points] = {}
    for pixels in (_FIRST_PX, _LAST_PX) if wanted else ():
        found = _detected(grey, pixels, wanted)
        if any(_of_page(page, found) for page in pages) or grey.size <= pixels:
            break
    return found


def from_markers(found: Mapping[int, Points], pages: Sequence[FormPage]) -> tuple[list[Candidate], str]:
    """Propose where pages lie, by markers that were found.

    Returns
    -------
    list of Candidate, str
        And what was looked for and found.
    """
    wanted = sum(len(page.markers) for page in pages)
    if not wanted:
        return [], "markers: the form has none"
    proposed = [candidate for page in pages for candidate in _candidates(page, found)]
    names = ", ".join(str(number) for number in sorted(found)) or "none"
    return proposed, f"markers: of {wanted} of the form, found: {names}; {_LEAST} of a page are needed"


def contradicted(candidate: Candidate, found: Mapping[int, Points], pages: Sequence[FormPage]) -> bool:
    """Return whether more of the markers that were found speak against a proposal than for it."""
    page = next(page for page in pages if page.number == candidate.page)
    agree = 0
    for marker in page.markers:
        if marker.id in found:
            there = mapped(candidate.transform, np.array(marker.square.corners))
            off = np.abs(there - found[marker.id]).max()
            agree += int(off <= _BESIDE * np.linalg.norm(there[0] - there[2]))
    return len(found) - agree > agree


def _detected(grey: Page, pixels: int, wanted: set[int]) -> dict[int, Points]:
    """Find markers on a picture reduced to about so many pixels: their corners clockwise from the top left, by id.

    One that is seen twice is left out: it does not say where the page is.
    """
    times = max(1, round((grey.size / pixels) ** 0.5))
    small = reduced(grey, times) if 1 < times <= min(grey.shape) else cv2.blur(grey, (3, 3))  # noise frays the squares
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.minMarkerPerimeterRate = 0.02
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), parameters)
    corners, ids, _ = detector.detectMarkers(small)
    numbers: list[int] = [] if ids is None else ids.ravel().astype(int).tolist()
    return {
        number: (square.reshape(4, 2).astype(float) + 0.5) * times
        for number, square in zip(numbers, corners, strict=True)
        if number in wanted and numbers.count(number) == 1
    }


def _candidates(page: FormPage, found: Mapping[int, Points]) -> list[Candidate]:
    """Propose where one page lies, the likeliest first."""
    markers = _of_page(page, found)
    if not markers:
        return []
    there = np.concatenate([found[marker.id] for marker in markers])
    here = np.concatenate([np.array(marker.square.corners) for marker in markers])
    fits = (_projective,) if len(markers) > _LEAST else (_affine, _projective)
    transforms = [transform for fit in fits if (transform := fit(here, there)) is not None]
    return [Candidate(page=page.number, transform=transform, method="markers") for transform in transforms]


def _of_page(page: FormPage, found: Mapping[int, Points]) -> list[Marker]:
    """Return the markers of a page that were found, if they are enough."""
    markers = [marker for marker in page.markers if marker.id in found]
    return markers if len(markers) >= _LEAST else []


def _affine(here: Points, there: Points) -> Homography | None:
    transform, _ = cv2.estimateAffine2D(here, there, method=cv2.LMEDS)
    return None if transform is None else np.vstack([transform, [0, 0, 1]])


def _projective(here: Points, there: Points) -> Homography | None:
    """Fit to most corners: a marker that lies elsewhere, as on a page that lies on top, is left out."""
    per_mm = float(np.linalg.norm(there[0] - there[1]) / np.linalg.norm(here[0] - here[1]))
    transform, _ = cv2.findHomography(here, there, cv2.RANSAC, _OFF_MM * per_mm)
    return None if transform is None else np.asarray(transform, np.float64)
