"""Write real MNIST digits into the boxes of a form, as a pen would."""

from dataclasses import dataclass

import cv2
import numpy as np

from tests.forms.simulation.figures import figures_for
from tests.forms.simulation.layout import blank_page
from tests.forms.simulation.values import DPI, PER_MM, Filled

_PENS = ((28, 40, 120), (45, 70, 165), (22, 22, 26), (50, 50, 52), (92, 92, 96))
"""RGB: three ballpoints and ink, and a pencil."""
_PEN_SHARES = (0.3, 0.2, 0.25, 0.15, 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """MNIST digits to write with: images (N, 28, 28) uint8, 255 = ink, and the rows of each digit."""

    images: np.ndarray
    rows: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, images, labels):
        return cls(images=images, rows=tuple(np.flatnonzero(labels == digit) for digit in range(10)))

    def draw(self, digit, rng):
        """Return a digit by some writer."""
        return self.images[rng.choice(self.rows[int(digit)])]


def fill(layout, page, digits, rng, *, colour=False) -> Filled:
    """Fill in a page; `digits` are Digits, and `rng` decides everything."""
    figures = figures_for(layout, page, rng)
    picture = blank_page(layout, page, DPI)
    picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB) if colour else picture.copy()
    pen = np.array(_PENS[rng.choice(len(_PENS), p=_PEN_SHARES)], float) + rng.normal(0, 5)
    size = rng.uniform(0.62, 0.88)
    for field in layout.template.fields_of(page):
        for box, figure in zip(field.boxes, figures[field.name], strict=True):
            if figure != " ":
                share = np.clip(size + rng.normal(0, 0.06), 0.55, 0.95)
                _write(picture, box, digits.draw(figure, rng), share, pen, rng)
    return Filled(layout=layout, page=page, picture=picture, figures=figures)


def stroke(digit, scale):
    """Enlarge a digit to the smooth edges of a pen: (h, w) float32 coverage, cut out with a margin of one pixel of it.

    Enlarged by blurring, which hides MNIST's pixels, and then made as steep as a line of ink is.
    """
    x, y, width, height = cv2.boundingRect((digit > 60).view(np.uint8))
    tight = np.pad(digit, 2)[y : y + height + 4, x : x + width + 4].astype(np.float32) / 255
    size = max(1, round((width + 4) * scale)), max(1, round((height + 4) * scale))
    large = cv2.GaussianBlur(cv2.resize(tight, size, interpolation=cv2.INTER_CUBIC), (0, 0), 0.6 * scale)
    return np.clip(0.5 + 3.5 * (large - 0.4), 0, 1)


def _write(picture, box, digit, share, pen, rng):
    """Write a digit somewhere in its box; it may leave it by a little."""
    _, _, width, height = cv2.boundingRect((digit > 60).view(np.uint8))
    scale = share * min(box.width / width, box.height / height) * PER_MM
    ink = stroke(digit, scale)
    spare = np.array([box.width, box.height]) * PER_MM - np.array([width, height]) * scale
    reach = spare / 2 + 0.04 * box.width * PER_MM
    off = np.clip(rng.normal(0, 0.45 * spare / 2 + 0.01), -reach, reach)
    middle = np.array([box.x + box.width / 2, box.y + box.height / 2]) * PER_MM + off
    left, top = np.rint(middle - np.array(ink.shape[::-1]) / 2).astype(int)
    left, top = max(left, 0), max(top, 0)
    part = picture[top : top + ink.shape[0], left : left + ink.shape[1]]
    ink = ink[: part.shape[0], : part.shape[1]] * np.float32(rng.uniform(0.82, 1))
    level = pen if picture.ndim == 3 else np.array([0.299, 0.587, 0.114]) @ pen
    ink = ink[..., None] if picture.ndim == 3 else ink
    part[...] = np.rint(part - ink * np.maximum(part - level, 0)).astype(np.uint8)
