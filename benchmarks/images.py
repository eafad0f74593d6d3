"""Make the images that are read: the project's own samples, resized with a slight jitter, from a seed."""

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from samples.drop import sample_files

SEED = 20_240
"""Any number; it is part of the report, because it decides the images."""

_TURN_DEG = 4.0
_STRETCH = 0.05
_SHIFT = 0.02
"""Of the longest side. With these three the digits stay on the page and stay legible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Images of one size; every twelve in a row hold each sample once.

    Attributes
    ----------
    size_px : int
        Longest side.
    folder : Path
        Holds ``files`` and nothing else.
    files : tuple of Path
        Sorted by name, which is the order in which digitd reads them.
    folder_drawn : Path
        Holds the first of them again, under the same names.
    """

    size_px: int
    folder: Path
    files: tuple[Path, ...]
    folder_drawn: Path


def make_images(parent: Path, *, size_px: int, count: int, count_drawn: int, seed: int = SEED) -> Images:
    """Write `count` colour PNGs below `parent`, no two alike."""
    folder, folder_drawn = parent / f"{size_px}px", parent / f"{size_px}px-drawn"
    folder.mkdir(parents=True)
    folder_drawn.mkdir()
    pages = [cv2.imread(os.fspath(file), cv2.IMREAD_COLOR) for file in sample_files()]  # (H, W, 3) uint8 BGR each
    rng = np.random.default_rng((seed, size_px))
    files = []
    for number in range(count):
        file = folder / f"{number:04}.png"
        cv2.imwrite(os.fspath(file), jittered(pages[number % len(pages)], size_px, rng))
        files.append(file)
    for file in files[:count_drawn]:
        os.link(file, folder_drawn / file.name)
    return Images(size_px=size_px, folder=folder, files=tuple(files), folder_drawn=folder_drawn)


def jittered(page: NDArray[np.uint8], size_px: int, rng: Generator) -> NDArray[np.uint8]:
    """Resize a page to a longest side, slightly turned, stretched and shifted; its edge is continued.

    Parameters
    ----------
    page : (H, W, 3) uint8
    size_px : int
    rng : Generator

    Returns
    -------
    (h, w, 3) uint8
        ``max(h, w) == size_px``, in the proportions of `page`.
    """
    scale = size_px / max(page.shape[:2])
    height, width = (max(1, round(side * scale)) for side in page.shape[:2])
    resized = cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    turn = rng.uniform(-_TURN_DEG, _TURN_DEG)
    stretch = 1 + rng.uniform(-_STRETCH, _STRETCH)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, stretch)  # (2, 3)
    matrix[:, 2] += rng.uniform(-_SHIFT, _SHIFT, 2) * size_px
    return cv2.warpAffine(resized, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
