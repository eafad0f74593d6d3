"""Time a call on one thing after another."""

import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import TypeVar

T = TypeVar("T")


def median_us(call: Callable[[T], object], items: Iterable[T]) -> float:
    """Return the median microseconds that a call takes on these, one after another."""
    spent = []
    for item in items:
        began = time.perf_counter()
        call(item)
        spent.append(time.perf_counter() - began)
    return 1e6 * median(spent)
