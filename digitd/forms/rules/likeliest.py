"""Find the likeliest of all combinations without making all of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_LEAST_SHARE = 1e-6
"""Of the largest product. What is below it changes no probability in its first five places."""


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
        For each of the M <= `most` combinations the index into each of the N factors. Those that are less than a
        millionth as likely as the best are left out.
    products : (M,) float64
        Largest first.
    """
    products = np.ones(1)
    choices = np.zeros((1, len(factors)), np.intp)
    for place, factor in enumerate(factors):
        if len(factor) == 1:
            products = products * factor
            continue
        grid = np.multiply.outer(products, factor).ravel()  # (M * K,)
        kept = np.flatnonzero(grid >= _least_of(grid, most))
        best = kept[np.argsort(-grid[kept], kind="stable")][:most]
        rows, columns = np.divmod(best, len(factor))
        products = grid[best]
        choices = choices[rows]
        choices[:, place] = columns
    return choices, products


def _least_of(products: NDArray[np.float64], most: int) -> float:
    """Return a product that no more than about `most` others reach."""
    worth_it = float(products.max()) * _LEAST_SHARE
    return worth_it if len(products) <= most else max(worth_it, float(np.partition(products, -most)[-most]))
