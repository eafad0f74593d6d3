"""Tell a page on which nothing at all is printed or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGEST_PX = 800
"""Of the picture, reduced: what is smaller than a millimetre of A4 is no writing."""
_EDGE = 0.03
"""Of the picture: so near its edges scanners leave shadows and the dark of their lids."""
_FAINTEST = 14.0
"""Grey levels by which pencil at its faintest is darker than paper."""
_NOISE = 8.0
"""Times as dark as the usual texture of the paper something must be to be no part of it."""
_DIMMEST = 64
"""Grey levels: half of a sheet is brighter, or nobody can say that nothing is on it."""
_DUST_PX = 4
"""The longer side of a mark that is no dust: on A4 1.5 mm."""


def is_bare(grey: NDArray[np.uint8]) -> bool:
    """Return whether nothing is on (H, W) uint8, but for what scanners leave at the edges."""
    scale = min(1.0, _LONGEST_PX / max(grey.shape))
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    down, across = round(_EDGE * size[1]), round(_EDGE * size[0])
    inner = small[down : size[1] - down, across : size[0] - across]
    if not inner.size:
        return True
    dark = cv2.morphologyEx(inner, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8))
    texture = float(np.percentile(dark, 50))
    if np.median(inner) < _DIMMEST or texture > _FAINTEST:
        return False
    marks = (dark > max(_FAINTEST, _NOISE * texture)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    return bool((np.asarray(stats)[1:, 2:4].max(axis=1, initial=0) < _DUST_PX).all())
