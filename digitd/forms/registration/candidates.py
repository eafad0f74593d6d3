"""Where a page may lie: what each way of looking for it proposes, and what the verifier is asked about."""

from dataclasses import dataclass

from digitd.forms.placed import Homography


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A proposal.

    Attributes
    ----------
    page : int
        Of the form, from 1.
    transform : Homography
    method : str
        ``markers``, ``features`` or ``outline``.
    """

    page: int
    transform: Homography
    method: str
