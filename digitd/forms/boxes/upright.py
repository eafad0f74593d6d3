"""Let a 1 that stands quite upright lean a little.

On a page of unknown origin the model takes an exactly upright stroke for the remains of a printed line. In a box of a
form, from which print was removed, a stroke that begins and ends within is a 1; a scanner's streak runs through.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

_SLIM = 0.25
"""Width to height of what may be such a 1."""
_SHORTEST, _LONGEST = 0.35, 0.9
"""Of the height of the box: a dash is shorter, what runs through it longer."""
_LEAN = 0.15
"""Columns a row: leaning by 9 degrees, strokes of any width are read as 1 with 0.99; upright ones with 0.12 to 0.98."""


def leant(ink: NDArray[np.uint8], height_px: float) -> NDArray[np.uint8]:
    """Return tight ink, (H, W) uint8 with 0 = none, leaning if it is a slim upright stroke; else itself.

    Parameters
    ----------
    ink : (H, W) uint8
    height_px : float
        Of the box.
    """
    height, width = ink.shape
    if width > _SLIM * height or not _SHORTEST * height_px <= height <= _LONGEST * height_px:
        return ink
    wider = round(_LEAN * height)
    shear = np.array([[1, -_LEAN, _LEAN * height], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(ink, shear, (width + wider + 1, height), flags=cv2.INTER_LINEAR), np.uint8)
