"""Tell what is in a box: nothing, something to read, or what nobody can tell.

Residual risks: a full stop counts as dust. A digit as pale as what comes through from the back is doubtful at best.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.imaging.levels import counted, level_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digitd.forms.boxes.cut import BoxInk

_DUST = 0.13
"""Of the height of a box: marks no larger than that are dust, 1 mm in a box of 8."""
_TINY = 0.22
"""Of the height of a box: no digit is as small, but it is more than dust."""
_TALL = 0.5
"""Of the height of a box: two marks that are higher, one beside the other, are two digits."""
_PALE, _GHOST = 0.3, 0.13
"""Of the usual ink of a page: paler marks may come through from the back, or be left of a shadow; from the second on
they do."""
_FAINT_PENCIL = 80.0
"""Of 255: the usual ink is never thought paler, or a page with nothing but such marks would be full of digits."""
_BLIND = 40.0
"""Of 255: where fainter ink cannot be told from noise, nobody can say that a box is empty."""


class Content(StrEnum):
    """What is in a box."""

    NOTHING = "nothing"
    WRITING = "writing"
    DOUBTFUL = "doubtful"


def content_of(box: BoxInk, usual: float) -> Content:
    """Tell what is in a box.

    Parameters
    ----------
    box : BoxInk
    usual : float
        How dark the ink of its page is, 0-255.
    """
    if not box.is_seen:
        return Content.DOUBTFUL
    marks = _marks(box)
    longest = float(marks[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(initial=0)) / box.per_mm
    darkness = darkness_of(box)
    if longest <= _DUST * box.height or darkness < _GHOST * usual:
        is_empty = not (box.is_stray or box.is_thick or box.faintest > _BLIND)
        return Content.NOTHING if is_empty else Content.DOUBTFUL
    if longest <= _TINY * box.height or box.is_stray or darkness < _PALE * usual or _are_two(marks, box):
        return Content.DOUBTFUL
    return Content.WRITING


def usual_darkness(boxes: Sequence[BoxInk]) -> float:
    """Return how dark the ink of a page is, 0-255: that of its darker boxes, for others may show their backs."""
    darknesses = [darkness for box in boxes if (darkness := darkness_of(box))]
    return max(float(np.percentile(darknesses, 80)), _FAINT_PENCIL) if darknesses else _FAINT_PENCIL


def darkness_of(box: BoxInk) -> float:
    """Return how dark the darker half of the ink of a box is, 0-255; 0 where there is none."""
    if not box.ink.size:
        return 0.0
    up_to = counted(box.ink, 256)
    return float(level_at(up_to, 0.75, int(up_to[0]), int(up_to[-1])))


def _are_two(marks: NDArray[np.int32], box: BoxInk) -> bool:
    """Return whether two tall marks, of (N, 5), stand in a box, one beside the other."""
    tall = marks[marks[:, cv2.CC_STAT_HEIGHT] >= _TALL * box.height * box.per_mm]
    in_order = tall[np.argsort(tall[:, cv2.CC_STAT_LEFT])]
    ends = in_order[:, cv2.CC_STAT_LEFT] + in_order[:, cv2.CC_STAT_WIDTH]
    return bool((in_order[1:, cv2.CC_STAT_LEFT] >= ends[:-1]).any())


def _marks(box: BoxInk) -> NDArray[np.int32]:
    """Return the marks of ink in a box, (N, 5) as OpenCV describes them."""
    if not box.ink.size:
        return np.zeros((0, 5), np.int32)
    _, _, stats, _ = cv2.connectedComponentsWithStats((box.ink > 0).view(np.uint8), connectivity=8)
    return np.asarray(stats[1:], np.int32)
