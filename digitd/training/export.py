"""From Keras to LiteRT: float32 and int8, measured against each other, the better one chosen."""

from __future__ import annotations

import tempfile
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np

from digitd.model.chatter import muted_stderr
from digitd.model.classify import LiteRtClassifier
from digitd.model.manifest import Export
from digitd.model.network import keras_logits, logits_network

if TYPE_CHECKING:
    import keras
    from numpy.typing import NDArray

    from digitd.training.dataset import Part

ACCURACY_NOISE = 0.0005
"""What int8 may lose: 2 rows in 5,000, less than two seeds differ by."""

_CALIBRATION_ROWS = 500


def export(network: keras.Model, train: Part, validation: Part) -> tuple[bytes, NDArray[np.float32], Export]:
    """Convert a network and choose its arithmetic on the validation part.

    int8 is taken where it is faster and its accuracy is equal to that of float32 within `ACCURACY_NOISE`.

    Parameters
    ----------
    network : keras.Model
        Ends in softmax, which is cut off.
    train : Part
        Some of it shows the converter the range of each activation.
    validation : Part

    Returns
    -------
    bytes
        The chosen LiteRT model: (1, 28, 28) float32 0-255 in, (1, 10) float32 logits out.
    (N, 10) float32
        Its logits on the validation part.
    Export
        What was measured.
    """
    logits = logits_network(network)
    contents = {
        "float32": convert(logits),
        "int8": convert(logits, representative=train.images[:: max(1, len(train) // _CALIBRATION_ROWS)]),
    }
    scores, speed = {}, {}
    for arithmetic, content in contents.items():
        classifier = LiteRtClassifier(content, temperature=1.0, name=f"{arithmetic} export")
        begun = time.perf_counter()
        scores[arithmetic] = classifier.logits(validation.images)
        speed[arithmetic] = len(validation) / (time.perf_counter() - begun)
    scores["keras"] = keras_logits(network, validation.images)
    accuracy = {name: float((rows.argmax(axis=1) == validation.labels).mean()) for name, rows in scores.items()}
    is_equal = accuracy["int8"] >= accuracy["float32"] - ACCURACY_NOISE
    chosen = "int8" if is_equal and speed["int8"] > speed["float32"] else "float32"
    agreement = float((scores[chosen].argmax(axis=1) == scores["keras"].argmax(axis=1)).mean())
    measured = Export(
        arithmetic=chosen,
        agreement=agreement,
        validation_accuracy=accuracy,
        digits_per_s={name: float(round(rate)) for name, rate in speed.items()},
    )
    return contents[chosen], scores[chosen], measured


def convert(network: keras.Model, *, representative: NDArray[np.uint8] | None = None) -> bytes:
    """Convert a network that takes (N, 28, 28) float32 to LiteRT for one glyph at a time.

    Parameters
    ----------
    network : keras.Model
    representative : (N, 28, 28) uint8, optional
        Glyphs to measure the range of activations on; with them the result computes in int8, with floats in and out.
    """
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), muted_stderr():
        # the input stays float, so there are no statistics to give
        warnings.filterwarnings("ignore", "Statistics for quantized inputs were expected", UserWarning)
        signature = [tf.TensorSpec((1, 28, 28), tf.float32, name="glyph")]
        network.export(folder, input_signature=signature, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if representative is not None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: (
                [glyph[np.newaxis].astype(np.float32)] for glyph in representative
            )
        content: bytes = converter.convert()
    return content
