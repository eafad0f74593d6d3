"""What `digitd evaluate` is pointed at: a model folder, or one of the two models in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digitd.errors import ModelError
from digitd.model.artefact import KERAS_NAME, LITERT_NAME, Artefact, load_artefact
from digitd.model.calibrate import digit_probabilities
from digitd.model.classify import Classifier, load_classifier

if TYPE_CHECKING:
    from pathlib import Path

    import keras
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasClassifier:
    """The Keras model of an artefact as a classifier; needs TensorFlow.

    Attributes
    ----------
    network : keras.Model
    temperature : float
        Though fitted on the LiteRT model, it is used here too: the two differ by rounding only.
    """

    network: keras.Model
    temperature: float

    def probabilities(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Read (N, 28, 28) uint8 glyphs, 255 = ink; returns (N, 10) float32 calibrated probabilities."""
        from digitd.model.network import keras_logits

        return digit_probabilities(keras_logits(self.network, glyphs), self.temperature)


def open_subject(path: Path) -> tuple[Artefact, Classifier]:
    """Open what a path names: a folder means its LiteRT model, a file means itself.

    Raises
    ------
    ModelError
        When it is no sound model folder, or a file that is not one of its two models.
    """
    if path.suffix not in {".tflite", ".keras"}:
        artefact = load_artefact(path)
        return artefact, load_classifier(artefact)
    if path.name not in {LITERT_NAME, KERAS_NAME}:
        raise ModelError(
            f"{path}: not the model of an artefact", hint=f"name a model folder, or its {LITERT_NAME} or {KERAS_NAME}"
        )
    artefact = load_artefact(path.parent)
    if path.name == LITERT_NAME:
        return artefact, load_classifier(artefact)
    from digitd.model.network import load_network

    network = load_network(artefact.folder / KERAS_NAME)
    return artefact, KerasClassifier(network=network, temperature=artefact.manifest.temperature)
