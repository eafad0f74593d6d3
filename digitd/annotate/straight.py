"""Show a page of a form, or a part of it, laid straight, to a scale in millimetres, in its own colours. Pure.

A page that comes large is reduced by averaging before it is turned, since turning alone leaves pixels out, and thin
strokes with them.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digitd.values import Sheet

BEYOND = 226
"""Grey level of what the picture does not reach."""
_NOTHING = np.full((1, 1), BEYOND, np.uint8)
_WIDEST_PX = 30_000  # OpenCV turns pictures of at most 32,767 rows or columns
_FAR_PX = 1e9
_LEAST_MM, _MOST_MM = 1.0, 10_000.0
_PX_PER_MM = 120 / 25.4
"""A4 is 992 pixels wide, and a printed 3 mm letter can still be read."""
_LEAST_WIDTH_PX, _FINEST_PX_PER_MM, _LONGEST_PX = 640, 12.0, 1640


class Region(NamedTuple):
    """A rectangle of the page in mm from its top-left corner."""

    left: float
    top: float
    width: float
    height: float


class Page(NamedTuple):
    """A page that was recognised on a picture.

    Attributes
    ----------
    pixels : ndarray
        (H, W) or (H, W, 3) uint8: the picture.
    transform : ndarray
        (3, 3) float64, from mm of the page to pixels of the picture.
    width, height : float
        In mm.
    """

    pixels: NDArray[np.uint8]
    transform: NDArray[np.float64]
    width: float
    height: float

    @property
    def px_per_mm(self) -> float:
        """How large the whole page is shown: at 120 dpi; small pages larger, large ones smaller."""
        wide = min(_LEAST_WIDTH_PX / self.width, _FINEST_PX_PER_MM)
        return min(max(_PX_PER_MM, wide), _LONGEST_PX / max(self.width, self.height))

    @property
    def is_there(self) -> bool:
        """Whether there is a picture of it."""
        return self.pixels is not _NOTHING

    @property
    def whole(self) -> Region:
        """All of it."""
        return Region(0, 0, self.width, self.height)


def recognised(pixels: NDArray[np.uint8] | None, sheet: Sheet) -> Page | None:
    """Return the page of a sheet; None where it was not recognised, or says so in numbers that no page has."""
    numbers = np.asarray([*sheet.transform, *sheet.size_mm], np.float64)
    if len(sheet.transform) != 9 or not np.isfinite(numbers).all():
        return None
    width, height = sheet.size_mm
    if not all(_LEAST_MM <= side <= _MOST_MM for side in (width, height)):
        return None
    shown = np.ascontiguousarray(pixels) if pixels is not None and pixels.size else _NOTHING
    return Page(pixels=shown, transform=numbers[:9].reshape(3, 3), width=width, height=height)


def cut(page: Page, region: Region, px_per_mm: float) -> NDArray[np.uint8]:
    """Show a region at a scale, as (h, w, 3) uint8 RGB of at least one pixel."""
    columns, rows = (max(1, round(side * px_per_mm)) for side in (region.width, region.height))
    transform = page.transform / max(float(np.abs(page.transform).max()), 1e-300)  # a homography has no scale
    # (3, 3): from pixels of the result to mm of the page
    to_mm = np.array([[1 / px_per_mm, 0, region.left], [0, 1 / px_per_mm, region.top], [0, 0, 1]])
    part, to_part = _reduced(page.pixels, transform @ to_mm, columns, rows)
    if not part.size:
        return np.full((rows, columns, 3), BEYOND, np.uint8)
    # OpenCV numbers the middles of pixels by whole numbers
    shown = cv2.warpPerspective(
        part,
        _shift(-0.5) @ to_part @ _shift(0.5),
        (columns, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(BEYOND, BEYOND, BEYOND),
    )
    return np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2RGB) if shown.ndim == 2 else shown, np.uint8)


def _reduced(
    pixels: NDArray[np.uint8], to_picture: NDArray[np.float64], columns: int, rows: int
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Cut out what a result of `columns` x `rows` shows, and reduce it to about that resolution, or twice it.

    Returns
    -------
    part : ndarray
        May be empty.
    to_part : ndarray
        (3, 3), from pixels of the result to pixels of the part.
    """
    corners = _mapped(to_picture, np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float64))
    height, width = pixels.shape[:2]
    if corners is None:
        left, top, right, bottom, finer = 0, 0, width, height, 1.0
    else:
        (left, top), (right, bottom) = _within(corners, width, height)
        sides = np.abs(np.roll(corners, -1, axis=0) - corners).max(axis=1)
        finer = float(np.median(sides / (columns, rows, columns, rows)))
    part = pixels[top:bottom, left:right]
    to_part = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64) @ to_picture
    divisor = max(1, int(min(64.0, finer)), -(-max(part.shape[:2]) // _WIDEST_PX))
    if divisor == 1 or not part.size:
        return part, to_part
    size = (max(1, part.shape[1] // divisor), max(1, part.shape[0] // divisor))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    return small, np.diag([size[0] / part.shape[1], size[1] / part.shape[0], 1]) @ to_part


def _mapped(homography: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Map (n, 2) points; None where one of them lies near the horizon or behind it."""
    with np.errstate(all="ignore"):
        mapped = np.column_stack([points, np.ones(len(points))]) @ homography.T
        plane = mapped[:, :2] / mapped[:, 2:]
    is_ahead = (mapped[:, 2] > 0).all() or (mapped[:, 2] < 0).all()
    return plane if is_ahead and (np.abs(plane) < _FAR_PX).all() else None


def _within(corners: NDArray[np.float64], width: int, height: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first and the last column and row of a picture that corners enclose, and two pixels more."""
    low = np.clip(np.floor(corners.min(axis=0)) - 2, 0, (width, height)).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 2, 0, (width, height)).astype(int)
    return (int(low[0]), int(low[1])), (int(high[0]), int(high[1]))


def _shift(by: float) -> NDArray[np.float64]:
    return np.array([[1, 0, by], [0, 1, by], [0, 0, 1]], np.float64)
