"""Bring whatever pixel layout a file has to 8-bit grey or RGB on white paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

_GREY_MODES = frozenset({"1", "L"})
_DEEP_MODES = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_STRIP_PIXELS = 1 << 15
"""That are flattened at a time: in 16 bits they stay in the processor's cache."""
_OPAQUE = 255
_BITS_PER_SAMPLE = 258  # TIFF tag
_FULL_16_BIT = 65535


def page_from(image: Image.Image) -> NDArray[np.uint8]:
    """Convert a decoded image.

    Parameters
    ----------
    image : Image
        Decoded, of any Pillow mode.

    Returns
    -------
    ndarray
        (H, W) uint8 grey or (H, W, 3) uint8 RGB; transparent parts show white paper.
    """
    if image.mode in _DEEP_MODES:
        return _eight_bits(image)
    if image.has_transparency_data:
        layers = _as_mode(image, "RGBA")
        is_grey = image.mode in {"1", "L", "LA", "La"}
        return on_white(np.asarray(layers.convert("LA") if is_grey else layers))
    return np.array(_as_mode(image, "L" if image.mode in _GREY_MODES else "RGB"))


def _as_mode(image: Image.Image, mode: str) -> Image.Image:
    """Convert where there is something to convert: Pillow copies an image that has the mode already."""
    return image if image.mode == mode else image.convert(mode)


def on_white(layers: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Flatten (H, W, C + 1) uint8, C 1 or 3, the last layer alpha, to (H, W) or (H, W, 3) uint8 on 255.

    Each sample becomes ``(sample * alpha + 255 * (255 - alpha)) / 255``, rounded.
    """
    height, width, count = layers.shape
    flat = np.empty((height, width) if count == 2 else (height, width, count - 1), np.uint8)
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        *samples, alpha = (np.asarray(layer, np.uint8) for layer in cv2.split(layers[top : top + rows]))
        if alpha.min() < _OPAQUE:
            samples = [_whitened(sample, alpha.astype(np.uint16)) for sample in samples]
        flat[top : top + rows] = samples[0] if count == 2 else cv2.merge(samples)
    return flat


def _whitened(samples: NDArray[np.uint8], alpha: NDArray[np.uint16]) -> NDArray[np.uint8]:
    on_paper = samples * alpha + (np.uint16(255 * 255 + 127) - np.uint16(255) * alpha)
    return (on_paper // np.uint16(255)).astype(np.uint8)


def _eight_bits(image: Image.Image) -> NDArray[np.uint8]:
    """Scale deep grey to 0-255: 16-bit by its full range, 12-bit TIFF by its own, what is wider by its values."""
    values: NDArray[np.float32] = np.nan_to_num(np.asarray(image, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = 0.0, _full_scale(image)
    if values.min() < 0 or values.max() > high:
        low, high = float(values.min()), float(values.max())
    # halved before subtracting, or the span of two float32 extremes overflows
    span = max(high / 2 - low / 2, float(np.finfo(np.float32).tiny))
    return np.rint(np.clip((values / 2 - low / 2) / span, 0.0, 1.0) * 255).astype(np.uint8)


def _full_scale(image: Image.Image) -> float:
    if image.mode == "F":
        return 0.0  # floats have no agreed white
    bits = getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (16,))
    depth = bits[0] if isinstance(bits, tuple) and bits else 16
    if depth > 16:
        return 0.0  # nor have integers of 32 bits, which hold whatever a program counted
    return float((1 << depth) - 1) if depth in range(9, 17) else float(_FULL_16_BIT)
