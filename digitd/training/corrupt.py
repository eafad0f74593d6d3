"""The fifteen corruptions of MNIST-C, written anew, to ask how a model reads digits that are not as they were written.

Nothing here is used for training, yet not all of it is new in kind to a model trained here. `augment` turns, slants,
scales and shifts glyphs, shakes the grey of their ink, and adds specks, blur, scratches in a line or dotted, and
outlines, which resemble rotate, shear, scale, translate, shot_noise, impulse_noise, motion_blur, dotted_line, zigzag
and canny_edges. It shares neither code nor parameters with them.

The kinds and their severities are those of Mu and Gilmer 2019, MNIST-C, arXiv 1906.02337; the numbers are the defaults
in corruptions.py of github.com/google-research/mnist-c, the code that made the published set. Only these facts are
taken over. What is drawn by chance differs from the published files, so error rates compare in size, not image by
image. Grey values are rounded. Where a way differs otherwise, its function says so.

Every way works on blocks of images. It makes one draw with a row for each image, after any that serve the whole block,
and what it draws never depends on a pixel. So what becomes of an image depends on its pixels, the kind, the seed and
its index, not on the other images or their number.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.training.corruption import clouds, lines
from digitd.training.corruption.pixels import SIDE, Images, as_grey, blur

_MIDDLE = (SIDE - 1) / 2
_BLOCK = 1000  # images in work at once: bounds the memory, and most arrays then stay in the cache


def corrupt(images: Images, name: str, *, seed: int) -> Images:
    """Return a copy of each image with one kind of corruption.

    Parameters
    ----------
    images : (N, 28, 28) uint8, 255 = ink, 0 = paper
    name : str
        One of `CORRUPTIONS`.
    seed : int
        At least 0. The same seed gives the same copies, and the first k of them for the first k images.

    Returns
    -------
    (N, 28, 28) uint8, 255 = ink, 0 = paper

    Raises
    ------
    ValueError
        For an unknown name, a negative seed, and images of another shape or type.
    """
    if name not in _WAYS:
        raise ValueError(f"no corruption is named {name!r}; there are {', '.join(CORRUPTIONS)}")
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or images.dtype != np.uint8:
        raise ValueError(f"images are {images.shape} {images.dtype}, not (N, {SIDE}, {SIDE}) uint8")
    corrupted = np.empty_like(images)
    for start in range(0, len(images), _BLOCK):
        block = slice(start, start + _BLOCK)
        rng = np.random.default_rng([seed, CORRUPTIONS.index(name), start])
        corrupted[block] = _WAYS[name](images[block], rng)
    return corrupted


def _shot_noise(images: Images, rng: Generator) -> Images:
    """Count three photons for full ink, Poisson distributed.

    Counts above three are as black as three, so the distribution needs three steps only. They are looked up, since
    `Generator.poisson` takes more or fewer random numbers depending on the pixels before.
    """
    photons = 3
    expected = np.arange(256) / 255 * photons
    at_most = np.exp(-expected) * np.cumsum([np.ones(256), expected, expected**2 / 2], axis=0)  # (3, 256)
    chance = rng.random(images.shape, np.float32)
    count = sum((chance > step.astype(np.float32)[images]).astype(np.float32) for step in at_most)
    return as_grey(count * (255 / photons))


def _impulse_noise(images: Images, rng: Generator) -> Images:
    """Replace 17 % of the pixels, half of them by ink and half by paper."""
    amount = 0.17
    chance = rng.random(images.shape, np.float32)
    return np.where(chance < amount / 2, 255, np.where(chance < amount, 0, images)).astype(np.uint8)


def _glass_blur(images: Images, rng: Generator) -> Images:
    """Blur with sigma 0.7, let pixels change places twice, and blur again.

    Each pixel changes with probability 1/2, and then by 0 or -1 row and 0 or -1 column; the pixels take turns from the
    lower right. So in three of eight cases it goes up, left, or both.
    """
    sigma_px, rounds = 0.7, 2
    offsets = np.array([0, 0, 0, 0, 0, -1, -SIDE, -SIDE - 1])
    turns = [row * SIDE + column for row in range(SIDE - 1, 1, -1) for column in range(SIDE - 1, 1, -1)] * rounds
    moves = offsets[rng.integers(0, len(offsets), (len(images), len(turns)), np.uint8).T]  # (turns, N)
    pixels = as_grey(blur(images, sigma_px)).reshape(len(images), -1).T.copy()  # (784, N)
    each = np.arange(len(images))
    for here, move in zip(turns, moves, strict=True):
        there = here + move
        carried = pixels[here].copy()
        pixels[here] = pixels[there, each]
        pixels[there, each] = carried
    return as_grey(blur(pixels.T.reshape(images.shape), sigma_px))


def _motion_blur(images: Images, rng: Generator) -> Images:
    """Smear by half a Gaussian of sigma 3 pixels, within 45 degrees of level.

    One half, as in ImageMagick's MotionBlurImage, so that the stroke leads and the trail follows. Its radius of 10
    gives 21 taps; here 13, since the others weigh less than 0.01 % together.
    """
    sigma_px, taps = 3, 13
    step = np.arange(taps)
    weights = np.exp(-(step**2) / (2 * sigma_px**2))
    weights /= weights.sum()
    angle = np.deg2rad(rng.uniform(-45, 45, len(images)))[:, None]
    columns = np.rint(step * np.cos(angle)).astype(int) + taps - 1  # (N, taps)
    rows = np.rint(step * np.sin(angle)).astype(int) + taps - 1
    smeared = np.empty_like(images)
    for index, image in enumerate(images):
        kernel = np.zeros((2 * taps - 1, 2 * taps - 1), np.float32)
        np.add.at(kernel, (rows[index], columns[index]), weights)  # two taps may fall on one pixel
        smeared[index] = cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return smeared


def _shear(images: Images, rng: Generator) -> Images:
    """Slant by 0.4 rad to either side, and stretch the height by 1 / cos 0.4, as the scikit-image of 2019 did."""
    angle = 0.4 * _either_way(rng, len(images))
    return _resample(images, [[np.ones_like(angle), -np.sin(angle)], [np.zeros_like(angle), np.cos(angle)]])


def _scale(images: Images, _rng: Generator) -> Images:
    """Shrink to 70 %."""
    nothing, stretch = np.zeros(len(images)), np.full(len(images), 1 / 0.7)
    return _resample(images, [[stretch, nothing], [nothing, stretch]])


def _rotate(images: Images, rng: Generator) -> Images:
    """Turn by 0.4 rad, either way."""
    angle = 0.4 * _either_way(rng, len(images))
    return _resample(images, [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _brightness(images: Images, _rng: Generator) -> Images:
    """Add half of the grey range to ink and paper: 128 of 255."""
    return np.minimum(images, 127) + np.uint8(128)


def _translate(images: Images, rng: Generator) -> Images:
    """Shift by 3 pixels up or down and 3 pixels left or right."""
    shift_px = 3
    down, right = _either_way(rng, (len(images), 2)).T
    padded = np.pad(images, ((0, 0), (shift_px, shift_px), (shift_px, shift_px)))
    rows = np.arange(SIDE) + shift_px * (1 - down[:, None])  # (N, 28), in the padded image
    columns = np.arange(SIDE) + shift_px * (1 - right[:, None])
    return np.asarray(padded[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]], np.uint8)


def _stripe(images: Images, _rng: Generator) -> Images:
    """Invert the left and the right quarter, 7 columns each."""
    striped = images.copy()
    striped[:, :, :7] = 255 - images[:, :, :7]
    striped[:, :, -7:] = 255 - images[:, :, -7:]
    return striped


def _canny_edges(images: Images, _rng: Generator) -> Images:
    """Leave the edges, 255 on 0: Canny with sigma 1 and thresholds of 0.1 and 0.2 of the grey range.

    OpenCV's takes the greatest of three neighbours where scikit-image's interpolates; the thresholds mean the same, on
    Sobel gradients that are not divided by their weights.
    """
    blurred = as_grey(blur(images, 1.0))
    return np.array([cv2.Canny(image, 25.5, 51, L2gradient=True) for image in blurred], np.uint8)


def _either_way(rng: Generator, shape: int | tuple[int, ...]) -> NDArray[np.int64]:
    return 2 * rng.integers(0, 2, shape) - 1


def _resample(images: Images, maps: Sequence[Sequence[NDArray[np.float64]]]) -> Images:
    """Look up each pixel where a map sends it, bilinearly; around the image lies paper.

    Parameters
    ----------
    images : (N, 28, 28) uint8, 255 = ink
    maps : (2, 2, N)
        Linear maps of (column, row), counted from the middle, from the result to the image.
    """
    linear = np.asarray(maps).transpose(2, 0, 1)  # (N, 2, 2)
    middle = np.full((2, 1), _MIDDLE)
    affine = np.concatenate([linear, middle - linear @ middle], axis=2)  # (N, 2, 3)
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = np.empty_like(images)
    for index, image in enumerate(images):
        moved[index] = cv2.warpAffine(image, affine[index], (SIDE, SIDE), flags=way, borderValue=0)
    return moved


_WAYS: dict[str, Callable[[Images, Generator], Images]] = {
    "shot_noise": _shot_noise,
    "impulse_noise": _impulse_noise,
    "glass_blur": _glass_blur,
    "motion_blur": _motion_blur,
    "shear": _shear,
    "scale": _scale,
    "rotate": _rotate,
    "brightness": _brightness,
    "translate": _translate,
    "stripe": _stripe,
    "fog": clouds.fog,
    "spatter": clouds.spatter,
    "dotted_line": lines.dotted_line,
    "zigzag": lines.zigzag,
    "canny_edges": _canny_edges,
}
CORRUPTIONS: tuple[str, ...] = tuple(_WAYS)
