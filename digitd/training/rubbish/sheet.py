"""Lay a drawing on paper, plain or printed: where it stands, how dark the pen, how bright, noisy, sharp the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.training import camera, forms

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from digitd.training.rubbish.hand import Ink

_MARGIN_PX = 5
_SMALLEST, _LARGEST = 24, 110  # pixels, the longest side of a drawing on a form: about as digits on `pages`


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page and what was meant to be on it.

    Attributes
    ----------
    page : ndarray
        (H, W) uint8, dark ink on light paper, of either polarity if it is a form.
    ink : Ink
        (H, W) uint8, the drawing where it lies on the page, 255 = ink.
    is_form : bool
        There may be print on it, and it went through a camera.
    """

    page: NDArray[np.uint8]
    ink: Ink
    is_form: bool = False


def lay(drawing: Ink, rng: Generator) -> Sheet:
    """Lay a drawing anywhere on a page somewhat larger than itself."""
    height, width = drawing.shape
    margins = [int(side) + _MARGIN_PX for side in rng.uniform(0.02, 0.5, 4) * max(height, width)]
    top, bottom, left, right = margins
    ink = np.asarray(cv2.copyMakeBorder(drawing, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0), np.uint8)
    return Sheet(page=_picture(ink, rng), ink=ink)


def lay_on_form(drawing: Ink, rng: Generator) -> Sheet:
    """Lay a drawing where digits stand: among boxes and rules, seen through the camera that sees digits."""
    longest = np.exp(rng.uniform(np.log(_SMALLEST), np.log(_LARGEST)))
    factor = longest / max(drawing.shape)
    drawing = np.asarray(cv2.resize(drawing, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    height, width = drawing.shape
    left, top, right, bottom = np.ceil(longest * np.exp(rng.uniform(np.log(0.04), np.log(0.9), 4))).astype(int).tolist()
    ink = np.asarray(cv2.copyMakeBorder(drawing, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0), np.uint8)
    print_ = forms.printed(rng.random(), ink.shape, (left, top, left + width, top + height), rng)
    return Sheet(page=camera.seen(ink.astype(np.float32) / np.float32(255), print_, rng), ink=ink, is_form=True)


def _picture(ink: Ink, rng: Generator) -> NDArray[np.uint8]:
    chances = rng.random(4)
    coverage = ink.astype(np.float32) / 255
    if chances[0] < 0.25:
        coverage *= _grain(ink.shape, rng)
    if chances[1] < 0.6:
        coverage = np.asarray(cv2.GaussianBlur(coverage, (0, 0), rng.uniform(0.3, 1.2)), np.float32)
    paper = np.float32(rng.uniform(185, 255))
    darkness = np.float32(rng.uniform(0.3, 1.0) ** 0.6)
    picture = paper * (1 - darkness * coverage)
    if chances[2] < 0.3:
        picture *= _light(ink.shape, rng)
    if chances[3] < 0.5:
        picture += rng.standard_normal(ink.shape, np.float32) * np.float32(rng.uniform(1, 7))
    return np.clip(picture, 0, 255).astype(np.uint8)


def _grain(shape: tuple[int, ...], rng: Generator) -> NDArray[np.float32]:
    """Let the paper's teeth take more and less of the ink: (H, W) float32, 0-1."""
    coarse = rng.standard_normal((shape[0] // 2 + 1, shape[1] // 2 + 1), np.float32)
    rough = np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
    return np.asarray(np.clip(1 - np.float32(rng.uniform(0.1, 0.5)) * (0.4 + rough), 0, 1), np.float32)


def _light(shape: tuple[int, ...], rng: Generator) -> NDArray[np.float32]:
    """Let the light fall off to one side by up to a quarter: (H, W) float32."""
    corners = rng.uniform(0.75, 1.0, (2, 2)).astype(np.float32)
    return np.asarray(cv2.resize(corners, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
