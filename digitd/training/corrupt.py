"""The fifteen corruptions of MNIST-C, written anew, to ask how a model reads digits it was not trained for.

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

Images = NDArray[np.uint8]

_SIDE = 28
_MIDDLE = (_SIDE - 1) / 2
_BLOCK = 1000  # images in work at once: bounds the memory, and most arrays then stay in the cache
_ROWS, _COLUMNS = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32)


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
    if images.ndim != 3 or images.shape[1:] != (_SIDE, _SIDE) or images.dtype != np.uint8:
        raise ValueError(f"images are {images.shape} {images.dtype}, not (N, {_SIDE}, {_SIDE}) uint8")
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
    return _as_grey(count * (255 / photons))


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
    offsets = np.array([0, 0, 0, 0, 0, -1, -_SIDE, -_SIDE - 1])
    turns = [row * _SIDE + column for row in range(_SIDE - 1, 1, -1) for column in range(_SIDE - 1, 1, -1)] * rounds
    moves = offsets[rng.integers(0, len(offsets), (len(images), len(turns)), np.uint8).T]  # (turns, N)
    pixels = _as_grey(_blur(images, sigma_px)).reshape(len(images), -1).T.copy()  # (784, N)
    each = np.arange(len(images))
    for here, move in zip(turns, moves, strict=True):
        there = here + move
        carried = pixels[here].copy()
        pixels[here] = pixels[there, each]
        pixels[there, each] = carried
    return _as_grey(_blur(pixels.T.reshape(images.shape), sigma_px))


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
    rows = np.arange(_SIDE) + shift_px * (1 - down[:, None])  # (N, 28), in the padded image
    columns = np.arange(_SIDE) + shift_px * (1 - right[:, None])
    return np.asarray(padded[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]], np.uint8)


def _stripe(images: Images, _rng: Generator) -> Images:
    """Invert the left and the right quarter, 7 columns each."""
    striped = images.copy()
    striped[:, :, :7] = 255 - images[:, :, :7]
    striped[:, :, -7:] = 255 - images[:, :, -7:]
    return striped


def _fog(images: Images, rng: Generator) -> Images:
    """Mix three parts of fog into one part of image, in the image's own range of grey.

    The fog of each image is a window of one of 32 maps of 256 x 256; MNIST-C makes a map for each image and cuts its
    corner. The windows are alike: grey 0.49 +- 0.18 on average and 0.057 within one (corners: 0.48, 0.19 and 0.058).
    """
    parts, maps, map_side = 3.0, 32, 256
    heights = _raise_clouds(rng, maps, map_side)
    windows = np.lib.stride_tricks.sliding_window_view(heights, (_SIDE, _SIDE), axis=(1, 2))
    place = rng.random((len(images), 3)) * windows.shape[:3]
    fog = windows[tuple(place.astype(int).T)]  # (N, 28, 28)
    ink = images.astype(np.float32) / 255
    darkest = ink.max(axis=(1, 2), keepdims=True)
    return _as_grey((ink + parts * fog) * darkest / (darkest + parts) * 255)


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


def _spatter(images: Images, rng: Generator) -> Images:
    """Cover it with drops of grey 63.

    Drops lie where noise blurred with sigma 1 is above its mean (MNIST-C's mean and threshold are both 0.65, so neither
    they nor the noise's scale matter), blurred with sigma 1.5 and kept where at least 0.8 thick.
    """
    noise_sigma_px, drop_sigma_px, thinnest, grey = 1.0, 1.5, 0.8, 63
    noise = rng.standard_normal(images.shape, np.float32)
    drops = _blur((_blur(noise, noise_sigma_px) > 0).astype(np.float32), drop_sigma_px)
    drops[drops < thinnest] = 0
    return _as_grey(images * (1 - drops) + grey * drops)


def _dotted_line(images: Images, rng: Generator) -> Images:
    """Draw a straight line from side to side between two random rows, two columns off and two on."""
    left, right = rng.integers(0, 27, (len(images), 2)).T[..., None, None]
    line = left + (right - left) * _COLUMNS / (_SIDE - 1)
    return _draw(images, line, on=(_COLUMNS % 4 >= 2) & (_COLUMNS < _SIDE - 1))


def _zigzag(images: Images, rng: Generator) -> Images:
    """Draw a zigzag through columns 2-24: 2 rows up and down, 8 columns a wave, at most 5 rows of slope.

    MNIST-C turns the zigzag by its slope, at most 12 degrees; here it is sheared, which keeps one row for each column.
    """
    first, last = 2, 25
    start, rise = rng.integers([0, -5], [27, 5], (len(images), 2)).T[..., None, None]
    along = _COLUMNS - first
    wave = 2 * np.arcsin(np.sin(2 * np.pi * along / 8)) / (np.pi / 2)
    return _draw(images, start + rise * along / (last - first) + wave, on=(along >= 0) & (along < last - first))


def _draw(images: Images, line: NDArray[np.floating], *, on: NDArray[np.bool_]) -> Images:
    """Add the ink of a line: 1 + log(1 - d / 2.3) at d rows from it, none from 1.45 rows on.

    The line is (N, 28, 28), its row at each column, the same for all rows; `on` is (28, 28), where the pen is down.
    """
    distance = np.minimum(np.abs(_ROWS - line), 2.29)
    ink = np.maximum(1 + np.log(1 - distance / 2.3), 0) * on
    return _as_grey(images + 255 * ink)


def _canny_edges(images: Images, _rng: Generator) -> Images:
    """Leave the edges, 255 on 0: Canny with sigma 1 and thresholds of 0.1 and 0.2 of the grey range.

    OpenCV's takes the greatest of three neighbours where scikit-image's interpolates; the thresholds mean the same, on
    Sobel gradients that are not divided by their weights.
    """
    blurred = _as_grey(_blur(images, 1.0))
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
        moved[index] = cv2.warpAffine(image, affine[index], (_SIDE, _SIDE), flags=way, borderValue=0)
    return moved


def _blur(images: NDArray[np.uint8] | NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Blur each image, in float32, as if its edge went on outside."""
    blurred = np.empty(images.shape, np.float32)
    for index, image in enumerate(images.astype(np.float32, copy=False)):
        cv2.GaussianBlur(image, (0, 0), sigma_px, dst=blurred[index], borderType=cv2.BORDER_REPLICATE)
    return blurred


def _as_grey(values: NDArray[np.floating]) -> Images:
    return np.asarray(np.rint(np.clip(values, 0, 255)), np.uint8)


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
    "fog": _fog,
    "spatter": _spatter,
    "dotted_line": _dotted_line,
    "zigzag": _zigzag,
    "canny_edges": _canny_edges,
}
CORRUPTIONS: tuple[str, ...] = tuple(_WAYS)
