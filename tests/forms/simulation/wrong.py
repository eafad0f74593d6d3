"""Pages that are none of a form's, filled in like them: nothing on them may be read."""

import numpy as np

from tests.forms.simulation.layout import moved
from tests.forms.simulation.phone import photograph
from tests.forms.simulation.scanner import scan
from tests.forms.simulation.values import DPI, Filled
from tests.forms.simulation.writing import fill

KINDS = ("another form", "older version", "half a page", "empty sheet")


def wrong_page(kind, layout, other, digits, rng):
    """Take a picture of a wrong page.

    Parameters
    ----------
    kind : str
        Of `KINDS`.
    layout, other : Layout
        The form that is expected, and another one.
    digits : Digits
    rng : Generator

    Returns
    -------
    picture : (H, W) or (H, W, 3) uint8
    capture : Capture or None
        Of an older version, where fields have the same names: what is written where; None of all others.
    """
    take = scan if rng.random() < 0.5 else photograph
    page = int(rng.integers(len(layout.template.pages))) + 1
    if kind == "another form":
        page = int(rng.integers(len(other.template.pages))) + 1
        return take(fill(other, page, digits, rng), rng).picture, None
    if kind == "older version":
        capture = take(fill(older(layout, page, rng), page, digits, rng), rng)
        return capture.picture, capture
    if kind == "half a page":
        return _halved(scan(fill(layout, page, digits, rng), rng, quarters=0), rng), None
    return take(_empty(layout, page), rng).picture, None


def older(layout, page, rng):
    """Make a version in which boxes lie half a box off, to the right, down or both: all, or those of the lower half.

    Words that belong to no field stay. Where there are hardly any, all boxes moved would be the same form printed
    elsewhere on the sheet, so the upper half always stays.
    """
    fields = layout.template.fields_of(page)
    box = fields[0].boxes[0]
    way, only_lower = rng.integers(3), rng.random() < 0.5
    heights = sorted(field.boxes[0].y for field in fields)
    below = heights[len(heights) // 2] if only_lower or layout.template.form == "bare" else 0.0
    return moved(layout, box.width / 2 * (way != 1), box.height / 2 * (way != 0), below)


def _halved(scanned, rng):
    """Cut a scan across, so that half of its boxes are gone, and keep either part."""
    heights = np.concatenate([places[:, 1] for places in scanned.centres.values()])
    cut = int(np.clip(np.median(heights), 0.2 * len(scanned.picture), 0.8 * len(scanned.picture)))
    return scanned.picture[:cut] if rng.random() < 0.5 else scanned.picture[cut:]


def _empty(layout, page):
    size = layout.page(page)
    picture = np.full((round(size.height * DPI / 25.4), round(size.width * DPI / 25.4)), 255, np.uint8)
    return Filled(layout=layout, page=page, picture=picture, figures={})
