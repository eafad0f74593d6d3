"""How quickly one glyph after another is classified, beside Keras, and how long a page takes to normalise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.baseline import open_model
from benchmarks.resident import Resident
from benchmarks.stopwatch import median_us
from digitd.imaging.normalise import normalise
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.classify import load_classifier

CROPS_PX = (28, 50, 100)
_ROUNDS = 7
_OURS, _THEIRS = 4000, 25
"""Glyphs a round: each fills a second or so."""

Loop = Callable[[NDArray[np.uint8]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Digits a second, one at a time: the model's alone, on LiteRT with one thread and on Keras with all cores.

    Attributes
    ----------
    per_s, keras_per_s : float
        Medians over the rounds.
    ratio, lowest, highest : float
        How many times as fast: median and range of the rounds.
    """

    per_s: float
    keras_per_s: float
    ratio: float
    lowest: float
    highest: float


def model_pace(glyphs: NDArray[np.uint8]) -> Pace:
    """Time both in turn, in rounds, each warm in a process of its own; glyphs are (N, 28, 28) uint8."""
    ours, theirs = (np.resize(glyphs, (count, *glyphs.shape[1:])) for count in (_OURS, _THEIRS))
    with Resident(serve_litert) as litert, Resident(serve_keras) as keras:
        litert.time_s(theirs)
        keras.time_s(theirs[:3])
        rounds = [(_OURS / litert.time_s(ours), _THEIRS / keras.time_s(theirs)) for _ in range(_ROUNDS)]
    ratios = [fast / slow for fast, slow in rounds]
    return Pace(
        per_s=median(fast for fast, _ in rounds),
        keras_per_s=median(slow for _, slow in rounds),
        ratio=median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
    )


def serve_litert() -> Loop:
    """Open the shipped model as digitd does; return the loop over glyphs."""
    classifier = load_classifier(load_artefact(shipped_model()), num_threads=1)

    def run(glyphs: NDArray[np.uint8]) -> None:
        for glyph in glyphs:
            classifier.probabilities(glyph[np.newaxis])

    return run


def serve_keras() -> Loop:
    """Open the shipped model as Keras does; return the loop over glyphs."""
    model = open_model()

    def run(glyphs: NDArray[np.uint8]) -> None:
        for glyph in glyphs:
            model.predict(glyph[np.newaxis].astype(np.float32), verbose=0)

    return run


def normaliser_us(digits: NDArray[np.uint8]) -> Mapping[int, float]:
    """Return the median microseconds of `normalise` by the side of the crop in pixels.

    Parameters
    ----------
    digits : (N, 28, 28) uint8, 255 = ink
        Read as dark on light, MNIST's margins around them, enlarged to the crop's size.
    """
    return {side_px: median_us(normalise, [_crop(digit, side_px) for digit in digits]) for side_px in CROPS_PX}


def _crop(digit: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(255 - digit, (side_px, side_px), interpolation=cv2.INTER_CUBIC), np.uint8)
