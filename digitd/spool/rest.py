"""Where a file ends: a name in ``done/`` or ``failed/`` that is free, and the name of the reason beside it."""

import os
from pathlib import Path

from digitd.names import NAME_MAX_BYTES, with_suffix

REASON_SUFFIX = ".reason.json"


def resting_place(folder: Path, name: str, number: int) -> Path:
    """Return a free path for a file of this name.

    A name that is taken gets the number of the delivery, which is used once. So does a name that looks like that of a
    reason, lest the reason of another file overwrites it.
    """
    place = folder / name
    if name.endswith(REASON_SUFFIX) or os.path.lexists(place):
        return place.with_name(with_suffix(place.stem, f"~{number}{place.suffix}"))
    return place


def reason_name(name: str, number: int) -> str:
    """Return the name of the reason file; the number keeps names apart that had to be shortened."""
    if len(os.fsencode(name + REASON_SUFFIX)) <= NAME_MAX_BYTES:
        return name + REASON_SUFFIX
    return with_suffix(name, f"~{number}{REASON_SUFFIX}")
