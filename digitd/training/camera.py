"""Look at ink and print on paper through a scanner or a camera, as pages are delivered.

Digits and what is no digit go through the same one, so that what it leaves behind tells nothing about which they are.
"""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Ink = NDArray[np.float32]
"""(H, W) float32 coverage, 0 = paper, 1 = ink."""
Page = NDArray[np.uint8]
"""(H, W) uint8 grey."""


def seen(ink: Ink, print_: Ink, rng: Generator) -> Page:
    """Make a picture of a page: light, blur, noise, JPEG, either polarity.

    Parameters
    ----------
    ink, print_ : (H, W) float32
        What the hand wrote and what stood there before; either may be the fainter.
    rng : Generator
    """
    paper = rng.uniform(150, 255)
    grey: NDArray[np.floating] = paper - np.maximum(
        ink * rng.uniform(0.25, 1) * paper, print_ * rng.uniform(0.2, 1) * paper
    )
    height, width = grey.shape
    if rng.random() < 0.3:
        grey *= _light(height, width, rng)
    if rng.random() < 0.4:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.003, 0.03) * max(grey.shape) + 0.1), grey.dtype)
    if rng.random() < 0.3:
        coarse = rng.normal(0, rng.uniform(1, 6), (height // 3 + 2, width // 3 + 2)).astype(np.float32)
        grey = grey + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        grey = grey + rng.normal(0, rng.uniform(0.5, 12), grey.shape)
    page: Page = np.rint(np.clip(grey, 0, 255)).astype(np.uint8)
    if rng.random() < 0.25:
        packed = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 90))])[1]
        page = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return ~page if rng.random() < 0.25 else page


def _light(height: int, width: int, rng: Generator) -> NDArray[np.float32]:
    """Let light fall off along a direction, or end at the edge of a shadow: (height, width) float32, at most 1."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    along = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    least = np.float32(rng.uniform(0.4, 0.9))
    if rng.random() < 0.7:
        return np.asarray(least + (1 - least) * (along + np.float32(1.5)) / 3, np.float32)
    soft = np.float32(np.exp(rng.uniform(np.log(0.02), np.log(0.2))))
    return np.asarray(
        least + (1 - least) / (1 + np.exp(np.clip((along - rng.uniform(-0.5, 0.5)) / soft, -60, 60))), np.float32
    )
