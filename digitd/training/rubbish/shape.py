"""Measure the shape of a piece of ink, to tell what a person could take for a digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from digitd.training.rubbish.hand import Ink

_INK = 100
_ONE = 2.3  # times longer than wide, as the standard deviations of its ink: a 1 without flag and foot has 3 and more
_UPRIGHT = np.deg2rad(30)  # from level: as far as a 1 may lean


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
