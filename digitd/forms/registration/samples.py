"""Find pieces of print on a page that curls: moved by some mm, and turned or sheared a little.

A tenth of an inch that a letter is moved is seen by itself; where paper curls, the two ends of a line of print are
moved by a millimetre against each other, and the line is not like itself unless that is undone. So each piece is moved
to where it is most alike, and then fitted as Lucas and Kanade do (1981, IJCAI; Evangelidis and Psarakis 2008,
doi:10.1109/TPAMI.2008.113, for the gain).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.registration.lines import Maps

    Points = NDArray[np.float64]
    Darks = NDArray[np.float32]

COMPARED_PX, PLACED_PX = 400, 300
"""Of each part: pixels that must be alike, and others that only help to find where it is."""
_SOFT_PX, _WIDE_PX = 2.0, 15
"""Of blur, Gaussian and of squares: of a page that was softened by the first a rule is alike some pixels beside it as
well; by the second only shadows are left, which are subtracted.
"""
_STEP_PX = 3
"""From one move of soft print to the next; the fit finds what lies between."""
_SOFT_ROUNDS, _SHARP_ROUNDS = 3, 3
"""Of the fit, to soft print and then to what it was."""
_USUAL_PX, _NOISE = 2.0, 20.0
"""By how much a fit turns, shears or stretches at the edge of a piece, and grey levels that it cannot explain: a piece
of one line of print says little of how it is stretched down.
"""
_MOST_SLOPE = 0.05
"""How much a fit turns, shears or stretches at most: curled sheets are 0.03 off what is flat."""
_MOST_MOVED_PX = 4.0
"""By how much a fit moves a piece as a whole."""
_HELD = np.diag([1e-3, 1, 1, 1e-3, 1, 1, 1e-3, 1e-3]) * (_NOISE / _USUAL_PX) ** 2
_LEAST_GAIN = 0.3
"""How much paler than on the blank page print is taken to be at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Pixels of parts of a page: of each first those that are compared, then those that only help to place it.

    Attributes
    ----------
    places : (N, pixels, 2) float64
        x and y in mm.
    sharp, soft : (N, pixels) float32
        How much darker than what is around them they are, and how much after the page was softened.
    """

    places: Points
    sharp: Darks
    soft: Darks

    def __len__(self) -> int:
        """Return how many parts there are."""
        return len(self.places)

    def only(self, kept: NDArray[np.intp]) -> Samples:
        """Leave out all other parts."""
        return Samples(places=self.places[kept], sharp=self.sharp[kept], soft=self.soft[kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How much darker than what is around it a page is, (H, W) float32, as it is and softened, and pixels to a mm."""

    sharp: Darks
    soft: Darks
    per_mm: float

    def sampled(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Samples:
        """Take (N, pixels) pixels."""
        places = np.asarray((np.stack([columns, rows], axis=2) + 0.5) / self.per_mm, np.float64)
        return Samples(places=places, sharp=self.sharp[rows, columns], soft=self.soft[rows, columns])


def page_of(dark: NDArray[np.uint8], per_mm: float) -> Page:
    """Take the shadows out of the darkness of a page, (H, W)."""
    sharp = dark.astype(np.float32)
    shadow = cv2.blur(sharp, (_WIDE_PX, _WIDE_PX))
    soft = cv2.GaussianBlur(sharp, (0, 0), _SOFT_PX)
    return Page(sharp=np.subtract(sharp, shadow), soft=np.subtract(soft, shadow), per_mm=per_mm)


def likeness(samples: Samples, page: Page, maps: Maps, reach_px: int) -> NDArray[np.float64]:
    """Return for each sample how much alike it is to what is found near where a map puts it, at most 1, (N,).

    Parameters
    ----------
    samples : Samples
    page : Page
        That is looked at.
    maps : (N, 2, 3)
        From mm to mm of the page.
    reach_px : int
        How far from there it may be.
    """
    if not len(samples):
        return np.zeros(0)
    there = (np.einsum("nij,npj->npi", maps[:, :, :2], samples.places) + maps[:, None, :, 2]) * page.per_mm
    placing = zip(samples.soft[:, COMPARED_PX:], there[:, COMPARED_PX:], strict=True)
    there = there + np.stack([_moved(own, page.soft, at, reach_px) for own, at in placing])
    fit = _Fit(there)
    for _ in range(_SOFT_ROUNDS):
        fit.improve(samples.soft, page.soft)
    best = np.full(len(samples), -1.0)
    for _ in range(_SHARP_ROUNDS):
        fit.improve(samples.sharp, page.sharp)
        best = np.maximum(best, _alike(samples.sharp[:, :COMPARED_PX], fit.seen(page.sharp)[:, :COMPARED_PX]))
    return best


def _moved(own: Darks, page: Darks, there: Points, reach_px: int) -> NDArray[np.int64]:
    """Return the move, (1, 2) columns and rows, after which a sample at (pixels, 2) points is most like the page."""
    height, width = page.shape
    steps = np.arange(-reach_px, reach_px + 1, _STEP_PX)
    columns = (np.floor(there[:, 0]).astype(np.int64) + steps[:, None]).clip(0, width - 1)  # (steps, pixels)
    rows = (np.floor(there[:, 1]).astype(np.int64) + steps[:, None]).clip(0, height - 1) * width
    seen = page.ravel()[rows[:, None] + columns].reshape(-1, len(own))  # (down and across, pixels)
    down, across = divmod(int(_alike(own[None], seen).argmax()), len(steps))
    return np.array([[steps[across], steps[down]]])


def _alike(own: Darks, seen: Darks) -> NDArray[np.float64]:
    """Return the correlations of rows of pixels."""
    own = own - own.mean(axis=1, keepdims=True)
    seen = seen - seen.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(own, axis=1) * np.linalg.norm(seen, axis=1)
    return np.asarray((own * seen).sum(axis=1) / np.maximum(norms, 1e-9), np.float64)


class _Fit:
    """Where (N, pixels, 2) points are seen on a page, after each of the N parts was moved, turned and sheared."""

    def __init__(self, there: Points) -> None:
        middle = there.mean(axis=1, keepdims=True)
        half = np.maximum(np.abs(there - middle).max(axis=1, keepdims=True), 1)  # (N, 1, 2)
        self._there = there
        self._terms = np.concatenate([np.ones_like(there[:, :, :1]), (there - middle) / half], axis=2)
        slopes = _MOST_SLOPE * half[:, 0]
        self._most = np.concatenate([np.full((len(there), 1), _MOST_MOVED_PX), slopes], axis=1)[:, :, None]
        self._moves = np.zeros((len(there), 3, 2))

    def seen(self, page: Darks, right: int = 0, down: int = 0) -> Darks:
        """Return the grey levels so many pixels beside the points, between pixels in proportion, (N, pixels)."""
        at = self._there + self._terms @ self._moves
        x, y = at[:, :, 0].astype(np.float32), at[:, :, 1].astype(np.float32)
        beside = x + np.float32(right - 0.5), y + np.float32(down - 0.5)
        return np.asarray(cv2.remap(page, *beside, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)

    def improve(self, own: Darks, page: Darks) -> None:
        """Move each part to where it is more like the page, to first order."""
        right = (self.seen(page, right=1) - self.seen(page, right=-1))[:, :, None] / 2
        down = (self.seen(page, down=1) - self.seen(page, down=-1))[:, :, None] / 2
        seen = self.seen(page)[:, :, None]
        slopes = np.concatenate([right * self._terms, down * self._terms, seen, np.ones_like(seen)], axis=2)
        squares = slopes.transpose(0, 2, 1) @ slopes + _HELD
        solved = np.linalg.solve(squares, slopes.transpose(0, 2, 1) @ own[:, :, None])[:, :, 0]
        gain = np.maximum(solved[:, 6], _LEAST_GAIN)[:, None, None]
        change = solved[:, :6].reshape(-1, 2, 3).transpose(0, 2, 1) / gain
        self._moves = np.clip(self._moves + change, -self._most, self._most)
