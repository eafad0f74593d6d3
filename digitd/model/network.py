"""The two Keras recipes, and the Keras side of an artefact. The one module of `model` that needs TensorFlow.

Both networks take (N, 28, 28) float32 glyphs, 0-255 with 255 = ink, and give probabilities, (N, 10), or (N, 11) where
the last is that of no digit; whatever scaling they need is a layer inside them, so that serving cannot differ from
training.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from digitd.errors import ModelError, UsageError
from digitd.model.chatter import muted_stderr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import keras
    from numpy.typing import NDArray

CLASSES: Mapping[str, tuple[str, ...]] = {"mlp": tuple("0123456789"), "cnn": (*"0123456789", "not_a_digit")}
"""What the outputs of each recipe stand for."""


def start_tensorflow() -> None:
    """Import TensorFlow quietly; later imports of it or of Keras are free.

    Raises
    ------
    UsageError
        When TensorFlow is not installed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with muted_stderr():
            import tensorflow  # noqa: F401, ICN001 - imported for its effect
    except ModuleNotFoundError as error:
        raise UsageError(
            f"training needs TensorFlow, and {error.name} is not installed", hint="pip install 'digitd[train]'"
        ) from error


def build_network(recipe: str) -> keras.Model:
    """Make an untrained, uncompiled Keras model.

    Parameters
    ----------
    recipe : str
        ``mlp``: Flatten, Dense 128 ReLU, Dense 128 ReLU, Dense 10 softmax, after each image column is brought to
        unit length as ``tf.keras.utils.normalize(x, axis=1)`` does.
        ``cnn``: six 3x3 convolutions of width 32, 48, 48, 96, 96, 96, each with batch normalisation; strides instead
        of pooling, then the means over the four corners of the 7x7 map, of which training drops a fifth; 248 k
        parameters.
    """
    return {"mlp": _mlp, "cnn": _cnn}[recipe]()


def compile_network(model: keras.Model, recipe: str, *, steps: int) -> None:
    """Attach optimiser and loss.

    Parameters
    ----------
    model : keras.Model
    recipe : str
        ``mlp``: Adam, sparse categorical cross-entropy. ``cnn``: AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101)
        with a short warm-up and cosine decay to 0, and label smoothing 0.05; its labels are one-hot.
    steps : int
        Batches in the whole training.
    """
    import keras

    if recipe == "mlp":
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return
    warmup = min(400, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        1e-4, steps - warmup, alpha=0.0, warmup_target=3e-3, warmup_steps=warmup
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=0.02)
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])  # they hold scale, not capacity
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.05)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])


def logits_network(model: keras.Model) -> keras.Model:
    """Return the same network without its closing softmax, sharing no layer with it.

    What is exported gives logits, because an int8 softmax has steps of 1/256 and would ruin the confidence.
    """
    import keras

    if model.layers[-1].activation is not keras.activations.softmax:
        raise ValueError(f"the last layer, {model.layers[-1].name}, is no softmax")
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    twin.layers[-1].activation = keras.activations.linear
    return keras.Model(twin.inputs[0], twin.layers[-1](twin.layers[-1].input))


def save_network(model: keras.Model, path: Path) -> None:
    """Write a model.keras without its optimiser; `include_optimizer=False` and `clone_model` would keep it."""
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    bare.save(path)


def load_network(path: Path) -> keras.Model:
    """Open a model.keras, without its optimiser.

    Raises
    ------
    ModelError
        When Keras cannot read the file.
    """
    start_tensorflow()
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: Keras cannot open it: {error}", hint="train it again with `digitd train`") from error


def keras_logits(network: keras.Model, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Score (N, 28, 28) uint8 glyphs, 255 = ink, through a network that ends in softmax; (N, C) float32 logits."""
    scores: NDArray[np.float32] = logits_network(network).predict(glyphs.astype(np.float32), batch_size=512, verbose=0)
    return scores


def _mlp() -> keras.Model:
    import keras

    return keras.Sequential(
        [
            keras.Input((28, 28), name="glyph"),
            _unit_columns(),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ],
        name="mlp",
    )


def _unit_columns() -> keras.Model:
    """Make a layer that brings each image column to unit length, as tf.keras.utils.normalize(x, axis=1).

    Columns without ink stay 0. Not keras.layers.UnitNormalization: it takes the reciprocal root of 0, and LiteRT makes
    NaN of that.
    """
    import keras
    from keras import ops

    glyph = keras.Input((28, 28))
    length = ops.sqrt(ops.sum(ops.square(glyph), axis=1, keepdims=True))  # (N, 1, 28)
    return keras.Model(glyph, glyph / ops.maximum(length, 1e-6), name="unit_columns")


def _cnn() -> keras.Model:
    import keras
    from keras import layers

    glyph = keras.Input((28, 28), name="glyph")
    x = layers.Rescaling(1 / 255)(glyph)
    x = layers.Reshape((28, 28, 1))(x)
    for width, stride in ((32, 1), (48, 2), (48, 1), (96, 2), (96, 1), (96, 1)):  # 28, 14, 14, 7, 7, 7 pixels
        x = layers.Conv2D(width, 3, strides=stride, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    x = layers.AveragePooling2D(4, strides=3)(x)  # (N, 2, 2, 96): where in the glyph counts, roughly
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    return keras.Model(glyph, layers.Dense(len(CLASSES["cnn"]), activation="softmax")(x), name="cnn")
