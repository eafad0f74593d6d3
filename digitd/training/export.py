"""From Keras to LiteRT: float32 and int8, measured against each other, the better one chosen."""

from __future__ import annotations

import tempfile
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np

from digitd.errors import ModelError
from digitd.model.chatter import muted_stderr
from digitd.model.classify import LiteRtClassifier
from digitd.model.manifest import Export
from digitd.model.network import keras_logits, logits_network

if TYPE_CHECKING:
    import keras
    from numpy.typing import NDArray

    from digitd.training.digits import Part
    from digitd.training.lessons import Lessons

ARITHMETICS = {"mlp": ("float32",), "cnn": ("float32", "int8")}
"""What is tried. The division in ``mlp`` has no int8 form in LiteRT: lengths near 0 become 0."""

ACCURACY_NOISE = 0.0005
"""What int8 may lose: 2 rows in 5,000, less than two seeds differ by."""

_CALIBRATION_ROWS = 500
_FAITHFUL = 0.99


def export(recipe: str, network: keras.Model, lessons: Lessons, validation: Part) -> tuple[bytes, Export]:
    """Convert a network and choose its arithmetic on the validation part.

    int8 is taken where it is faster and its accuracy is equal to that of float32 within `ACCURACY_NOISE`.

    Parameters
    ----------
    recipe : str
        ``mlp`` or ``cnn``.
    network : keras.Model
        Ends in softmax, which is cut off.
    lessons : Lessons
        Some of them show the converter the range of each activation.
    validation : Part

    Returns
    -------
    bytes
        The chosen LiteRT model: (1, 28, 28) float32 0-255 in, (1, C) float32 logits out.
    Export
        What was measured.

    Raises
    ------
    ModelError
        When LiteRT does not compute in float32 what Keras does.
    """
    logits = logits_network(network)
    samples = lessons.images[:: max(1, len(lessons) // _CALIBRATION_ROWS)]
    contents = {
        arithmetic: convert(logits, representative=samples if arithmetic == "int8" else None)
        for arithmetic in ARITHMETICS[recipe]
    }
    scores, speed = {}, {}
    for arithmetic, content in contents.items():
        classifier = LiteRtClassifier(content, temperature=1.0, name=f"{arithmetic} export")
        begun = time.perf_counter()
        scores[arithmetic] = classifier.logits(validation.images)
        speed[arithmetic] = len(validation) / (time.perf_counter() - begun)
    scores["keras"] = keras_logits(network, validation.images)
    accuracy = {name: float((rows[:, :10].argmax(axis=1) == validation.labels).mean()) for name, rows in scores.items()}
    _require_faithful(scores["float32"], scores["keras"])
    good = [name for name in contents if accuracy[name] >= accuracy["float32"] - ACCURACY_NOISE]
    chosen = max(good, key=lambda name: speed[name])
    measured = Export(
        arithmetic=chosen,
        agreement=_agreement(scores[chosen], scores["keras"]),
        validation_accuracy=accuracy,
        digits_per_s={name: float(round(rate)) for name, rate in speed.items()},
    )
    return contents[chosen], measured


def _agreement(scores: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    return float((scores.argmax(axis=1) == others.argmax(axis=1)).mean())


def _require_faithful(exported: NDArray[np.float32], original: NDArray[np.float32]) -> None:
    """Refuse a conversion that changed the model: in float32 only rounding may differ."""
    if _agreement(exported, original) < _FAITHFUL or not np.isfinite(exported).all():
        raise ModelError(
            f"LiteRT reads only {100 * _agreement(exported, original):.1f} % of the validation digits as Keras does",
            hint="it computes a layer differently; please report it with the versions of tensorflow and ai-edge-litert",
        )


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
