"""Digits on pages, and how far a glyph is from the digit that was drawn."""

import cv2
import numpy as np


def drawn(digit, *, scale=1, at=(0, 0), size=None):
    """Draw (28, 28) ink black on white at `at` = (row, column) of a page of `size` = (height, width)."""
    large = cv2.resize(digit, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC) if scale > 1 else digit
    height, width = large.shape
    page = np.full(size or large.shape, 255, np.uint8)
    page[at[0] : at[0] + height, at[1] : at[1] + width] = 255 - large
    return page


def distance(glyph, digit):
    """Mean absolute difference in grey levels over the 784 pixels, for the best of nine positions.

    The shift to the centre of mass is an integer: half of all digits lie so that a trace of blur tips it over. To
    compare with, on MNIST: a digit differs by 8 from itself half a pixel to the right, by 16 a whole pixel to the
    right, and by 25 to 55 (nine in ten) from another digit in its best position.
    """
    moved = [np.roll(glyph.pixels, (y, x), (0, 1)).astype(int) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return min(float(np.abs(pixels - digit).mean()) for pixels in moved)


def ink_mask(digit, *, scale=1.6, at=(14, 14), size=(72, 72)):
    """Draw (28, 28) ink as a mask, (H, W) uint8, 1 = ink, as large as the normaliser looks at digits."""
    return (drawn(digit, scale=scale, at=at, size=size) < 155).view(np.uint8)


def with_strokes(mask, strokes, *, thickness=2):
    """Add straight strokes, ((x, y), (x, y)) each, to (H, W) uint8, 1 = ink."""
    lined = mask.copy()
    for begin, end in strokes:
        cv2.line(lined, begin, end, 1, thickness)
    return lined


def sides(left, top, right, bottom, which="ltrb"):
    """Return the named sides of a box as strokes."""
    of = {
        "l": ((left, top), (left, bottom)),
        "t": ((left, top), (right, top)),
        "r": ((right, top), (right, bottom)),
        "b": ((left, bottom), (right, bottom)),
    }
    return [of[name] for name in which]


def overlap(one, other):
    """Return the share of the ink of two masks that both have."""
    return float(np.count_nonzero(one & other) / np.count_nonzero(one | other))
