"""Fitting a network: endless shuffled batches, one line of progress an epoch."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digitd.model.network import CLASSES, build_network, compile_network
from digitd.training.augment import augment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import keras
    from numpy.typing import NDArray

    from digitd.training.digits import Part
    from digitd.training.lessons import Lessons

EPOCHS = {"mlp": 3, "cnn": 40}

_BATCH = {"mlp": 32, "cnn": 128}


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """How an epoch went.

    Attributes
    ----------
    number, of : int
        Counted from 1.
    loss, accuracy : float
        Over the training batches, as they were drawn: augmented and with smoothed labels for ``cnn``.
    validation_loss, validation_accuracy : float
    elapsed_s : float
        Of this epoch.
    left_s : float
        Until the last epoch ends, at the pace so far.
    """

    number: int
    of: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    elapsed_s: float
    left_s: float


def fit(
    recipe: str,
    lessons: Lessons,
    validation: Part,
    *,
    epochs: int,
    seed: int,
    announce: Callable[[Epoch], None],
    clock: Callable[[], float] = time.monotonic,
) -> tuple[keras.Model, tuple[Epoch, ...]]:
    """Train a network from scratch; the validation part is only looked at.

    Equal seeds give equal weights on the same machine and libraries; elsewhere sums may differ in the last bits.

    Parameters
    ----------
    recipe : str
        ``mlp`` or ``cnn``.
    lessons : Lessons
        What the weights are fitted to.
    validation : Part
    epochs, seed : int
    announce : callable
        Is told of each epoch as it ends.
    clock : callable
        Seconds, monotonic.
    """
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()  # measured: no slower for either recipe
    size = min(_BATCH[recipe], len(lessons))
    steps = len(lessons) // size
    one_hot = len(CLASSES[recipe]) if recipe == "cnn" else 0
    network = build_network(recipe)
    compile_network(network, recipe, steps=steps * epochs)
    history: list[Epoch] = []
    begun = clock()

    def note(index: int, logs: Mapping[str, float]) -> None:
        past = sum(epoch.elapsed_s for epoch in history)
        elapsed = clock() - begun
        history.append(
            Epoch(
                number=index + 1,
                of=epochs,
                loss=logs["loss"],
                accuracy=logs["accuracy"],
                validation_loss=logs["val_loss"],
                validation_accuracy=logs["val_accuracy"],
                elapsed_s=elapsed - past,
                left_s=elapsed / (index + 1) * (epochs - index - 1),
            )
        )
        announce(history[-1])

    network.fit(
        batches(lessons, size=size, seed=seed, augmented=recipe == "cnn", one_hot=one_hot),
        steps_per_epoch=steps,
        epochs=epochs,
        validation_data=(validation.images.astype(np.float32), _targets(validation.labels, one_hot=one_hot)),
        validation_batch_size=512,
        shuffle=False,  # the batches come shuffled
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=note)],
        verbose=0,
    )
    return network, tuple(history)


def batches(
    lessons: Lessons, *, size: int, seed: int, augmented: bool, one_hot: int
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32] | NDArray[np.int64]]]:
    """Draw batches without end: each epoch in a new order, rows that fill no batch left out.

    Yields
    ------
    (size, 28, 28) float32 glyphs, 0-255, and (size,) int64 labels, or (size, one_hot) float32 rows where that is not 0
    """
    for epoch in itertools.count():
        rng = np.random.default_rng([seed, epoch])
        order = rng.permutation(len(lessons))
        for start in range(0, len(order) - size + 1, size):
            rows = order[start : start + size]
            images = augment(lessons.images[rows], rng) if augmented else lessons.images[rows]
            yield images.astype(np.float32), _targets(lessons.labels[rows], one_hot=one_hot)


def _targets(labels: NDArray[np.int64], *, one_hot: int) -> NDArray[np.float32] | NDArray[np.int64]:
    return np.eye(one_hot, dtype=np.float32)[labels] if one_hot else labels
