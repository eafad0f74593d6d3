"""Tell which pieces of the borders of boxes are printed where they should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digitd.forms.registration.lines import off_line, placed, seen
from digitd.forms.registration.ridges import FLANKS_PX, Ridges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.registration.borders import Borders
    from digitd.forms.registration.lines import Maps

    Page = NDArray[np.uint8]

_NEAR_PX = 2
"""On the flat page: how far a line may be from where it should; a twentieth of a box."""
_APART_PX = (6, 9, 12, 15)
"""On the flat page: how far beside a border its surroundings are looked at."""
_FAINTEST = 4.0
"""Grey levels: fainter lines are not told from the texture of paper."""
_CLEAR = 1.6
"""Times as dark as half the places beside the borders a line must be; what is in the boxes covers fewer."""
_INKED = 0.6
"""Of how dark borders usually are: what is so dark beside a border hides it."""
_LINE = 0.6
"""Of the pieces of a side: where so many are found, it is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found of borders: for each piece whether, how many mm off it is, and how dark, all (N,)."""

    is_found: NDArray[np.bool_]
    offset: NDArray[np.float64]
    dark: NDArray[np.float32]

    @property
    def usual_dark(self) -> float:
        """How dark the borders are that were found, in the middle; 0 where none were."""
        return float(np.median(self.dark[self.is_found])) if self.is_found.any() else 0.0

    def by_side(self, borders: Borders) -> NDArray[np.float64]:
        """Return the share of each side that was found, (sides,)."""
        return of_sides(self.is_found, borders)


def of_sides(chosen: NDArray[np.bool_], borders: Borders) -> NDArray[np.float64]:
    """Return the share of each side that some pieces of borders are, (sides,)."""
    sides = len(borders.owner)
    pieces = np.maximum(np.bincount(borders.side, minlength=sides), 1)
    return np.asarray(np.bincount(borders.side, weights=chosen, minlength=sides) / pieces)


def find(ridges: Ridges, borders: Borders, maps: Maps, per_mm: float, threshold: float) -> Found:
    """Look for borders where the maps of their fields put them; a line is darker than a threshold."""
    x, y = placed(maps, borders)
    profile = seen(ridges, borders, x, y, _NEAR_PX, per_mm)
    dark = profile.max(axis=1)
    return Found(is_found=dark >= threshold, offset=off_line(profile, x, y, borders, per_mm), dark=dark)


def inked(flat: Page, borders: Borders, maps: Maps, per_mm: float, found: Found) -> NDArray[np.bool_]:
    """Return which pieces were not found though they may be there, (N,): something dark lies along them, such as ink.

    A line is seen by the paper on both its sides, as far from it as `FLANKS_PX` says.
    """
    x, y = placed(maps, borders)
    reach = max(FLANKS_PX)
    across = seen(Ridges(upright=flat, level=flat), borders, x, y, reach, per_mm)
    far = across.max(axis=1, keepdims=True) - across  # (N, 2 * reach + 1), how dark
    is_dark = far >= max(_FAINTEST, _INKED * found.usual_dark)
    beside = [is_dark[:, reach - flank] | is_dark[:, reach + flank] for flank in FLANKS_PX]
    return np.asarray(np.all(beside, axis=0) & ~found.is_found)


def threshold_for(ridges: Ridges, borders: Borders, maps: Maps, per_mm: float) -> float:
    """Return how dark something must be to be told from what there is beside the borders."""
    x, y = placed(maps, borders)
    beside = []
    for step in (*_APART_PX, *(-apart for apart in _APART_PX)):
        moved = step / per_mm
        x_there, y_there = x + moved * borders.is_upright, y + moved * ~borders.is_upright
        beside.append(seen(ridges, borders, x_there, y_there, _NEAR_PX, per_mm).max(axis=1))
    return max(_FAINTEST, _CLEAR * float(np.percentile(np.concatenate(beside), 50))) if len(x) else _FAINTEST


def printed_sides(ridges: Ridges, borders: Borders, maps: Maps, per_mm: float) -> NDArray[np.bool_]:
    """Return which sides are printed, (sides,)."""
    found = find(ridges, borders, maps, per_mm, threshold_for(ridges, borders, maps, per_mm))
    return np.asarray(found.by_side(borders) >= _LINE)


def whole_boxes(is_printed: NDArray[np.bool_], borders: Borders) -> NDArray[np.bool_]:
    """Return of which boxes each side is printed, (boxes,); those without sides are not."""
    boxes = len(borders.box_field)
    sides = np.bincount(borders.owner[:, 0], minlength=boxes)
    return np.asarray((np.bincount(borders.owner[:, 0], weights=is_printed, minlength=boxes) >= sides) & (sides > 0))
