"""Corruptions by what lies between the eye and the paper: fog, and drops on the lens."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training.corruption.pixels import SIDE, Images, as_grey, blur


def fog(images: Images, rng: Generator) -> Images:
    """Mix three parts of fog into one part of image, in the image's own range of grey.

    The fog of each image is a window of one of 32 maps of 256 x 256; MNIST-C makes a map for each image and cuts its
    corner. The windows are alike: grey 0.49 +- 0.18 on average and 0.057 within one (corners: 0.48, 0.19 and 0.058).
    """
    parts, maps, map_side = 3.0, 32, 256
    heights = _raise_clouds(rng, maps, map_side)
    windows = np.lib.stride_tricks.sliding_window_view(heights, (SIDE, SIDE), axis=(1, 2))
    place = rng.random((len(images), 3)) * windows.shape[:3]
    fog = windows[tuple(place.astype(int).T)]  # (N, 28, 28)
    ink = images.astype(np.float32) / 255
    darkest = ink.max(axis=(1, 2), keepdims=True)
    return as_grey((ink + parts * fog) * darkest / (darkest + parts) * 255)


def _raise_clouds(rng: Generator, maps: int, side: int) -> NDArray[np.float32]:
    """Return (maps, side, side) float32, 0-1: fractal heights that continue over the edges.

    Midpoint displacement in squares and diamonds (Fournier, Fussell and Carpenter 1982, doi 10.1145/358523.358553).
    Each halving of the mesh divides the displacement by 1.4 squared, as MNIST-C's does.
    """
    heights, swing = np.zeros((maps, 1, 1), np.float32), 1.0
    while heights.shape[1] < side:
        right, below = np.roll(heights, -1, axis=2), np.roll(heights, -1, axis=1)
        finer = np.repeat(np.repeat(heights, 2, axis=1), 2, axis=2)
        shaken = rng.uniform(-swing, swing, (3, *heights.shape)).astype(np.float32)
        middle = (heights + right + below + np.roll(below, -1, axis=2)) / 4 + shaken[0]
        finer[:, 1::2, 1::2] = middle
        finer[:, ::2, 1::2] = (heights + right + middle + np.roll(middle, 1, axis=1)) / 4 + shaken[1]
        finer[:, 1::2, ::2] = (heights + below + middle + np.roll(middle, 1, axis=2)) / 4 + shaken[2]
        heights, swing = finer, swing / 1.4**2
    heights -= heights.min(axis=(1, 2), keepdims=True)
    heights /= heights.max(axis=(1, 2), keepdims=True)
    return heights


def spatter(images: Images, rng: Generator) -> Images:
    """Cover it with drops of grey 63.

    Drops lie where noise blurred with sigma 1 is above its mean (MNIST-C's mean and threshold are both 0.65, so neither
    they nor the noise's scale matter), blurred with sigma 1.5 and kept where at least 0.8 thick.
    """
    noise_sigma_px, drop_sigma_px, thinnest, grey = 1.0, 1.5, 0.8, 63
    noise = rng.standard_normal(images.shape, np.float32)
    drops = blur((blur(noise, noise_sigma_px) > 0).astype(np.float32), drop_sigma_px)
    drops[drops < thinnest] = 0
    return as_grey(images * (1 - drops) + grey * drops)
