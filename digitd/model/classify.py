"""Glyphs in, calibrated probabilities out, on LiteRT; TensorFlow is never needed here.

A model may have an eleventh class, for what is no digit; one without it takes everything for a digit.

A classifier is picklable (it carries the model's bytes and opens them where it lands) and belongs to one thread at a
time: LiteRT interpreters are not thread-safe. Digits go through one at a time: on a CPU a batch of 64 was no faster,
and so a reading never depends on its neighbours.
"""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from digitd.errors import ModelError
from digitd.model.artefact import LITERT_NAME, Artefact
from digitd.model.calibrate import digit_probabilities
from digitd.model.chatter import muted_stderr

_SIGNATURES = [[((1, 28, 28), np.float32), ((1, classes), np.float32)] for classes in (10, 11)]


class Classifier(Protocol):
    """Whatever reads a glyph."""

    def probabilities(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Read glyphs.

        Parameters
        ----------
        glyphs : (N, 28, 28) uint8, 255 = ink

        Returns
        -------
        (N, 10) float32
            Calibrated probability of each digit, 0 first. What a row lacks to 1 is the probability that the glyph is
            no digit.
        """
        ...


class LiteRtClassifier:
    """A classifier on LiteRT; make one with `load_classifier`.

    Parameters
    ----------
    content : bytes
        A LiteRT model that takes (1, 28, 28) float32 0-255 and gives (1, 10) or (1, 11) float32 logits.
    temperature : float
        Above 0; 1 leaves the model's own confidence.
    num_threads : int
    name : str
        What messages call the model.

    Raises
    ------
    ModelError
        When LiteRT cannot open the bytes, or they hold another kind of model.
    """

    def __init__(self, content: bytes, *, temperature: float, num_threads: int = 1, name: str = "model") -> None:
        self._content = content
        self._temperature = temperature
        self._num_threads = num_threads
        self._name = name
        self._open()

    @property
    def classes(self) -> int:
        """How many outputs the model has, 10 or 11."""
        return self._classes

    @property
    def has_xnnpack(self) -> bool:
        """Whether XNNPACK runs the model: its nodes replace operators in the graph, and nothing else delegates here."""
        return any(op["op_name"] == "DELEGATE" for op in self._interpreter._get_ops_details())  # noqa: SLF001 - no public way

    def logits(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Score glyphs, (N, 28, 28) uint8 with 255 = ink; returns (N, 10 or 11) float32 before temperature, softmax."""
        if glyphs.ndim != 3 or glyphs.shape[1:] != (28, 28) or glyphs.dtype != np.uint8:
            raise ValueError(f"glyphs are {glyphs.shape} {glyphs.dtype}, not (N, 28, 28) uint8")
        scores = np.empty((len(glyphs), self._classes), np.float32)
        for row, glyph in enumerate(glyphs):
            self._interpreter.set_tensor(self._input, glyph[np.newaxis].astype(np.float32))
            self._interpreter.invoke()
            scores[row] = self._interpreter.get_tensor(self._output)[0]
        return scores

    def probabilities(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Read glyphs, as `Classifier` says."""
        return digit_probabilities(self.logits(glyphs), self._temperature)

    def _open(self) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            with muted_stderr():  # LiteRT announces XNNPACK there, in the middle of logs that may be JSON
                self._interpreter = Interpreter(model_content=self._content, num_threads=self._num_threads)
                self._interpreter.allocate_tensors()
            inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"{self._name}: LiteRT cannot open it: {error}", hint="train it again, or use the shipped model"
            ) from error
        found = [(tuple(tensor["shape"].tolist()), tensor["dtype"]) for tensor in (*inputs, *outputs)]
        if found not in _SIGNATURES:
            raise ModelError(
                f"{self._name}: its tensors are {[shape for shape, _ in found]}, "
                "not [(1, 28, 28), (1, 10)] or [(1, 28, 28), (1, 11)] in float32",
                hint="train it again with `digitd train`, or use the shipped model",
            )
        self._input, self._output = inputs[0]["index"], outputs[0]["index"]
        self._classes = int(outputs[0]["shape"][1])

    def __getstate__(self) -> dict[str, Any]:
        """Leave the interpreter behind; it is opened anew where the classifier lands."""
        return {key: getattr(self, key) for key in ("_content", "_temperature", "_num_threads", "_name")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Open the interpreter in this process."""
        self.__dict__.update(state)
        self._open()


def load_classifier(artefact: Artefact, *, num_threads: int = 1) -> LiteRtClassifier:
    """Open the LiteRT model of an artefact.

    Parameters
    ----------
    artefact : Artefact
        From `digitd.model.artefact.load_artefact`.
    num_threads : int
        One is best where several processes read side by side.

    Raises
    ------
    ModelError
        When the file changed since the artefact was loaded, LiteRT cannot open it, or it has other outputs than the
        manifest says.
    """
    name = str(artefact.folder / LITERT_NAME)
    classifier = LiteRtClassifier(
        artefact.read(LITERT_NAME), temperature=artefact.manifest.temperature, num_threads=num_threads, name=name
    )
    if classifier.classes != len(artefact.manifest.classes):
        raise ModelError(
            f"{name}: has {classifier.classes} outputs, the manifest names {len(artefact.manifest.classes)} classes",
            hint="train it again with `digitd train`, or use the shipped model",
        )
    return classifier
