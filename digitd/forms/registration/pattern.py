"""Find the pattern of a page's boxes among the boxes seen on a picture.

Two boxes that are far apart on the page say where it would lie, if two on the picture were these; that is asked of all
that may be, and what most boxes of the page agree with is fitted to them. Combs and tables look alike one box or one
row further on: such a place comes out as well, and the verifier has to tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.registration.spread import fitted, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from digitd.forms.placed import Homography
    from digitd.forms.registration.cells import Cells
    from digitd.forms.template import Field

    Points = NDArray[np.float64]

_ALIKE = 0.2
"""Of a box's width and height: how much those of a box on the picture may differ, seen without its borders, or more."""
_STRETCH = 0.08
"""How much more a page may be stretched one way than the other."""
_LEAN = 0.08
"""How far to the side its upright lines may lean, of their length."""
_ASTRAY = 0.08
"""Of the distance to the first box: how far from where that one's size puts it the second is looked for."""
_LEAST = 0.5
"""Of a page's boxes: where fewer are found it does not lie."""
_LEAST_ASKED = 0.35
"""The same of the boxes that are asked first: on a page that is not quite level those far away are missed."""
_ANCHORS, _TRIED, _ASKED = 6, 100, 32
"""Boxes of the page that are looked for first; of the picture that may be them; of the page that must agree."""
_MOST = 6
"""Places that are looked at further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """x and y on the turned picture are those of the page, times `linear`, (2, 2), plus `at`; box `first` is there."""

    linear: Points
    at: Points
    first: int
    hits: int


def places(fields: Sequence[Field], cells: Cells) -> list[tuple[Homography, float]]:
    """Find where the boxes of a page may be, the likeliest places first.

    Returns
    -------
    list of (Homography, float)
        From mm to pixels, and the share of the page's boxes that were seen there.
    """
    boxes = np.array([(*b.middle, b.width, b.height) for f in fields for b in f.boxes])
    if len(boxes) < 2 or len(cells.middles) < 2:
        return []
    found: list[tuple[Homography, float]] = []
    for turn in range(4):
        angle = turn * np.pi / 2
        turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        middles = cells.middles @ turned.T
        sizes = cells.sizes if turn % 2 == 0 else cells.sizes[:, ::-1]
        back = _turned_back(cells.angle + angle)
        for place in _hypotheses(boxes, middles, sizes):
            start = np.vstack([np.column_stack([place.linear, place.at]), [0, 0, 1]])
            transform, share = fitted(boxes, middles, start, place.first)
            found.append((back @ transform, share))
    found.sort(key=lambda pair: -pair[1])
    return _distinct([pair for pair in found if pair[1] >= _LEAST], boxes)[:_MOST]


def _turned_back(angle: float) -> Homography:
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def _hypotheses(boxes: Points, middles: Points, sizes: Points) -> Iterable[_Place]:
    """Return the places that most boxes agree with, for one of the four ways round."""
    kept: list[_Place] = []
    asked = boxes[np.unique(np.linspace(0, len(boxes) - 1, _ASKED).astype(int))]
    for first, second in _pairs(boxes[:, :2]):
        pair = boxes[[first, second]]
        ratio = sizes / pair[0, 2:]  # (N, 2)
        likely = np.flatnonzero(np.abs(ratio[:, 0] / ratio[:, 1] - 1) <= _ALIKE)
        for one in likely[:: len(likely) // _TRIED + 1]:
            found = _from_pair(asked, middles, sizes, pair, int(one), float(ratio[one].mean()))
            kept += [replace(place, first=first) for place in found]
    kept.sort(key=lambda place: -place.hits)
    return kept[: 4 * _MOST]


def _pairs(middles: Points) -> list[tuple[int, int]]:
    """Return pairs of boxes that are far apart, with various first ones."""
    firsts = np.unique(np.linspace(0, len(middles) - 1, _ANCHORS).astype(int))
    return [(int(k), int(np.abs(middles - middles[k]).min(axis=1).argmax())) for k in firsts] + [
        (int(k), int(np.linalg.norm(middles - middles[k], axis=1).argmax())) for k in firsts[:2]
    ]


def _from_pair(asked: Points, middles: Points, sizes: Points, pair: Points, one: int, scale: float) -> list[_Place]:
    """Return the places at which the first box of a pair is a certain one on the picture, and the second any."""
    first, second = pair
    away = second[:2] - first[:2]
    distance = float(np.linalg.norm(away))
    if distance == 0:
        return []
    expected = middles[one] + scale * away
    is_other = np.abs(middles - expected).max(axis=1) <= scale * (_ASTRAY * distance + second[2:].max() / 2)
    is_other &= (np.abs(sizes / (scale * second[2:]) - 1) <= _ALIKE).all(axis=1)
    kept = []
    for other in np.flatnonzero(is_other):
        seen = middles[other] - middles[one]
        is_far = np.abs(away) >= max(0.25 * distance, float(first[2:].max()))
        own = np.where(is_far, seen / np.where(is_far, away, 1), 0)
        scales = np.where(is_far, own, own[is_far].mean() if is_far.any() else scale)
        if scales.min() <= 0 or abs(scales[0] / scales[1] - 1) > _STRETCH:
            continue
        for linear in (np.diag(scales), *_sheared(away, seen, float(scales[1]), is_upright=bool(is_far[1]))):
            at = middles[one] - linear @ first[:2]
            near = nearest(asked, middles, asked[:, :2] @ linear.T + at, float(scales.mean()))[1]
            if near.sum() >= max(2, _LEAST_ASKED * len(asked)):
                kept.append(_Place(linear=linear, at=at, first=0, hits=int(near.sum())))
    return kept


def _sheared(away: Points, seen: Points, scale: float, *, is_upright: bool) -> Iterable[Points]:
    """Return the map by which a page that is not stretched leans, as seen from aside, so that two boxes are `seen`."""
    if is_upright:
        lean = (seen[0] - scale * away[0]) / away[1]
        if abs(lean) <= _LEAN * scale:
            yield np.array([[scale, lean], [0, scale]])


def _distinct(found: Sequence[tuple[Homography, float]], boxes: Points) -> list[tuple[Homography, float]]:
    """Leave out places that put the boxes where a likelier one puts them, half a box to either side."""
    kept: list[tuple[Homography, float]] = []
    spots: list[Points] = []
    for transform, share in found:
        there = cv2.perspectiveTransform(boxes[None, :, :2], transform)[0]
        size = float(np.sqrt(abs(np.linalg.det(transform[:2, :2])))) * float(boxes[:, 2:].min())
        if all(np.abs(there - known).max() > size / 2 for known in spots):
            kept.append((transform, share))
            spots.append(there)
    return kept
