"""Labelled digits as values."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An image of a labelled folder that gave no glyph: its name, its label, and why."""

    file: str
    label: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Glyphs with their labels.

    Attributes
    ----------
    images : (N, 28, 28) uint8, 255 = ink
    labels : (N,) int64, 0-9
    unread : tuple of Unread
        Images that gave no glyph; they count as read wrongly.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    unread: tuple[Unread, ...] = ()

    def __len__(self) -> int:
        """Return the number of glyphs."""
        return len(self.labels)

    def rows(self, chosen: NDArray[np.integer]) -> "Part":
        """Return the chosen glyphs; images without a glyph stay behind."""
        return Part(images=self.images[chosen], labels=self.labels[chosen])


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Digits to train on and, where the source has them, digits kept apart for the test.

    Attributes
    ----------
    source : str
        Name of the file or folder.
    train : Part
    test : Part or None
    """

    source: str
    train: Part
    test: Part | None = None

    @property
    def sha256(self) -> str:
        """Of the arrays: the same digits give the same hash from an npz, from IDX files and from images."""
        digest = hashlib.sha256()
        for part in (self.train, self.test):
            if part is not None:
                digest.update(part.images.tobytes())
                digest.update(part.labels.astype(np.uint8).tobytes())
        return digest.hexdigest()
