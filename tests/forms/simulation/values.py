"""What is known of a simulated page: what was written where, and where it lies on the picture."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.forms.simulation.layout import Layout

DPI = 300
PER_MM = DPI / 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A page of a form with numbers written on it.

    Attributes
    ----------
    layout : Layout
    page : int
        Of the form.
    picture : ndarray
        (H, W) or (H, W, 3) uint8, `PER_MM` pixels for a mm; it spans exactly the page.
    figures : mapping of str to str
        Of each field a character for each box, a space for an empty one.
    """

    layout: Layout
    page: int
    picture: NDArray[np.uint8]
    figures: Mapping[str, str]

    @property
    def values(self):
        """The number in each field, empty for none."""
        return {name: figures.strip() for name, figures in self.figures.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A picture of a filled page.

    Attributes
    ----------
    kind : str
        ``scan`` or ``phone``.
    picture : ndarray
        (H, W) or (H, W, 3) uint8, grey or RGB.
    filled : Filled
    corners : ndarray or None
        (4, 2) float64: (x, y) of the corners of the page on the picture, clockwise from its top left, pixel (0, 0)
        covering x and y from 0 to 1; None where the sheet curls, so that they do not tell where its boxes are.
    centres : mapping of str to ndarray
        For each field (boxes, 2) float64, where the middles of its boxes are on the picture, curl included.
    per_mm : float
        Pixels of the picture for a mm of the page, on average.
    """

    kind: str
    picture: NDArray[np.uint8]
    filled: Filled
    corners: NDArray[np.float64] | None
    centres: Mapping[str, NDArray[np.float64]]
    per_mm: float


def capture(kind, picture, filled, to_picture, *, is_flat=True) -> Capture:
    """Put a capture together; `to_picture` maps (N, 2) mm of the page to pixels."""
    page = filled.layout.page(filled.page)
    corners = np.array([(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)], float)
    centres = {
        field.name: to_picture(np.array([(box.x + box.width / 2, box.y + box.height / 2) for box in field.boxes]))
        for field in filled.layout.template.fields_of(filled.page)
    }
    shown = to_picture(corners)
    per_mm = np.sqrt(cv2.contourArea(shown.astype(np.float32)) / (page.width * page.height))
    return Capture(
        kind=kind,
        picture=picture,
        filled=filled,
        corners=shown if is_flat else None,
        centres=centres,
        per_mm=float(per_mm),
    )


def mapped(homography, points):
    """Map (N, 2) points by a (3, 3) homography."""
    lifted = np.column_stack([points, np.ones(len(points))]) @ homography.T
    return lifted[:, :2] / lifted[:, 2:]
