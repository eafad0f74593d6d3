"""Look along the pieces of printed borders: where the maps of their fields put them, and which lines are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.registration.borders import Borders
    from digitd.forms.registration.ridges import Ridges

    Maps = NDArray[np.float64]
    """(fields, 2, 3): for each field an affine map from mm of the page to mm of the page as laid flat."""


def placed(maps: Maps, borders: Borders) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y in mm where the pieces of borders are by the maps of their fields, both (N,)."""
    own = maps[borders.field]
    x = own[:, 0, 0] * borders.x + own[:, 0, 1] * borders.y + own[:, 0, 2]
    y = own[:, 1, 0] * borders.x + own[:, 1, 1] * borders.y + own[:, 1, 2]
    return x, y


def seen(
    ridges: Ridges, borders: Borders, x: NDArray[np.float64], y: NDArray[np.float64], reach_px: int, per_mm: float
) -> NDArray[np.float32]:
    """Return how dark the lines are across each piece of a border, from so many pixels before it to as many behind.

    Returns
    -------
    (N, 2 * reach_px + 1) float32
    """
    offsets = np.arange(-reach_px, reach_px + 1)
    columns, rows = np.floor(x * per_mm).astype(int), np.floor(y * per_mm).astype(int)
    height, width = ridges.upright.shape
    upright = borders.is_upright
    profile = np.zeros((len(x), len(offsets)), np.float32)
    for mask, image, step in ((upright, ridges.upright, (0, 1)), (~upright, ridges.level, (1, 0))):
        row = np.clip(rows[mask][:, None] + step[0] * offsets, 0, height - 1)
        column = np.clip(columns[mask][:, None] + step[1] * offsets, 0, width - 1)
        profile[mask] = image[row, column]
    return profile


def off_line(
    profile: NDArray[np.float32], x: NDArray[np.float64], y: NDArray[np.float64], borders: Borders, per_mm: float
) -> NDArray[np.float64]:
    """Return for each piece how many mm from where it is expected the darkest line is, (N,)."""
    reach = profile.shape[1] // 2
    best = np.clip(profile.argmax(axis=1), 1, 2 * reach - 1)
    at = np.arange(len(best))
    before, peak, behind = profile[at, best - 1], profile[at, best], profile[at, best + 1]
    bend = before - 2 * peak + behind
    fraction = np.where(bend < 0, 0.5 * (before - behind) / np.where(bend < 0, bend, -1), 0).clip(-0.5, 0.5)
    where = np.where(borders.is_upright, x, y) * per_mm
    return np.asarray((np.floor(where) + 0.5 + best - reach + fraction - where) / per_mm, np.float64)
