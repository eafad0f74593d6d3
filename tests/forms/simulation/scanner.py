"""Scan a page: skewed, stretched by a copier, shifted, on other paper, at any usual resolution, any side up."""

import cv2
import numpy as np

from tests.forms.simulation.paper import worn
from tests.forms.simulation.press import turned
from tests.forms.simulation.values import PER_MM, capture, mapped

_DPI, _DPI_SHARES = (100, 150, 200, 240, 300), (0.04, 0.2, 0.36, 0.1, 0.3)
_TURN_SHARES = (0.7, 0.07, 0.16, 0.07)
_MOST_SKEW = 3.0
_SHEETS = ((210.0, 297.0), (215.9, 279.4), (215.9, 355.6))
"""A4, letter and legal: what the scanner thinks the paper is."""
HALF = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
"""From pixels by their middles, as OpenCV counts, to pixels by their corners."""


def scan(filled, rng, *, dpi=None, quarters=None):
    """Scan a page.

    Parameters
    ----------
    filled : Filled
    rng : Generator
    dpi, quarters : optional
        Resolution, and how many quarters the page lies turned to the right; drawn where not given.
    """
    dpi = dpi or int(rng.choice(_DPI, p=_DPI_SHARES))
    quarters = int(rng.choice(4, p=_TURN_SHARES)) if quarters is None else quarters
    page = filled.layout.page(filled.page)
    place, size = _placed(page, dpi, rng)
    picture = _warped(worn(filled.picture, rng), place, size, dpi, rng)
    picture = _sensed(turned(picture, quarters), rng)
    whole = turn_of(size, quarters) @ place
    return capture("scan", picture, filled, lambda points: mapped(whole, points))


def _placed(page, dpi, rng):
    """Return where the page lies, (3, 3) from mm to pixels, and the size of the scan in pixels."""
    per_mm = dpi / 25.4
    width, height = (page.width, page.height) if rng.random() < 0.8 else _SHEETS[rng.integers(len(_SHEETS))]
    skew = np.deg2rad(np.clip(rng.normal(0, 0.9), -_MOST_SKEW, _MOST_SKEW))
    stretch = 1 + np.clip(rng.normal(0, 0.01, 2), -0.03, 0.03) * (rng.random() < 0.6)
    turn = np.array([[np.cos(skew), -np.sin(skew)], [np.sin(skew), np.cos(skew)]]) @ np.diag(stretch)
    middle = np.array([width, height]) / 2 + rng.normal(0, 1.2, 2)
    place = np.eye(3)
    place[:2, :2] = turn
    place[:2, 2] = middle - turn @ np.array([page.width, page.height]) / 2
    return np.diag([per_mm, per_mm, 1.0]) @ place, (round(width * per_mm), round(height * per_mm))


def _warped(picture, place, size, dpi, rng):
    from_picture = place @ np.diag([1 / PER_MM, 1 / PER_MM, 1])
    shrunk = PER_MM * 25.4 / dpi
    if shrunk > 1.1:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.42 * shrunk)
    lid = (int(rng.choice([255, 238, 40], p=[0.6, 0.3, 0.1])),) * 3
    return cv2.warpAffine(picture, (np.linalg.inv(HALF) @ from_picture @ HALF)[:2], size, borderValue=lid)


def _sensed(picture, rng):
    """See it with a sensor: blur, paper that is not white, noise, contrast, JPEG."""
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.35, 0.9))
    paper, ink = rng.uniform(222, 255), rng.uniform(0, 35)
    levels = np.clip(ink + (paper - ink) * (np.arange(256) / 255) ** rng.uniform(0.85, 1.25), 0, 255)
    noisy = levels.astype(np.float32)[picture]
    grain = rng.standard_normal(picture.shape[:2], np.float32) * np.float32(rng.choice([0.7, 1.5, 3, 6]))
    noisy += grain[..., None] if picture.ndim == 3 else grain
    whole = np.rint(np.clip(noisy, 0, 255)).astype(np.uint8)
    return compressed(whole, int(rng.integers(45, 95))) if rng.random() < 0.6 else whole


def compressed(picture, quality):
    """Pass a picture through JPEG."""
    data = cv2.imencode(".jpg", picture[..., ::-1] if picture.ndim == 3 else picture, [1, quality])[1]
    loaded = cv2.imdecode(data, cv2.IMREAD_COLOR if picture.ndim == 3 else cv2.IMREAD_GRAYSCALE)
    return np.ascontiguousarray(loaded[..., ::-1]) if picture.ndim == 3 else loaded


def turn_of(size, quarters):
    """Return what turning a picture of (width, height) to the right does to its points."""
    whole = np.eye(3)
    width, height = size
    for _ in range(quarters):
        whole = np.array([[0, -1, height], [1, 0, 0], [0, 0, 1.0]]) @ whole
        width, height = height, width
    return whole
