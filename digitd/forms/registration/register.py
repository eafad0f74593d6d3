"""Look for the pages of a form on a picture, one way after the other, until the verifier is sure of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digitd.forms.placed import Registration, Unregistered
from digitd.forms.registration.bare import is_bare
from digitd.forms.registration.features import from_features
from digitd.forms.registration.geometry import corners_of, mapped
from digitd.forms.registration.markers import contradicted, from_markers, markers_on
from digitd.forms.registration.outline import fills, from_outline
from digitd.forms.registration.verify import Refusal, verify
from digitd.imaging.light import to_grey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from digitd.forms.registration.candidates import Candidate
    from digitd.forms.registration.prepare import PreparedForm
    from digitd.forms.template import Template

    Page = NDArray[np.uint8]
    Points = NDArray[np.float64]

_SMALLEST_PX = 64
"""Of the shorter side of a picture: no form is read from a smaller one."""


def register(picture: Page, form: PreparedForm) -> Registration | Unregistered:
    """Find a page of a form on a picture.

    Parameters
    ----------
    picture : (H, W) or (H, W, 3) uint8
        Grey or RGB, 0 = ink.
    form : PreparedForm

    Returns
    -------
    Registration or Unregistered
        Never a guess: what the verifier is not sure of is not registered.
    """
    grey = to_grey(picture)
    height, width = grey.shape
    if min(height, width) < _SMALLEST_PX:
        return Unregistered(
            reason="unregistered",
            detail=f"The page has {width} x {height} pixels, too few for a form; scan it at 150 dpi or more.",
        )
    if is_bare(grey):
        return Unregistered(reason="blank_page", detail="Nothing is printed or written on the page.")
    markers = markers_on(grey, form.template.pages)
    nearest = Refusal(why="nothing on the page looks like the form")
    tried: list[str] = []
    for look in _ways(grey, form, markers):
        proposed, note = look()
        tried.append(note)
        certain: list[Registration] = []
        for candidate in proposed:
            result = _verified(grey, candidate, form, markers)
            if isinstance(result, Registration):
                certain += [result] if all(_differ(result, other, form.template) for other in certain) else []
            else:
                tried.append(f"{candidate.method}: not page {candidate.page}: {result.why}")
                nearest = max(nearest, result, key=lambda refusal: refusal.share)
        chosen = _only(certain, grey.shape, form.template)
        if chosen is not None:
            return chosen
        if certain:
            nearest = Refusal(why=f"it may lie in {len(certain)} places or ways round, and nothing tells in which")
            break
    detail = (
        f"No page of the form {form.template.form!r} was found: {nearest.why}. Check that it is this version of it."
    )
    return Unregistered(reason="unregistered", detail=detail, tried=tuple(tried))


def _verified(
    grey: Page, candidate: Candidate, form: PreparedForm, markers: Mapping[int, Points]
) -> Registration | Refusal:
    if contradicted(candidate, markers, form.template.pages):
        return Refusal(why="the markers on the page say that it is another one, or lies elsewhere")
    prepared = next(page for page in form.pages if page.page.number == candidate.page)
    return verify(grey, candidate, prepared)


def _differ(one: Registration, other: Registration, template: Template) -> bool:
    """Return whether two registrations are of different pages, or have a box half a box apart."""
    if one.page != other.page:
        return True
    for field in template.fields_of(one.page):
        box = field.boxes[0]
        corners = corners_of(box.width, box.height) + (box.x, box.y)
        there = mapped(one.fields[field.name], corners)
        apart = np.linalg.norm(there - mapped(other.fields[field.name], corners), axis=1).max()
        if apart > min(np.linalg.norm(there[0] - there[1]), np.linalg.norm(there[1] - there[2])) / 2:
            return True
    return False


def _only(certain: Sequence[Registration], shape: tuple[int, ...], template: Template) -> Registration | None:
    """Return the only registration there is, or the only one by which the page fills the picture."""
    sizes = {page.number: page for page in template.pages}
    filling = [one for one in certain if fills(shape, sizes[one.page], one.transform)] if len(certain) > 1 else certain
    return filling[0] if len(filling) == 1 else None


def _ways(
    grey: Page, form: PreparedForm, markers: Mapping[int, Points]
) -> tuple[Callable[[], tuple[list[Candidate], str]], ...]:
    features = [(page.page.number, page.features) for page in form.pages if page.features is not None]
    return (
        lambda: from_markers(markers, form.template.pages),
        lambda: from_features(grey, features),
        lambda: from_outline(grey, form.template),
    )
