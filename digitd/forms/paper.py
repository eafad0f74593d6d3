"""Sizes of paper, in mm (ISO 216; ANSI/ASME Y14.1 for Letter and Legal)."""

SIZES = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A6": (105.0, 148.0),
    "Letter": (215.9, 279.4),
    "Legal": (215.9, 355.6),
}
"""Width and height, upright."""

_SAME_MM = 1.5
"""Sizes that differ by no more are the same: PDF pages are rounded to points, and scans to pixels."""


def name_of(width: float, height: float) -> str:
    """Return the name of a size of upright paper in mm; empty for any other."""
    for name, (across, down) in SIZES.items():
        if abs(width - across) <= _SAME_MM and abs(height - down) <= _SAME_MM:
            return name
    return ""
