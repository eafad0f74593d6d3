"""Imagine what of a digit may be hidden along a border: an 8 whose left side lies on the line looks like a 3.

Nobody can see which it is. So both are read, what is seen and what may be, and believed by halves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.boxes.pen import pen_px
from digitd.imaging.marks import labelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

_TOUCH_PX = 5
"""Of a square: ink that is as near to what is hidden as its half touches it."""
_LONGEST = 0.6
"""Of the size of a box: no further apart are the ends of a stroke that is hidden between them."""
_LEAST_MM2 = 0.15
"""Smaller gaps change no digit."""

_STICKS_OUT = 1.3
"""Times as wide as what hides it a pen is seen on one of its sides."""


def along_borders(own: Mask, hidden: Mask, size_px: tuple[float, float], per_mm: float) -> Mask | None:
    """Return what may be hidden of the ink of a box.

    Parameters
    ----------
    own : (H, W) uint8
        1 = its ink.
    hidden : (H, W) uint8
        1 where ink would be hidden.
    size_px : (float, float)
        Width and height of the box.
    per_mm : float
        Pixels a millimetre.

    Returns
    -------
    (H, W) uint8 or None
        1 = hidden ink, if there is any; None where nothing is missing.
    """
    stubs = np.asarray(cv2.dilate(own, np.ones((_TOUCH_PX, _TOUCH_PX), np.uint8)), np.uint8) & hidden
    if not stubs.any():
        return None
    across, down = (max(1, round(_LONGEST * side)) for side in size_px)
    level, upright = np.ones((1, across), np.uint8), np.ones((down, 1), np.uint8)
    joined = cv2.bitwise_or(
        cv2.morphologyEx(stubs, cv2.MORPH_CLOSE, level), cv2.morphologyEx(stubs, cv2.MORPH_CLOSE, upright)
    )
    labels, stats = labelled(np.asarray(joined, np.uint8) & hidden & ~stubs)
    is_wide = stats[:, cv2.CC_STAT_AREA] >= _LEAST_MM2 * per_mm**2
    is_wide[0] = False
    if not is_wide.any() or pen_px(own) > _STICKS_OUT * pen_px(hidden):
        return None
    bridges = is_wide[labels].view(np.uint8)
    reach = 2 * _TOUCH_PX + 1
    near = np.asarray(cv2.dilate(bridges, np.ones((reach, reach), np.uint8)), np.uint8)
    return np.asarray(bridges | (near & stubs), np.uint8)
