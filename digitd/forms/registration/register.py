"""Look for the pages of a form on a picture, one way after the other, until one of them is sure.

Residual risk: of two pages of the form on one picture only one is read, unless they show the same markers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitd.forms.placed import Registration, Unregistered
from digitd.forms.registration.bare import is_bare
from digitd.forms.registration.features import from_features
from digitd.forms.registration.markers import contradicted, from_markers, markers_on
from digitd.forms.registration.outline import from_outline
from digitd.forms.registration.unique import the_only
from digitd.forms.registration.verify import Refusal, verify
from digitd.imaging.light import to_grey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digitd.forms.registration.candidates import Candidate
    from digitd.forms.registration.prepare import PreparedForm
    from digitd.forms.registration.verify import Verified

    Page = NDArray[np.uint8]
    Points = NDArray[np.float64]
    Look = Callable[[], tuple[list[Candidate], str]]

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
    tried: list[str] = []
    nearest = Refusal(why="nothing on the page looks like it")
    markers = markers_on(grey, form.template.pages)
    if not markers and is_bare(grey):
        return Unregistered(reason="blank_page", detail="Nothing is printed or written on the page.")
    before: list[Candidate] = []
    for look in _ways(grey, form, markers, before):
        proposed, note = look()
        before += proposed
        results = [(candidate, _verified(grey, candidate, form, markers)) for candidate in proposed]
        refused = [(candidate, result) for candidate, result in results if isinstance(result, Refusal)]
        tried += [note, *(f"{one.method}: it is not page {one.page} there: {refusal.why}" for one, refusal in refused)]
        nearest = max([nearest, *(refusal for _, refusal in refused)], key=lambda refusal: refusal.share)
        certain = [result for _, result in results if not isinstance(result, Refusal)]
        if certain:
            chosen = the_only(certain, grey.shape, form)
            if isinstance(chosen, Registration):
                return chosen
            tried.append(chosen.why)
            nearest = chosen
            break
    form_name = repr(form.template.form)
    detail = f"No page of the form {form_name} was found: {nearest.why}. Check that it is this form, in this version."
    return Unregistered(reason="unregistered", detail=detail, tried=tuple(tried))


def _verified(
    grey: Page, candidate: Candidate, form: PreparedForm, markers: Mapping[int, Points]
) -> Verified | Refusal:
    if contradicted(candidate, markers, form.template.pages):
        return Refusal(why="the markers say that it is another page, or lies elsewhere")
    prepared = next(page for page in form.pages if page.page.number == candidate.page)
    return verify(grey, candidate, prepared)


def _ways(
    grey: Page, form: PreparedForm, markers: Mapping[int, Points], before: Sequence[Candidate]
) -> tuple[Look, ...]:
    """Return the ways to look for pages, in order; each proposes places and says what it found.

    `before` are the places that were proposed until then.
    """
    features = [(page.page.number, page.features) for page in form.pages if page.features is not None]
    return (
        lambda: from_markers(markers, form.template.pages),
        lambda: from_features(grey, features),
        lambda: from_outline(grey, form.template, before),
    )
