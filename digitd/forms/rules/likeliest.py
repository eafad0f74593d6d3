"""Find the likeliest of all combinations without making all of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def likeliest(factors: Sequence[NDArray[np.float64]], most: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Choose one entry of each factor so that their product is large.

    Exact: whatever is among the best of all combinations is also among the best of the first factors, because the
    others multiply all of those alike. Of equal products the same ones always come first.

    Parameters
    ----------
    factors : sequence of (K,) float64
        Not negative; each of a length of its own, 1 at least.
    most : int
        Combinations to find, 1 at least.

    Returns
    -------
    choices : (M, N) intp
        For each of the M <= `most` combinations the index into each of the N factors.
    products : (M,) float64
        Largest first.
    """
    products = np.ones(1)
    choices = np.zeros((1, len(factors)), np.intp)
    for place, factor in enumerate(factors):
        if len(factor) == 1:
            products = products * factor
            continue
        grid = products[:, np.newaxis] * factor  # (M, K)
        order = np.argsort(-grid, axis=None, kind="stable")[:most]
        rows, columns = np.divmod(order, len(factor))
        products = grid.ravel()[order]
        choices = choices[rows]
        choices[:, place] = columns
    return choices, products
