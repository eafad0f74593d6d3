"""What the cnn is taught: the digits themselves, the same on pages, digits as others write them, and what is no digit.

Everything but the digits themselves is drawn, then passed through the normaliser that serves, so that the model sees in
training what it will see in use. Pools are drawn once; augmentation varies them in every epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digitd.imaging.normalise import normalise
from digitd.training.pages import draw_page
from digitd.training.rubbish import TAUGHT, rubbish_glyphs
from digitd.training.written import written_digits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digitd.training.digits import Part

NO_DIGIT = 10
"""Label of what is no digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How much is drawn beside the digits given, as shares of them.

    Attributes
    ----------
    pages : float
        The same digits on pages.
    written : float
        Digits by other hands.
    rubbish : float
        What is no digit.
    empty : float
        Pages without a digit on which the normaliser finds something all the same.
    """

    pages: float
    written: float
    rubbish: float
    empty: float


TO_LEARN = Shares(pages=0.40, written=0.16, rubbish=0.22, empty=0.05)
"""Much of what is difficult, since weights are made by it."""
IN_USE = Shares(pages=0.10, written=0.16, rubbish=0.02, empty=0.005)
"""As in an office's inbox: one page in ten is bad, one in fifty no digit. What a confidence is worth depends on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Glyphs with labels, among them some of what is no digit.

    Attributes
    ----------
    images : (N, 28, 28) uint8, 255 = ink
    labels : (N,) int64, 0-9, or 10 for no digit
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of glyphs."""
        return len(self.labels)


def digits_only(part: Part) -> Lessons:
    """Teach the digits of a part and nothing else."""
    return Lessons(images=part.images, labels=part.labels)


def broad_lessons(part: Part, shares: Shares, *, seed: int) -> Lessons:
    """Draw lessons around the digits of a part; none of what is drawn uses any other digits.

    Parameters
    ----------
    part : Part
    shares : Shares
    seed : int
        The same seed draws the same.
    """
    on_pages, on_pages_labels = _on_pages(part, round(shares.pages * len(part)), seed=seed)
    written, written_labels = written_digits(round(shares.written * len(part)), seed=seed)
    rubbish = rubbish_glyphs(TAUGHT, round(shares.rubbish * len(part)), seed=seed, digits=part.images)
    empty = _empty(round(shares.empty * len(part)), seed=seed)
    none = np.full(len(rubbish) + len(empty), NO_DIGIT, np.int64)
    return Lessons(
        images=np.concatenate([part.images, on_pages, written, rubbish, empty]),
        labels=np.concatenate([part.labels, on_pages_labels, written_labels, none]),
    )


def _on_pages(part: Part, count: int, *, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw digits on pages and bring them back: ((N, 28, 28) uint8, (N,) labels), N a little under `count`."""
    rng = np.random.default_rng([seed, 1])
    glyphs, labels = [], []
    for row, other in rng.integers(len(part), size=(count, 2)):
        glyph = normalise(draw_page(part.images[row], part.images[other], rng))
        if glyph is not None:
            glyphs.append(glyph.pixels)
            labels.append(part.labels[row])
    return np.array(glyphs, np.uint8).reshape(-1, 28, 28), np.array(labels, np.int64)


def _empty(count: int, *, seed: int) -> NDArray[np.uint8]:
    """Draw pages without a digit until the normaliser has found something on `count`: (count, 28, 28) uint8."""
    rng = np.random.default_rng([seed, 2])
    glyphs: list[NDArray[np.uint8]] = []
    while len(glyphs) < count:
        glyph = normalise(draw_page(None, None, rng))
        if glyph is not None:
            glyphs.append(glyph.pixels)
    return np.array(glyphs, np.uint8).reshape(-1, 28, 28)
