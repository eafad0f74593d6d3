"""From digits to an artefact: split, fit, export, calibrate, measure, report, seal.

Three parts that never mix: training rows teach the weights; validation rows, held out from training by the seed, choose
arithmetic, temperature and thresholds; the test part is looked at once, at the end, to be reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from digitd.imaging.normalise import NORMALISER_VERSION
from digitd.model import calibrate
from digitd.model.artefact import KERAS_NAME, LITERT_NAME, hash_files, seal, write_artefact
from digitd.model.classify import LiteRtClassifier
from digitd.model.manifest import DataOrigin, InputContract, Manifest
from digitd.model.network import save_network
from digitd.training.dataset import hold_out, with_test_part
from digitd.training.evaluate import Evaluation, evaluate
from digitd.training.export import export
from digitd.training.fit import Epoch, fit
from digitd.training.report import write_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from digitd.training.digits import Dataset, Part

_VALIDATION_ROWS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """What came of a training: the manifest as written, and the measurement on the test part."""

    manifest: Manifest
    evaluation: Evaluation


def produce(
    recipe: str,
    dataset: Dataset,
    target: Path,
    *,
    epochs: int,
    seed: int,
    force: bool,
    announce: Callable[[Epoch], None],
) -> Produced:
    """Train a model and write its artefact; an interrupt or an error leaves nothing behind.

    Parameters
    ----------
    recipe : str
        ``mlp`` or ``cnn``.
    dataset : Dataset
    target : Path
        Folder to make.
    epochs, seed : int
    force : bool
        Replace an existing model folder.
    announce : callable
        Is told of each epoch.

    Raises
    ------
    OutputError
        When the target exists or cannot be written; before training starts.
    InputError
        When there are too few digits.
    """
    dataset = with_test_part(dataset, seed=seed)
    test = dataset.test or dataset.train
    train, validation = hold_out(dataset.train, min(_VALIDATION_ROWS, len(dataset.train) // 5), seed=seed)
    with write_artefact(target, force=force) as folder:
        network, history = fit(recipe, train, validation, epochs=epochs, seed=seed, announce=announce)
        save_network(network, folder / KERAS_NAME)
        content, logits, measured = export(recipe, network, train, validation)
        (folder / LITERT_NAME).write_bytes(content)
        temperature = calibrate.fit_temperature(logits, validation.labels)
        probabilities = LiteRtClassifier(content, temperature=temperature).probabilities(test.images)
        evaluation = evaluate(probabilities, test)
        write_report(folder / "report", test, probabilities, evaluation, history)
        manifest = Manifest(
            recipe=recipe,
            seed=seed,
            epochs=epochs,
            data=DataOrigin(
                source=dataset.source,
                sha256=dataset.sha256,
                counts={"train": len(train), "validation": len(validation), "test": len(test)},
            ),
            normaliser_version=NORMALISER_VERSION,
            input=InputContract(),
            output="logits",
            accuracy=evaluation.accuracy,
            loss=evaluation.loss or 0.0,
            temperature=temperature,
            thresholds=_thresholds(logits, temperature, validation),
            export=measured,
            versions={name: version(name) for name in ("digitd", "tensorflow", "keras", "numpy", "ai-edge-litert")},
            files=hash_files(folder),
        )
        seal(folder, manifest)
    return Produced(manifest=manifest, evaluation=evaluation)


def _thresholds(logits: NDArray[np.float32], temperature: float, validation: Part) -> dict[str, float | None]:
    probabilities = calibrate.softmax(logits / temperature)
    correct = probabilities.argmax(axis=1) == validation.labels
    return calibrate.fit_thresholds(probabilities.max(axis=1), correct)
