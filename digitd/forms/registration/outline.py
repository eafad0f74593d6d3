"""Take the picture for the page: scans mostly are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.registration.candidates import Candidate
from digitd.forms.registration.geometry import corners_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digitd.forms.template import FormPage

    Page = NDArray[np.uint8]

_UNLIKE = 0.06
"""How much the aspect of the picture may differ from that of the page."""


def from_outline(grey: Page, pages: Sequence[FormPage]) -> tuple[list[Candidate], str]:
    """Propose that pages fill the picture, (H, W) uint8, in each rotation that fits.

    Returns
    -------
    list of Candidate, str
        And what was looked for and found.
    """
    height, width = grey.shape
    corners = corners_of(width, height).astype(np.float32)
    proposed = []
    for page in pages:
        here = corners_of(page.width, page.height).astype(np.float32)
        for turn in range(4):
            wide, high = (width, height) if turn % 2 == 0 else (height, width)
            if abs(np.log(wide / high * page.height / page.width)) <= _UNLIKE:
                transform = cv2.getPerspectiveTransform(here, np.roll(corners, -turn, axis=0))
                proposed.append(Candidate(page=page.number, transform=np.asarray(transform, float), method="outline"))
    return proposed, f"outline: {len(proposed)} ways in which a page may fill the picture"
