"""Score all values of a long list at once."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def likeliest_allowed(allowed: frozenset[str], chances: NDArray[np.float64], most: int) -> list[tuple[str, float]]:
    """Find the likeliest values of a list.

    Parameters
    ----------
    allowed : frozenset of str
        Those of another length, or of anything but digits, are not what was written.
    chances : (L, 10) float64
        Probabilities of the digits in each box.
    most : int
        Values to find, 1 at least.

    Returns
    -------
    list of (str, float)
        Values and their products of probabilities, largest first; none of which is 0. The same ones always come first
        of equals.
    """
    columns = _by_length(allowed).get(len(chances))
    if columns is None:
        return []
    products = np.ones(columns.shape[1])
    for column, of_digits in zip(columns, chances, strict=True):
        products *= of_digits[column]
    least = 0.0 if len(products) <= most else float(np.partition(products, -most)[-most])
    kept = np.flatnonzero((products >= least) & (products > 0))
    best = kept[np.argsort(-products[kept], kind="stable")][:most]
    values = ["".join(map(str, row)) for row in columns[:, best].T.tolist()]
    return list(zip(values, products[best].tolist(), strict=True))


@lru_cache(maxsize=32)  # laying out 50,000 values takes 40 ms, scoring them 1 ms
def _by_length(allowed: frozenset[str]) -> Mapping[int, NDArray[np.uint8]]:
    """Lay out values as (L, K) uint8 digits for each length L, in the order of the K values."""
    groups: dict[int, list[str]] = {}
    for value in sorted(allowed):
        if value.isascii() and value.isdigit():
            groups.setdefault(len(value), []).append(value)
    return {length: _columns(group, length) for length, group in groups.items()}


def _columns(values: list[str], length: int) -> NDArray[np.uint8]:
    codes = np.frombuffer("".join(values).encode("ascii"), np.uint8)
    rows = codes.reshape(-1, length) - np.uint8(ord("0"))  # (K, L)
    return np.ascontiguousarray(rows.T)
