"""Sheets to write on: plain, lined, squared, a blackboard; and the light a camera finds them in."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Colour = tuple[int, int, int]  # RGB
Sheet = NDArray[np.float32]  # (H, W, 3) RGB, 0-255


def plain(size: tuple[int, int], colour: Colour, rng: Generator, *, roughness: float = 1.5) -> Sheet:
    """Make a sheet of paper with its fibres; `roughness` is their standard deviation in grey levels."""
    columns, rows = size
    sheet = np.full((rows, columns, 3), colour, np.float32)
    fibres = cv2.GaussianBlur(rng.normal(0, 1, (rows, columns)).astype(np.float32), (0, 0), 1.1)
    clouds = cv2.GaussianBlur(rng.normal(0, 1, (rows, columns)).astype(np.float32), (0, 0), 0.12 * min(size))
    texture = fibres / fibres.std() + 0.8 * clouds / clouds.std()
    return np.asarray(sheet + roughness * texture[:, :, None], np.float32)


def ruled(sheet: Sheet, pitch: float, colour: Colour, *, offset: float, strength: float, tilt: float = 0.0) -> Sheet:
    """Print faint horizontal lines; `tilt` is the rise over the whole width in pixels."""
    return _tint(sheet, _rules(sheet.shape[:2], pitch, offset, tilt), colour, strength)


def squared(sheet: Sheet, pitch: float, colour: Colour, *, offset: float, strength: float, tilt: float = 0.0) -> Sheet:
    """Print a faint grid of squares."""
    rows, columns = sheet.shape[:2]
    across = _rules((rows, columns), pitch, offset, tilt)
    down = _rules((columns, rows), pitch, 0.6 * offset, -tilt).T
    return _tint(sheet, np.maximum(across, down), colour, strength)


def wiped_board(size: tuple[int, int], colour: Colour, rng: Generator) -> Sheet:
    """Make a blackboard with the dust of what was wiped off it in slanting sweeps."""
    columns, rows = size
    dust = rng.normal(0, 1, (rows, columns)).astype(np.float32)
    sweep = cv2.getRotationMatrix2D((columns / 2, rows / 2), 24, 1.3)
    streaks = cv2.warpAffine(
        cv2.GaussianBlur(dust, (0, 0), sigmaX=0.12 * columns, sigmaY=4), sweep, size, borderMode=cv2.BORDER_REFLECT
    )
    clouds = cv2.GaussianBlur(dust, (0, 0), 0.1 * columns)
    haze = 4 * streaks / streaks.std() + 5 * clouds / clouds.std()
    return np.asarray(plain(size, colour, rng, roughness=2.0) + np.abs(haze)[:, :, None], np.float32)


def inked(sheet: Sheet, coverage: NDArray[np.float32], colour: Colour) -> Sheet:
    """Lay ink over a sheet."""
    return np.asarray(sheet + coverage[:, :, None] * (np.array(colour, np.float32) - sheet), np.float32)


def photographed(sheet: Sheet, rng: Generator, *, shade: float, blur: float, noise: float) -> Sheet:
    """Light a sheet from one corner with a soft shadow across the other, and take it with a small camera."""
    rows, columns = sheet.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / max(rows, columns)
    light = 1.04 - shade * 0.55 * (0.45 * x + y)
    shadow = 1 / (1 + np.exp(-(x + 0.4 * y - 1.05) / 0.13))
    light = light * (1 - shade * 0.4 * shadow)
    warm = np.array((1.0, 0.975, 0.92), np.float32)
    lit = cv2.GaussianBlur(sheet * light[:, :, None] * warm, (0, 0), blur)
    grain = cv2.GaussianBlur(rng.normal(0, 1, sheet.shape).astype(np.float32), (0, 0), 0.9)
    return np.asarray(lit + noise * grain / grain.std(), np.float32)


def _rules(shape: tuple[int, ...], pitch: float, offset: float, tilt: float) -> NDArray[np.float32]:
    """Give the coverage of parallel lines about one pixel wide, as (H, W) float32 0-1."""
    rows, columns = shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    place = (y - offset + tilt * x / columns) % pitch
    distance = np.minimum(place, pitch - place)
    return np.asarray(np.clip(1.35 - distance, 0, 1), np.float32)


def _tint(sheet: Sheet, coverage: NDArray[np.float32], colour: Colour, strength: float) -> Sheet:
    return inked(sheet, coverage * np.float32(strength), colour)
