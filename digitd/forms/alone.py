"""Find the page of a form that a picture shows, and see that it is the only one.

Two pages that were laid on the glass together, the open sheets of a booklet, pictures that were glued into a long one:
if one of them were read, the other would be lost, and nobody would know. Residual risk: a second page on what is left
beside one that takes up more of the picture than `_LONE`, and one that is not to be recognised on that part, such as
among several others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.placed import Registration, Unregistered
from digitd.forms.registration import register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.registration import PreparedForm

_LONE = 0.6
"""Of the picture: a page that takes up more leaves no room for a second one of its size. Looking again takes as long as
looking once, so pictures that a page fills are spared it."""


def register_alone(picture: NDArray[np.uint8], form: PreparedForm) -> Registration | Unregistered:
    """Find a page of a form on a picture, where no other page of that form is on it.

    Parameters
    ----------
    picture : (H, W) or (H, W, 3) uint8
        Grey or RGB, 0 = ink.
    form : PreparedForm

    Returns
    -------
    Registration or Unregistered
    """
    found = register(picture, form)
    if isinstance(found, Unregistered):
        return found
    page = form.template.page(found.page)
    sheet = np.array([[(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)]], float)
    corners = cv2.perspectiveTransform(sheet, found.transform)[0].astype(np.float32)
    height, width = picture.shape[:2]
    if cv2.contourArea(corners) > _LONE * height * width:
        return found
    other = register(_beside(picture, corners), form)
    if isinstance(other, Unregistered):
        return found
    return Unregistered(
        reason="unregistered",
        detail=f"The picture shows pages {found.page} and {other.page} of the form {form.template.form!r}, or more. "
        "Scan one page at a time, or cut the picture in two.",
        tried=(
            f"{found.method}: page {found.page} is there",
            f"{other.method}: page {other.page} is there as well, beside it",
        ),
    )


def _beside(picture: NDArray[np.uint8], corners: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the largest part of a picture that lies beside a page, with what is seen of that covered by paper."""
    height, width = picture.shape[:2]
    rest = picture.copy()
    usual = np.median(picture[::10, ::10], axis=(0, 1))
    cv2.fillPoly(rest, [np.rint(corners).astype(np.int32)], [float(level) for level in np.atleast_1d(usual)])
    across, down = (np.sort(corners[:, axis]).clip(0, limit).astype(int) for axis, limit in ((0, width), (1, height)))
    # of the two corners on each side the one that is farther in: pages lie a little askew
    parts = (rest[:, : across[1]], rest[:, across[2] :], rest[: down[1]], rest[down[2] :])
    return max(parts, key=lambda part: part.size)
