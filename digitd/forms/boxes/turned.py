"""Turn glyphs a little, so that they can be read more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def turned(glyphs: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """Turn (N, 28, 28) uint8 glyphs, 255 = ink, counterclockwise round their middle."""
    height, width = glyphs.shape[1:]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    return np.stack([np.asarray(cv2.warpAffine(glyph, turn, (width, height)), np.uint8) for glyph in glyphs])
