"""Make sure that there is but one place in which a page may lie.

The verifier says of a place that it is possible. Boxes alone may be possible upside down, one row further on, or as
those of another page of the form; print tells which it is, or that the page fills the picture, or nobody does.

Residual risk: of a form without markers and without a blank page, of which only some rows are in the template, a row
that looks like another may be taken for it where that one is not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.forms.registration.geometry import mapped
from digitd.forms.registration.outline import misfit
from digitd.forms.registration.verify import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from digitd.forms.placed import Homography, Registration
    from digitd.forms.registration.prepare import PreparedForm, PreparedPage
    from digitd.forms.registration.verify import Verified
    from digitd.forms.template import Field

    Points = NDArray[np.float64]
    Pages = Mapping[int, PreparedPage]

_CLEARLY = 0.05
"""Correlation of print by which one place must be likelier than all others."""
_FILLS = 0.015
"""Of the longer side of the picture: a page that fills it has its corners so near to those of the picture."""
_APART = 0.02
"""Of the same: by so much more the page must be off in all other places."""
_SAME = 0.3
"""Of a box: boxes that are nearer to each other are in one place."""


def the_only(certain: Sequence[Verified], shape: tuple[int, ...], form: PreparedForm) -> Registration | Refusal:
    """Return the one registration that can be right.

    Parameters
    ----------
    certain : sequence of Verified
        At least one; those that put the same page in the same place count once.
    shape : (H, W)
        Of the picture.
    form : PreparedForm
    """
    pages = {page.page.number: page for page in form.pages}
    distinct: list[Verified] = []
    for one in sorted(certain, key=lambda verified: -verified.likeness):
        if all(_differ(one.registration, other.registration, pages) for other in distinct):
            distinct.append(one)
    first, others = distinct[0], distinct[1:]
    is_known = first.likeness > 0 or first.registration.method == "markers"
    if is_known and all(other.likeness <= first.likeness - _CLEARLY for other in others):
        return first.registration
    filling = _filling([one.registration for one in distinct], shape, pages)
    if filling is not None:
        return filling
    has_twin = bool(others) or any(True for _ in _twins(first.registration, pages))
    if not has_twin and not _is_one_row(pages[first.registration.page].fields):
        return first.registration
    return Refusal(why="its boxes may as well be those of another place, page or way round; add markers", share=1.0)


def _filling(distinct: Sequence[Registration], shape: tuple[int, ...], pages: Pages) -> Registration | None:
    """Return the registration by which the page fills the picture, where no other place is as good."""
    off = [misfit(shape, pages[one.page].page, one.transform) for one in distinct]
    best = int(np.argmin(off))
    others = [*off[:best], *off[best + 1 :]]
    others += [misfit(shape, pages[number].page, transform) for number, transform in _twins(distinct[best], pages)]
    is_only = off[best] <= _FILLS and all(other > off[best] + _APART for other in others)
    return distinct[best] if is_only else None


def _differ(one: Registration, other: Registration, pages: Pages) -> bool:
    """Return whether two registrations are of different pages, or have a box in different places."""
    if one.page != other.page:
        return True
    for field in pages[one.page].fields:
        here = np.array(field.boxes[0].corners)
        there = mapped(one.fields[field.name], here)
        size = min(np.linalg.norm(there[0] - there[1]), np.linalg.norm(there[1] - there[2]))
        if np.linalg.norm(there - mapped(other.fields[field.name], here), axis=1).max() > _SAME * size:
            return True
    return False


def _twins(one: Registration, pages: Pages) -> Iterable[tuple[int, Homography]]:
    """Return which other pages or ways round have a box wherever a registered page has one, and where they lie."""
    own = _middles(pages[one.page].fields)
    for number, page in pages.items():
        others = _middles(page.fields)
        if len(others) != len(own) or not len(own):
            continue
        near = _SAME * min(min(box.width, box.height) for field in page.fields for box in field.boxes)
        for turn in range(4):
            angle = turn * np.pi / 2
            turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            at = own.mean(axis=0) - turned @ others.mean(axis=0)
            away = np.linalg.norm((others @ turned.T + at)[:, None] - own[None], axis=2).min(axis=1)
            if away.max() <= near and (number, turn) != (one.page, 0):
                yield number, one.transform @ np.vstack([np.column_stack([turned, at]), [0, 0, 1]])


def _middles(fields: Sequence[Field]) -> Points:
    middles = [box.middle for field in fields for box in field.boxes]
    return np.array(middles, np.float64).reshape(-1, 2)


def _is_one_row(fields: Sequence[Field]) -> bool:
    """Return whether all boxes are in one row or column: there may be more like it that the template does not have."""
    if not fields:
        return True
    sizes = np.array([(box.width, box.height) for field in fields for box in field.boxes])
    return bool((np.ptp(_middles(fields), axis=0) < sizes.min(axis=0)).any())
