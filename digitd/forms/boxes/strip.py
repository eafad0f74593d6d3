"""Cut the strip of a field out of a picture: straight, at a fixed resolution, in even light.

Residual risk: what is darker than paper over more than a box is a shadow, unless it is darker than shadows are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.forms.boxes.creases import without_creases
from digitd.forms.registration.geometry import between_centres
from digitd.imaging.light import to_grey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.forms.placed import Homography
    from digitd.forms.template import Field

    Missing = NDArray[np.uint8]
    """(H, W) uint8, 0 = paper, 255 = no light."""

_SIDE_PX = 60
"""Of the smaller side of a box: at 6 mm it makes 10 pixels a millimetre, so that a digit has 40 to 70."""
_FINEST, _COARSEST = 20.0, 4.0
"""Pixels a millimetre: for boxes under 3 mm, and over 15 mm."""
BORDER_REACH_MM = 0.7
"""How far from where it should be a printed border may run."""
_MARGIN = 0.3
"""Of the smaller side of a box: digits that start outside their box mostly stay within it."""
_LONGEST_PX = 8000
"""Of a strip: boxes that are further apart are seen less finely."""
_COARSER = 1.6
"""Times: a picture that is finer than its strip by more is averaged first, or pixels would be passed over."""
_SEEN_AT = 4
"""Times smaller is the strip in which light is judged."""
_WIDER = 1.15
"""Times the smaller side of a box: so wide is no ink, but shadow."""
_DARKEST_SHADOW = 0.4
"""Of the light of the brightest paper of a strip: what is darker is ink, however wide it is."""
_LEAST_LIGHT = 24
"""Grey levels: paper that is darker shows nothing."""
_CALM = 4.0
"""Of 255: noisier strips are smoothed, as strokes are wider than grain."""
_STROKE_MM = 0.18
"""Deviation of that blur: half the width of a fine pen."""
_PATCH_PX = 7
"""Noise is measured in patches of this size that are calm: those have neither ink nor print."""
_CALM_SHARE = 20
"""Percent of the patches, at least, have nothing but paper in them."""
_SPREAD = 1.2
"""Times as noisy as the calmest is the middle one of the patches with nothing but paper in them."""
_EVERY = 3
"""Pixels, of which one is enough to tell the noise of a strip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A field as seen from above.

    Attributes
    ----------
    missing : (H, W) uint8
        0 = paper, 255 = no light.
    level_lines : (H, W) uint8
        The same of lines longer than a box; pale ones are no more in `missing`.
    noise : float
        Standard deviation of `missing` on paper.
    boxes : (N, 4) float64
        Left, top, right and bottom of each box, in pixels; the first pixel covers 0 to 1.
    per_mm : float
        Pixels a millimetre.
    is_seen : (H, W) bool or None
        What the picture shows; None where it shows all.
    """

    missing: Missing
    level_lines: Missing
    noise: float
    boxes: NDArray[np.float64]
    per_mm: float
    is_seen: NDArray[np.bool_] | None = None


def strip_of(picture: NDArray[np.uint8], place: Homography, field: Field) -> Strip:
    """Cut the strip of a field.

    Parameters
    ----------
    picture : (H, W) or (H, W, 3) uint8
        Grey or RGB, 0 = ink.
    place : Homography
        Of the field, from mm of the page to pixels of the picture.
    field : Field
    """
    boxes = np.array([(box.x, box.y, box.right, box.bottom) for box in field.boxes], float)
    side = float(min(min(box.width, box.height) for box in field.boxes))
    margin = _MARGIN * side
    left, top = boxes[:, :2].min(axis=0) - margin
    right, bottom = boxes[:, 2:].max(axis=0) + margin
    per_mm = min(max(_SIDE_PX / side, _COARSEST), _FINEST, _LONGEST_PX / max(right - left, bottom - top))
    size = max(1, round((right - left) * per_mm)), max(1, round((bottom - top) * per_mm))
    to_mm = np.array([[1 / per_mm, 0, left], [0, 1 / per_mm, top], [0, 0, 1]])
    grey, is_seen = _straight(picture, place @ to_mm, size)
    share = _share(grey, round(_WIDER * side * per_mm))
    missing, noise = _levelled(share)
    if noise > _CALM:
        blurred = np.asarray(cv2.GaussianBlur(share, (0, 0), _STROKE_MM * per_mm), np.int16)
        missing, noise = _levelled(blurred)
    missing, level_lines = without_creases(missing, per_mm * max(box.width for box in field.boxes))
    return Strip(
        missing=missing,
        level_lines=level_lines,
        noise=noise,
        boxes=(boxes - (left, top, left, top)) * per_mm,
        per_mm=per_mm,
        is_seen=None if is_seen.all() else is_seen,
    )


def _straight(
    picture: NDArray[np.uint8], transform: Homography, size: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return (grey, what of it the picture shows), both of a size; the homography leads to pixels of the picture."""
    width, height = size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    there = cv2.perspectiveTransform(corners[None], transform)[0]
    rows, columns = picture.shape[:2]
    low = np.clip(np.floor(there.min(axis=0)) - 2, 0, (columns - 1, rows - 1)).astype(int)
    high = np.clip(np.ceil(there.max(axis=0)) + 2, low + 1, (columns, rows)).astype(int)
    part = to_grey(picture[low[1] : high[1], low[0] : high[0]])
    sides = np.linalg.norm(there - np.roll(there, 1, axis=0), axis=1) / (height, width, height, width)
    finer = float(sides.min())
    factor = 1.0
    if finer > _COARSER:
        factor = 1 / finer
        reduced = max(1, round(part.shape[1] * factor)), max(1, round(part.shape[0] * factor))
        part = np.asarray(cv2.resize(part, reduced, interpolation=cv2.INTER_AREA), np.uint8)
    scale = part.shape[1] / (high[0] - low[0]), part.shape[0] / (high[1] - low[1])
    to_part = np.array([[scale[0], 0, -low[0] * scale[0]], [0, scale[1], -low[1] * scale[1]], [0, 0, 1]])
    between = between_centres(to_part @ transform)
    flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
    grey = cv2.warpPerspective(part, between, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    inside = ((there >= -1) & (there <= (columns + 1, rows + 1))).all()
    if inside:
        return np.asarray(grey, np.uint8), np.ones((1, 1), bool)
    seen = cv2.warpPerspective(np.ones(part.shape, np.uint8), between, size, flags=flags, borderValue=0)
    return np.asarray(grey, np.uint8), np.asarray(seen, bool)


def _share(grey: NDArray[np.uint8], widest_px: int) -> NDArray[np.int16]:
    """Return the share of light, of 255, that is missing in (H, W) uint8; nothing so wide is ink."""
    height, width = grey.shape
    size = max(1, width // _SEEN_AT), max(1, height // _SEEN_AT)
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    reach = max(3, 2 * round(widest_px / _SEEN_AT / 2) + 1)
    kernel = np.ones((reach, reach), np.uint8)
    # the closing sees no further than the strip; beyond its edge nothing counts
    light = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), np.uint8)
    brightest = float(np.percentile(light, 90))
    light = np.maximum(light, max(_LEAST_LIGHT, _DARKEST_SHADOW * brightest)).astype(np.uint8)
    paper = np.asarray(cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.int16(255) - np.asarray(cv2.divide(grey, paper, scale=255, dtype=cv2.CV_16S), np.int16)


def _levelled(share: NDArray[np.int16]) -> tuple[Missing, float]:
    """Return (the light that is missing, 0 on paper; its noise there)."""
    whole = share.astype(np.float32)
    mean = cv2.blur(whole, (_PATCH_PX, _PATCH_PX))
    deviation = np.sqrt(np.maximum(cv2.blur(whole * whole, (_PATCH_PX, _PATCH_PX)) - mean * mean, 0))
    every = slice(None, None, _EVERY)
    means, deviations = mean[every, every].ravel(), deviation[every, every].ravel()
    calm = float(np.percentile(deviations, _CALM_SHARE))
    paper = round(float(np.percentile(means[deviations <= calm], 30)))  # inside a block of ink it is calm too
    return np.clip(share - np.int16(paper), 0, 255).astype(np.uint8), max(1.0, _SPREAD * calm)
