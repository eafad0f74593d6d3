"""The images that are corrupted, and what several corruptions do to their pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
"""(N, 28, 28) uint8, 255 = ink, 0 = paper."""

SIDE = 28


def blur(images: NDArray[np.uint8] | NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Blur each image, in float32, as if its edge went on outside."""
    blurred = np.empty(images.shape, np.float32)
    for index, image in enumerate(images.astype(np.float32, copy=False)):
        cv2.GaussianBlur(image, (0, 0), sigma_px, dst=blurred[index], borderType=cv2.BORDER_REPLICATE)
    return blurred


def as_grey(values: NDArray[np.floating]) -> Images:
    """Round to uint8 what lies within 0-255, and cut off the rest."""
    return np.asarray(np.rint(np.clip(values, 0, 255)), np.uint8)
