"""Compare what is printed around a field with what its blank page shows there.

Rows of a table, and the boxes of a row, look the same one further on; the words beside them do not. Only print that the
blank page has is looked for: what people write beside their boxes does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digitd.forms.registration.flat import Frame
    from digitd.forms.registration.settle import Maps
    from digitd.forms.template import Field

    Page = NDArray[np.uint8]
    Window = tuple[slice, slice]

_PER_MM = 4.5
"""Pixels: print is compared at 114 dpi, at which letters can be told apart."""
_AROUND_MM = (30.0, 7.0)
"""How far to either side of a field, and above and below, print belongs to it."""
_CLEAR_MM = 0.8
"""Around boxes: there it is their borders that would be compared."""
_PAPER_MM = 5.0
"""Print is thinner."""
_FAINTEST = 10
"""Grey levels: fainter print is not compared."""
_BESIDE_PX = 3
"""Paper so near to print is compared too: without it, all that is black looks like print."""
_MOVED_PX = 7
"""How far the print around a field may be moved; the field says little of what is an inch away."""
_TILE_MM = 30.0
"""Parts of the page that are compared each for itself: paper curls."""
_CURL_MM = 2.5
"""How far print may be from where the page as a whole has it."""
_STEP_PX = 2
"""From one move to the next; then one pixel around the best."""
_LEAST_PX, _MOST_PX = 200, 400
"""Of print: less says nothing (a word of five letters in 9 points has 500), and more is not looked at."""
_MOST_TILES = 20
"""Of a page, spread over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Some pixels of a part of a blank page: x and y in mm, and how dark they are, three arrays of one length."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    dark: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The print of a blank page, but for the boxes of all fields.

    Attributes
    ----------
    around : tuple of (Sample or None)
        Of the surroundings of each field; None where there is too little print.
    tiles : tuple of Sample
        Of parts of the page that have some print.
    quarter : tuple of int
        For each tile the quarter of the page it lies in, 0-3.
    """

    around: tuple[Sample | None, ...]
    tiles: tuple[Sample, ...]
    quarter: tuple[int, ...]


def printed_on(flat: Page, frame: Frame, fields: Sequence[Field], maps: Maps) -> Printed:
    """See the print of a flat blank page, (H, W) uint8; `maps` place its fields."""
    dark = darkness(flat, frame)
    is_free = np.ones(dark.shape, bool)
    for field, place in zip(fields, maps, strict=True):
        for box in field.boxes:
            left, top = place @ (box.x - _CLEAR_MM, box.y - _CLEAR_MM, 1)
            right, bottom = place @ (box.right + _CLEAR_MM, box.bottom + _CLEAR_MM, 1)
            is_free[_slice(top, bottom), _slice(left, right)] = False
    tiles = _tiles(dark.shape)
    sampled = [(tile, sample) for tile in tiles if (sample := _sample(dark, is_free, tile)) is not None]
    kept = [sampled[k] for k in np.unique(np.linspace(0, len(sampled) - 1, _MOST_TILES).astype(int))] if sampled else []
    height, width = dark.shape
    return Printed(
        around=tuple(_sample(dark, is_free, _window(field)) for field in fields),
        tiles=tuple(sample for _, sample in kept),
        quarter=tuple(2 * (rows.start >= height / 2) + (columns.start >= width / 2) for (rows, columns), _ in kept),
    )


def darkness(flat: Page, frame: Frame) -> Page:
    """Return how much darker than the paper around it a flat page is, at the size at which print is compared."""
    size = max(1, round(frame.width * _PER_MM)), max(1, round(frame.height * _PER_MM))
    small = np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.uint8)
    side = 2 * round(_PAPER_MM * _PER_MM / 2) + 1
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8))
    return np.asarray(cv2.blur(dark, (3, 3)), np.uint8)


def around_fields(printed: Printed, dark: Page, maps: Maps) -> NDArray[np.float64]:
    """Return for each field how much alike the print around it is, (fields,), at most 1; NaN where there is too little.

    Parameters
    ----------
    printed : Printed
        Of the blank page.
    dark : (H, W) uint8
        Darkness of the page that is looked at.
    maps : Maps
        Where its fields are.
    """
    pairs = zip(printed.around, maps, strict=True)
    return np.array([np.nan if own is None else _likeness(own, dark, place, _MOVED_PX) for own, place in pairs])


def in_tiles(printed: Printed, dark: Page, place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each tile how much alike its print is, there or a little off, (tiles,); `place` is (2, 3)."""
    return np.array([_likeness(tile, dark, place, round(_CURL_MM * _PER_MM)) for tile in printed.tiles])


def _likeness(sample: Sample, dark: Page, place: NDArray[np.float64], reach: int) -> float:
    """Return the largest correlation of a sample with a page, after moves by up to so many pixels."""
    there = np.floor((place @ np.stack([sample.x, sample.y, np.ones_like(sample.x)])) * _PER_MM).astype(int)
    steps = np.arange(-reach, reach + 1, _STEP_PX)
    moves = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    likely = moves[int(_correlations(sample.dark, dark, there, moves).argmax())]
    around = likely + np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), axis=-1).reshape(-1, 2)
    return float(_correlations(sample.dark, dark, there, around).max())


def _correlations(
    known: NDArray[np.float64], dark: Page, there: NDArray[np.integer], moves: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return the correlation of (N,) with a page at (2, N) columns and rows, after each of (M, 2) moves, (M,)."""
    height, width = dark.shape
    moved = there[:, None, :] + moves.T[:, :, None]  # (2, M, N)
    seen = dark[moved[1].clip(0, height - 1), moved[0].clip(0, width - 1)].astype(np.float64)
    seen -= seen.mean(axis=1, keepdims=True)
    own = known - known.mean()
    return np.asarray(seen @ own / np.maximum(np.linalg.norm(seen, axis=1) * np.linalg.norm(own), 1e-9))


def _sample(dark: Page, is_free: NDArray[np.bool_], window: Window) -> Sample | None:
    """Take pixels of print, and of the paper beside it, in a window; None where there is too little print."""
    is_print = (dark[window] >= _FAINTEST) & is_free[window]
    if is_print.sum() < _LEAST_PX:
        return None
    beside = cv2.dilate(is_print.astype(np.uint8), np.ones((_BESIDE_PX, _BESIDE_PX), np.uint8))
    rows, columns = np.nonzero(beside.astype(bool) & is_free[window])
    chosen = np.random.default_rng(0).permutation(len(rows))[:_MOST_PX]
    rows, columns = rows[chosen] + window[0].start, columns[chosen] + window[1].start
    return Sample(x=(columns + 0.5) / _PER_MM, y=(rows + 0.5) / _PER_MM, dark=dark[rows, columns].astype(np.float64))


def _tiles(shape: tuple[int, ...]) -> list[Window]:
    side = round(_TILE_MM * _PER_MM)
    return [
        (slice(top, top + side), slice(left, left + side))
        for top in range(0, shape[0], side)
        for left in range(0, shape[1], side)
    ]


def _window(field: Field) -> tuple[slice, slice]:
    left, top = min(box.x for box in field.boxes), min(box.y for box in field.boxes)
    right = max(box.right for box in field.boxes)
    bottom = max(box.bottom for box in field.boxes)
    beside, above = _AROUND_MM
    return _slice(top - above, bottom + above), _slice(left - beside, right + beside)


def _slice(begin: float, end: float) -> slice:
    return slice(max(0, round(begin * _PER_MM)), max(0, round(end * _PER_MM)))
