"""Measure the shape of a piece of ink, to tell what a person could take for a digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.training.rubbish.hand import Ink

_INK = 100
_ONE = 2.3  # times longer than wide, as the standard deviations of its ink: a 1 without flag and foot has 3 and more
_UPRIGHT = np.deg2rad(30)  # from level: as far as a 1 may lean
_PIECE_PX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How ink is spread about its centre.

    Attributes
    ----------
    elongation : float
        Standard deviation along over that across, 1 = as wide as long.
    steepness : float
        Angle of its long axis from level, 0 to pi / 2.
    """

    elongation: float
    steepness: float


def spread(ink: Ink) -> Spread:
    """Measure the elongation and direction of (H, W) uint8 ink."""
    moments = cv2.moments(ink)
    mass = max(moments["m00"], 1e-6)
    xx, yy, xy = moments["mu20"] / mass, moments["mu02"] / mass, moments["mu11"] / mass
    root = float(np.hypot(xx - yy, 2 * xy))
    long, short = (xx + yy + root) / 2, max((xx + yy - root) / 2, 1e-3)
    return Spread(elongation=float(np.sqrt(long / short)), steepness=float(abs(np.arctan2(2 * xy, xx - yy)) / 2))


def may_be_one(ink: Ink) -> bool:
    """Tell whether a person could read (H, W) uint8 ink as a plain 1: long, narrow and more upright than level."""
    measured = spread(ink)
    return measured.elongation > _ONE and measured.steepness > _UPRIGHT


def has_hole(ink: Ink) -> bool:
    """Tell whether ink surrounds paper."""
    _, tree = cv2.findContours((ink > _INK).view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return tree is not None and bool((tree[0, :, 3] >= 0).any())


def solidity(ink: Ink) -> float:
    """Measure the area of ink as a share of its convex hull, 0-1."""
    rows, columns = np.nonzero(ink > _INK)
    points = np.stack([columns, rows], axis=1).astype(np.int32)
    if len(points) == 0:
        return 0.0
    return len(points) / max(float(cv2.contourArea(cv2.convexHull(points))), 1.0)


def is_busy(glyph: Ink) -> bool:
    """Tell whether (28, 28) uint8 ink has more strokes side by side, or more pieces, than a digit.

    It is busy if two rows have four strokes or seven have three, if four columns have four, or if there are three
    pieces. Each of these is so in fewer than one of 200 digits of MNIST (5,000 of the training images).
    """
    ink = (glyph > _INK).view(np.uint8)
    in_rows, in_columns = _strokes(ink), _strokes(ink.T)
    if (in_rows > 3).sum() >= 2 or (in_rows > 2).sum() >= 7 or (in_columns > 3).sum() >= 4:
        return True
    stats = cv2.connectedComponentsWithStats(ink)[2]
    return int((stats[1:, cv2.CC_STAT_AREA] >= _PIECE_PX).sum()) >= 3


def _strokes(ink: Ink) -> NDArray[np.int64]:
    """Count in each row how often paper turns to ink: (H,) int64."""
    return np.asarray((np.diff(ink.astype(np.int8), axis=1, prepend=0) == 1).sum(axis=1), np.int64)
