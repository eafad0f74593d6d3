"""Propose places from outlines: that of the picture, which scans fill, and those of the boxes on it.

It is what is left for forms without markers and without a blank page, and for pages on which those do not help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.registration.candidates import Candidate
from digitd.forms.registration.cells import cells_on
from digitd.forms.registration.geometry import corners_of, mapped
from digitd.forms.registration.pattern import places
from digitd.forms.registration.spread import spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digitd.forms.placed import Homography
    from digitd.forms.registration.cells import Cells
    from digitd.forms.template import Field, FormPage, Template

    Page = NDArray[np.uint8]

_LEAST = 0.6
"""Of a page's boxes: so many must be seen on the picture where a place puts them that was not right before."""
_UNLIKE = 0.06
"""How much the aspect of the picture may differ from that of the page."""


def from_outline(grey: Page, template: Template, near: Sequence[Candidate]) -> tuple[list[Candidate], str]:
    """Propose that pages fill the picture, (H, W) uint8, or that their boxes are those seen on it.

    Parameters
    ----------
    grey : (H, W) uint8
    template : Template
    near : sequence of Candidate
        Places that were not right, and may yet be so in part, as about a heading.

    Returns
    -------
    list of Candidate, str
        And what was looked for and found.
    """
    cells = cells_on(grey)
    proposed: list[Candidate] = []
    best = 0.0
    for page in template.pages:
        filling = _filling(page, grey.shape)
        fields = template.fields_of(page.number)
        of_boxes = [*places(fields, cells), *_spread(fields, cells, [one for one in near if one.page == page.number])]
        best = max([best, *(share for _, share in of_boxes)])
        transforms = (*filling, *(transform for transform, _ in of_boxes))
        proposed += [Candidate(page=page.number, transform=one, method="outline") for one in transforms]
    note = f"outline: {len(cells.middles)} boxes on the picture, in which {best:.0%} of those of a page can be seen"
    return proposed, note


def _spread(fields: Sequence[Field], cells: Cells, near: Sequence[Candidate]) -> list[tuple[Homography, float]]:
    """Fit places that may be right in part to the boxes on the picture."""
    boxes = np.array([(*b.middle, b.width, b.height) for f in fields for b in f.boxes])
    if not len(boxes) or not len(cells.middles):
        return []
    fits = [spread(boxes, cells.on_picture, one.transform) for one in near]
    return [(transform, share) for transform, share in fits if share >= _LEAST]


def misfit(shape: tuple[int, ...], page: FormPage, transform: Homography) -> float:
    """Return how far from filling a picture of a shape a page is: of its longer side, how far a corner is off."""
    there = mapped(transform, corners_of(page.width, page.height))
    corners = corners_of(shape[1], shape[0])
    return min(float(np.abs(there - np.roll(corners, -turn, axis=0)).max()) for turn in range(4)) / max(shape[:2])


def _filling(page: FormPage, shape: tuple[int, ...]) -> list[Homography]:
    """Return the homographies by which a page fills a picture of a shape, in each of the ways round that fit."""
    here = corners_of(page.width, page.height).astype(np.float32)
    corners = corners_of(shape[1], shape[0]).astype(np.float32)
    transforms = []
    for turn in range(4):
        wide, high = (shape[1], shape[0]) if turn % 2 == 0 else (shape[0], shape[1])
        if abs(np.log(wide / high * page.height / page.width)) <= _UNLIKE:
            transforms.append(cv2.getPerspectiveTransform(here, np.roll(corners, -turn, axis=0)))
    return [np.asarray(transform, np.float64) for transform in transforms]
