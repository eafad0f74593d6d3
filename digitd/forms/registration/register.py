"""Look for the pages of a form on a picture, one way after the other, until the verifier is sure of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitd.forms.placed import Registration, Unregistered
from digitd.forms.registration.bare import is_bare
from digitd.forms.registration.features import from_features
from digitd.forms.registration.markers import from_markers
from digitd.forms.registration.outline import from_outline
from digitd.forms.registration.verify import Refusal, verify
from digitd.imaging.light import to_grey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from digitd.forms.registration.candidates import Candidate
    from digitd.forms.registration.prepare import PreparedForm

    Page = NDArray[np.uint8]

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
    nearest = Refusal(why="nothing on the page looks like the form")
    tried: list[str] = []
    for look in _ways(grey, form):
        proposed, note = look()
        tried.append(note)
        for candidate in proposed:
            prepared = next(page for page in form.pages if page.page.number == candidate.page)
            result = verify(grey, candidate, prepared)
            if isinstance(result, Registration):
                return result
            tried.append(f"{candidate.method}: not page {candidate.page}: {result.why}")
            nearest = max(nearest, result, key=lambda refusal: refusal.share)
    detail = (
        f"No page of the form {form.template.form!r} was found: {nearest.why}. Check that it is this form and version."
    )
    return Unregistered(reason="unregistered", detail=detail, tried=tuple(tried))


def _ways(grey: Page, form: PreparedForm) -> Iterable[Callable[[], tuple[list[Candidate], str]]]:
    features = [(page.page.number, page.features) for page in form.pages if page.features is not None]
    return (
        lambda: from_markers(grey, form.template.pages),
        lambda: from_features(grey, features),
        lambda: from_outline(grey, form.template.pages),
    )
