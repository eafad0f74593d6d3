"""Fit a page of any size into a window of a picture, and say where its ink lies there. Pure.

Small ink on a large page is shown as a detail of the page, since a person is to check what was read.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitd.values import Box

_LEAST_INK_PX = 64  # ink that would be shown smaller than this is shown as a detail
_DETAIL_SPAN = 3.2  # a detail is so many times as wide as its ink: enough of the page to find the place
_CLOSE_SPAN = 1.5  # and this where only the ink matters
_PIXEL_ART = 4  # from this enlargement on every pixel is shown as a square; below, edges are smoothed
_LARGEST_PIXEL = 32
_LEAST_LINEAR = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a picture shows of a page.

    Attributes
    ----------
    pixels : ndarray
        (h, w, 3) uint8 RGB.
    ink : Box or None
        Every pixel of the view that the page's ink box touches, in pixels of the view.
    page_size : tuple of int
        Width and height of the page in its own pixels.
    is_detail : bool
        Whether the view is a part of the page.
    """

    pixels: NDArray[np.uint8]
    ink: Box | None
    page_size: tuple[int, int]
    is_detail: bool


def fit(page: NDArray[np.uint8], ink: Box | None, *, width: int, height: int, closely: bool = False) -> View:
    """Reduce or enlarge a page to `width` x `height` pixels at most, keeping its proportions.

    Parameters
    ----------
    page : ndarray
        (H, W) uint8 grey or (H, W, 3) uint8 RGB, at least 1x1.
    ink : Box or None
        On the page; what lies outside the page is cut off.
    width, height : int
        The window in pixels.
    closely : bool
        Show the ink and a little round it, however well the whole page would show it.
    """
    whole = Box(x=0, y=0, width=page.shape[1], height=page.shape[0])
    ink = _intersection(ink, whole) if ink else None
    window = _window(whole, ink, width=width, height=height, closely=closely)
    part = np.ascontiguousarray(page[window.y : window.y + window.height, window.x : window.x + window.width])
    pixels = _resized(part, width=width, height=height)
    return View(
        pixels=pixels,
        ink=_scaled(ink, window, pixels.shape[1], pixels.shape[0]) if ink else None,
        page_size=(whole.width, whole.height),
        is_detail=window != whole,
    )


def _intersection(box: Box, other: Box) -> Box | None:
    left, top = max(box.x, other.x), max(box.y, other.y)
    right = min(box.x + box.width, other.x + other.width)
    bottom = min(box.y + box.height, other.y + other.height)
    return Box(x=left, y=top, width=right - left, height=bottom - top) if left < right and top < bottom else None


def _window(whole: Box, ink: Box | None, *, width: int, height: int, closely: bool) -> Box:
    """Choose the whole page, or where its ink would come out too small, the ink's surroundings."""
    if ink is None:
        return whole
    longest = max(ink.width, ink.height)
    if not closely and longest * min(width / whole.width, height / whole.height) >= min(_LEAST_INK_PX, longest):
        return whole
    reach = max(ink.height, ink.width * height / width)
    span_y = round((_CLOSE_SPAN if closely else _DETAIL_SPAN) * reach)
    span_x = round(span_y * width / height)
    around = Box(
        x=_slid(ink.x + ink.width // 2 - span_x // 2, span_x, whole.width),
        y=_slid(ink.y + ink.height // 2 - span_y // 2, span_y, whole.height),
        width=span_x,
        height=span_y,
    )
    return _intersection(around, whole) or whole


def _slid(start: int, span: int, extent: int) -> int:
    return max(0, min(start, extent - span))


def _resized(part: NDArray[np.uint8], *, width: int, height: int) -> NDArray[np.uint8]:
    rows, columns = part.shape[:2]
    scale = min(width / columns, height / rows)
    # from half size up no pixel is left out, and this is within a grey level of INTER_AREA in a tenth of its time
    how = cv2.INTER_AREA if scale < _LEAST_LINEAR else cv2.INTER_LINEAR
    if scale >= _PIXEL_ART:
        scale, how = min(int(scale), _LARGEST_PIXEL), cv2.INTER_NEAREST
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    sized = cv2.resize(part, size, interpolation=how)
    return np.asarray(cv2.cvtColor(sized, cv2.COLOR_GRAY2RGB) if sized.ndim == 2 else sized, dtype=np.uint8)


def _scaled(ink: Box, window: Box, columns: int, rows: int) -> Box:
    """Map the ink box from the page into the view, rounded outward."""
    left = (ink.x - window.x) * columns // window.width
    top = (ink.y - window.y) * rows // window.height
    right = -((window.x - ink.x - ink.width) * columns // window.width)
    bottom = -((window.y - ink.y - ink.height) * rows // window.height)
    return Box(x=left, y=top, width=right - left, height=bottom - top)
