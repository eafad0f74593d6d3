"""Photograph a page with a phone: from aside, curled, on a desk, in uneven light, blurred, noisy, compressed."""

from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.drawing import edge_of_shadow, slope_of_light
from tests.forms.simulation.paper import worn
from tests.forms.simulation.press import turned
from tests.forms.simulation.scanner import compressed, turn_of
from tests.forms.simulation.values import PER_MM, capture, mapped

_COARSE = 16
"""Pixels between those for which a ray is followed, and for which light is known."""
_MOST_CURL_MM = 2.5
_DARKEST = 0.38
"""Of the brightest part of the picture: a phone that sees less says that it is too dark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curl:
    """How far points of a sheet are from where they were if it lay flat: waves of some mm, at most one across it."""

    down_mm: float
    across_mm: float
    waves: float
    phase: float
    size: tuple[float, float]

    def shift(self, x, y):
        """Return shifts of points in mm."""
        width, height = self.size
        across = self.across_mm * np.sin(np.pi * self.waves * y / height + self.phase)
        return across, self.down_mm * np.sin(np.pi * self.waves * x / width + self.phase)

    def flat(self, x, y):
        """Find the points of the flat sheet that are seen at points, by fixed point iteration."""
        flat_x, flat_y = x, y
        for _ in range(4):
            across, down = self.shift(flat_x, flat_y)
            flat_x, flat_y = x - across, y - down
        return flat_x, flat_y


def photograph(filled, rng, *, long_side=None):
    """Photograph a page; the longer side of the picture, in pixels, is drawn where it is not given."""
    page = filled.layout.page(filled.page)
    height = (long_side or int(rng.integers(2500, 3500))) // _COARSE * _COARSE
    size = height * 3 // 4 // _COARSE * _COARSE, height
    view = _viewed(page, size, rng)
    is_flat = bool(rng.random() < 0.4)
    curl = _curled(page, rng, 0.0 if is_flat else _MOST_CURL_MM)
    picture = _seen(worn(filled.picture, rng), view, curl, size, rng)
    picture = _sensed(picture * _light(size, rng)[..., None], rng)
    quarters = int(rng.choice(4, p=[0.88, 0.04, 0.04, 0.04]))
    whole = turn_of(size, quarters) @ view

    def to_picture(points):
        across, down = curl.shift(points[:, 0], points[:, 1])
        return mapped(whole, points + np.column_stack([across, down]))

    return capture("phone", turned(picture, quarters), filled, to_picture, is_flat=is_flat)


def _viewed(page, size, rng):
    """Return (3, 3) from mm to pixels: a sheet that takes most of the picture, its corners off by up to 5 %."""
    share = rng.uniform(0.78, 0.94)
    scale = share * min(size[0] / page.width, size[1] / page.height)
    half = np.array([page.width, page.height]) * scale / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    corners += rng.uniform(-0.05, 0.05, (4, 2)) * 2 * half * np.array([1, 0.7])
    angle = np.deg2rad(rng.normal(0, 2))
    corners = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    spread = np.abs(corners).max(0) / (np.array(size) * 0.49)
    corners = corners / max(1.0, spread.max()) + np.array(size) / 2
    sheet = np.array([(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)], np.float32)
    return cv2.getPerspectiveTransform(sheet, corners.astype(np.float32))


def _curled(page, rng, most):
    return Curl(
        down_mm=rng.uniform(-most, most),
        across_mm=rng.uniform(-most, most) * 0.4,
        waves=rng.uniform(0.5, 1),
        phase=rng.uniform(0, np.pi),
        size=(page.width, page.height),
    )


def _seen(picture, view, curl, size, rng):
    """Follow the rays back to the sheet, or to the desk around it: (H, W, 3) float32."""
    columns, rows = (np.arange(0, length, _COARSE) + _COARSE / 2 for length in size)
    x, y = np.meshgrid(columns, rows)
    points = mapped(np.linalg.inv(view), np.column_stack([x.ravel(), y.ravel()]))
    flat = np.stack(curl.flat(points[:, 0], points[:, 1]), -1).reshape(*x.shape, 2) * PER_MM - 0.5
    rays = cv2.resize(flat.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    shrunk = PER_MM / np.sqrt(np.abs(np.linalg.det(view[:2, :2])))
    sharp = cv2.GaussianBlur(picture, (0, 0), max(0.3, 0.4 * shrunk))
    colour = sharp if sharp.ndim == 3 else cv2.cvtColor(sharp, cv2.COLOR_GRAY2RGB)
    desk = _desk(size, rng)
    cv2.remap(colour, rays, None, cv2.INTER_LINEAR, dst=desk, borderMode=cv2.BORDER_TRANSPARENT)
    return desk.astype(np.float32)


def _desk(size, rng):
    """Make a desk of wood or cloth, (H, W, 3) uint8."""
    base = np.array([(120, 86, 58), (70, 72, 78), (165, 150, 130), (38, 40, 46)][rng.integers(4)], np.float32)
    grain = rng.standard_normal((size[1] // 64 + 1, size[0] // 4), np.float32)
    grain = cv2.resize(cv2.GaussianBlur(grain, (0, 0), 1.2), size, interpolation=cv2.INTER_LINEAR)
    return np.clip(base * (1 + 0.25 * grain[..., None]), 0, 255).astype(np.uint8)


def _light(size, rng):
    """Let light fall off, and often a shadow with an edge on it: (H, W) float32."""
    shape = size[1] // 4, size[0] // 4
    light = slope_of_light(shape, rng, darkest=(0.55, 0.95))
    if rng.random() < 0.4:
        light = np.maximum(light * edge_of_shadow(shape, rng), _DARKEST)
    return cv2.resize(light, size, interpolation=cv2.INTER_LINEAR)


def _sensed(picture, rng):
    """See it with a phone: tinted light, blur, noise, sharpening, JPEG."""
    tint = 1 + rng.normal(0, 0.025, 3).astype(np.float32)
    picture = picture * (tint * np.float32(rng.uniform(0.84, 0.98)))
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.25))
    picture += rng.standard_normal(picture.shape[:2], np.float32)[..., None] * np.float32(rng.uniform(1, 5))
    if rng.random() < 0.5:
        picture = cv2.addWeighted(picture, 1.6, cv2.GaussianBlur(picture, (0, 0), 1.5), -0.6, 0)
    return compressed(np.rint(np.clip(picture, 0, 255)).astype(np.uint8), int(rng.integers(60, 94)))
