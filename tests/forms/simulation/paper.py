"""What happens to a sheet before its picture is taken: print from the other side, a fold, specks."""

import cv2
import numpy as np


def worn(picture, rng):
    """Wear a sheet, (H, W) or (H, W, 3) uint8; most are as good as new."""
    if rng.random() < 0.2:
        picture = _bleeding(picture, rng)
    if rng.random() < 0.2:
        picture = _folded(picture, rng)
    if rng.random() < 0.3:
        picture = _specked(picture, rng)
    return picture


def _bleeding(picture, rng):
    """Let the other side, which is printed and written on as much as this one, show through by 3-9 %."""
    other = cv2.GaussianBlur(picture[:, ::-1], (0, 0), rng.uniform(3, 7))
    other = np.roll(other, rng.integers(-60, 60), 0)
    return cv2.subtract(picture, cv2.convertScaleAbs(cv2.bitwise_not(other), alpha=rng.uniform(0.03, 0.09)))


def _folded(picture, rng):
    """Fold a sheet across near a half or a third: a soft line, dark on one side and often worn bright within."""
    height, width = picture.shape[:2]
    at = height * rng.choice([0.5, 1 / 3, 2 / 3]) + rng.normal(0, 0.01 * height)
    columns = np.arange(width, dtype=np.float32)[None, :]
    top = int(max(0, at - 0.02 * height))
    rows = np.arange(top, int(min(height, at + 0.02 * height)), dtype=np.float32)[:, None]
    far = rows - at - rng.normal(0, 0.006) * (columns - width / 2)
    shade = rng.uniform(0.06, 0.2) * np.exp(-((far / rng.uniform(3, 8)) ** 2))
    shade = shade + 0.05 * np.exp(-((far / 25) ** 2)) * (far > 0)
    shade = shade[..., None] if picture.ndim == 3 else shade
    creased = picture.copy()
    part = creased[top : top + len(rows)]
    part[...] = np.rint(part * (1 - shade) + 200 * 0.4 * shade).astype(np.uint8)
    return creased


def _specked(picture, rng):
    """Strew dust over a sheet: specks of 0.1 to 0.5 mm, most of them pale."""
    dusty = picture.copy()
    height, width = picture.shape[:2]
    for _ in range(rng.integers(10, 120)):
        at = int(rng.integers(width)), int(rng.integers(height))
        grey = int(rng.integers(60, 210))
        cv2.circle(dusty, at, int(rng.choice([0, 1, 1, 2, 3], p=[0.3, 0.25, 0.25, 0.15, 0.05])), (grey,) * 3, -1)
    return dusty
