"""Draw a template over a page: each field in a colour of its own, numbered and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from digitd.forms.placed import Homography
    from digitd.forms.template import Field

_COLOURS = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (86, 80, 160))
"""RGB, told apart under the common colour-vision deficiencies (Okabe and Ito 2008)."""
_LONGEST = 2000
"""Pixels of the longer side: larger pages are reduced."""
_LEAST = 1200
"""And smaller ones enlarged, so that names can be read."""
_LABEL_MM = 2.2


def draw_preview(
    page: NDArray[np.uint8], fields: Sequence[Field], places: Mapping[str, Homography], per_mm: float
) -> NDArray[np.uint8]:
    """Draw fields over a page.

    Parameters
    ----------
    page : (H, W) or (H, W, 3) uint8
        Grey or RGB.
    fields : sequence of Field
    places : mapping of str to Homography
        Where each is: from mm of the page to pixels of the picture.
    per_mm : float
        Pixels of the picture a mm, about.

    Returns
    -------
    (h, w, 3) uint8
        RGB.
    """
    longest = max(page.shape[:2])
    factor = min(_LONGEST / longest, max(1.0, _LEAST / longest))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    drawn = np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=way), np.uint8)
    if drawn.ndim == 2:
        drawn = np.asarray(cv2.cvtColor(drawn, cv2.COLOR_GRAY2RGB), np.uint8)
    drawn = np.asarray(cv2.addWeighted(drawn, 0.75, np.full_like(drawn, 255), 0.25, 0), np.uint8)
    scale = np.diag([factor, factor, 1.0])
    outlines = [_outlines(field, scale @ places[field.name]) for field in fields]
    # where fields are close, names lie on the boxes above: these are drawn last, because they are what is looked for
    for number, (field, quads) in enumerate(zip(fields, outlines, strict=True)):
        _draw_name(drawn, f"{number + 1} {field.name}", quads, _COLOURS[number % len(_COLOURS)], per_mm * factor)
    for number, quads in enumerate(outlines):
        thickness = max(1, round(per_mm * factor / 4))
        cv2.polylines(drawn, quads, True, _COLOURS[number % len(_COLOURS)], thickness, cv2.LINE_AA)
    return drawn


def _outlines(field: Field, place: Homography) -> list[NDArray[np.int32]]:
    """Return the four corners of each box, (4, 2)."""
    corners = np.array([box.corners for box in field.boxes], float)  # (boxes, 4, 2)
    there = cv2.perspectiveTransform(corners.reshape(1, -1, 2), place).reshape(corners.shape)
    return list(np.rint(there).astype(np.int32))


def _draw_name(
    drawn: NDArray[np.uint8], label: str, quads: list[NDArray[np.int32]], colour: tuple[int, int, int], per_mm: float
) -> None:
    size = max(0.35, per_mm * _LABEL_MM / 22)  # Hershey capitals are 22 pixels high at size 1
    (width, height), base = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    left, top = int(quads[0][:, 0].min()), int(quads[0][:, 1].min())
    baseline = top - max(2, round(per_mm / 2))
    if baseline - height < 0:
        baseline = int(quads[0][:, 1].max()) + height + 4
    cv2.rectangle(drawn, (left, baseline - height - 2), (left + width + 2, baseline + base - 1), (255, 255, 255), -1)
    cv2.putText(drawn, label, (left + 1, baseline), cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)
