"""Sizes of paper, in mm (ISO 216; ANSI/ASME Y14.1 for Letter and Legal)."""

import re

SIZES = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A6": (105.0, 148.0),
    "Letter": (215.9, 279.4),
    "Legal": (215.9, 355.6),
}
"""Width and height, upright."""

SAME_MM = 1.5
"""Sizes that differ by no more are the same: PDF pages are rounded to points, and scans to pixels."""

LARGEST_MM = 2000.0
"""Of a side of a page."""
_BY_SIDES = re.compile(r"\s*([0-9]{2,4}(?:\.[0-9]+)?)\s*[xX*,]\s*([0-9]{2,4}(?:\.[0-9]+)?)\s*(?:mm)?\s*")


def size_of(text: str) -> tuple[float, float] | None:
    """Return the size that is meant by a name, or by width and height in mm, ``148x210``; None for anything else."""
    names = {name.lower(): size for name, size in SIZES.items()}
    if text.lower() in names:
        return names[text.lower()]
    found = _BY_SIDES.fullmatch(text)
    if found is None or not all(10 <= float(side) <= LARGEST_MM for side in found.groups()):
        return None
    return float(found[1]), float(found[2])


def name_of(width: float, height: float) -> str:
    """Return the name of a size of upright paper in mm; empty for any other."""
    for name, (across, down) in SIZES.items():
        if abs(width - across) <= SAME_MM and abs(height - down) <= SAME_MM:
            return name
    return ""
