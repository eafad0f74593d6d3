"""Say how a sheet curls: how far its places are from where a flat sheet would have them.

Quadratic in x and y, as a sheet bends that is held flat nowhere. Where little of it is known, it is taken to be flat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

_USUAL_MM = (5.0, 2.0, 2.0, 2.5, 1.5, 2.5)
"""How far a sheet is off as a whole, and at its edges by each of the five ways in which it bends."""
_SURE_MM = 0.3
"""How exactly it is known of a place; places that are off by more begin to lose weight (Cauchy's)."""
_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Curl:
    """The bend of a sheet of a size in mm: (6, 2) coefficients, for x and for y."""

    size: Points
    bend: Points

    def maps(self, points: Points) -> Points:
        """Return at (N, 2) points, in mm, the affine maps that are nearest to it, (N, 2, 3)."""
        terms, slopes = _terms(points, self.size)
        linear = np.eye(2) + np.einsum("nkd,kc->ncd", slopes, self.bend)  # (N, 2, 2)
        there = points + terms @ self.bend
        return np.concatenate([linear, (there - (linear @ points[:, :, None])[:, :, 0])[:, :, None]], axis=2)


def curl_of(points: Points, moved: Points, size: tuple[float, float]) -> Curl:
    """Fit it to how far some places are off; most of them must be known rightly.

    Parameters
    ----------
    points, moved : (N, 2) float64
        Where they are on a flat sheet, and how far they are off, in mm.
    size : (float, float)
        Width and height of the sheet in mm.
    """
    span = np.array(size, np.float64)
    terms, _ = _terms(points, span)
    held = np.diag((_SURE_MM / np.array(_USUAL_MM)) ** 2)
    weight = np.ones(len(points))
    bend: Points = np.zeros((len(_USUAL_MM), 2))
    for _ in range(_ROUNDS):
        weighted = terms * weight[:, None]
        bend = np.asarray(np.linalg.solve(weighted.T @ terms + held, weighted.T @ moved), np.float64)
        off = np.linalg.norm(moved - terms @ bend, axis=1)
        weight = 1 / (1 + (off / _SURE_MM) ** 2)
    return Curl(size=span, bend=bend)


def _terms(points: Points, size: Points) -> tuple[Points, Points]:
    """Return the terms of the bend at (N, 2) points, (N, 6), and how they grow to the right and down, (N, 6, 2)."""
    x, y = (2 * points / size - 1).T
    one, none = np.ones_like(x), np.zeros_like(x)
    terms = np.stack([one, x, y, x * x, x * y, y * y], axis=1)
    right = np.stack([none, one, none, 2 * x, y, none], axis=1)
    down = np.stack([none, none, one, none, x, 2 * y], axis=1)
    return terms, np.stack([right * 2 / size[0], down * 2 / size[1]], axis=2)
