"""From digits to an artefact: split, fit, export, calibrate, measure, report, seal.

Three parts that never mix: training rows, and what is drawn with them, teach the weights; validation rows, held out
from training, choose the arithmetic and, with what is drawn with them, temperature and thresholds; the test
part is looked at once, at the end, to be reported.
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
from digitd.model.network import CLASSES, save_network
from digitd.training.dataset import hold_out, with_test_part
from digitd.training.evaluate import Evaluation, evaluate
from digitd.training.export import export
from digitd.training.fit import Epoch, fit
from digitd.training.lessons import IN_USE, TO_LEARN, Lessons, Shares, broad_lessons, digits_only
from digitd.training.report import write_report
from digitd.training.robustness import measure_robustness

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digitd.training.digits import Dataset, Part

VALIDATION_ROWS = 5000
VALIDATION_SEED = 1
"""Seed of the validation split: the same for every training, so that trainings can be compared by it."""


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
    train, validation = hold_out(dataset.train, min(VALIDATION_ROWS, len(dataset.train) // 5), seed=VALIDATION_SEED)
    with write_artefact(target, force=force) as folder:
        lessons = _lessons(recipe, train, TO_LEARN, seed=seed)
        network, history = fit(recipe, lessons, validation, epochs=epochs, seed=seed, announce=announce)
        save_network(network, folder / KERAS_NAME)
        content, measured = export(recipe, network, lessons, validation)
        (folder / LITERT_NAME).write_bytes(content)
        # another seed, or what is drawn for validation would be what was drawn for training
        temperature, thresholds = _calibrated(content, _lessons(recipe, validation, IN_USE, seed=seed + 1))
        classifier = LiteRtClassifier(content, temperature=temperature)
        probabilities = classifier.probabilities(test.images)
        evaluation = evaluate(probabilities, test)
        robustness = measure_robustness(classifier, test)
        write_report(folder / "report", test, probabilities, evaluation, robustness, history=history)
        manifest = Manifest(
            recipe=recipe,
            seed=seed,
            epochs=epochs,
            data=DataOrigin(
                source=dataset.source,
                sha256=dataset.sha256,
                counts={
                    "train": len(train),
                    "drawn": len(lessons) - len(train),
                    "validation": len(validation),
                    "test": len(test),
                },
            ),
            normaliser_version=NORMALISER_VERSION,
            input=InputContract(),
            output="logits",
            classes=CLASSES[recipe],
            accuracy=evaluation.accuracy,
            loss=evaluation.loss or 0.0,
            temperature=temperature,
            thresholds=thresholds,
            export=measured,
            versions={name: version(name) for name in ("digitd", "tensorflow", "keras", "numpy", "ai-edge-litert")},
            files=hash_files(folder),
        )
        seal(folder, manifest)
    return Produced(manifest=manifest, evaluation=evaluation)


def _lessons(recipe: str, part: Part, shares: Shares, *, seed: int) -> Lessons:
    return broad_lessons(part, shares, seed=seed) if recipe == "cnn" else digits_only(part)


def _calibrated(content: bytes, held_out: Lessons) -> tuple[float, dict[str, float | None]]:
    """Fit (temperature, thresholds) on what the weights have not seen; what is no digit counts as wrong if accepted."""
    logits = LiteRtClassifier(content, temperature=1.0).logits(held_out.images)
    temperature = calibrate.fit_temperature(logits, held_out.labels)
    probabilities = calibrate.digit_probabilities(logits, temperature)
    correct = probabilities.argmax(axis=1) == held_out.labels
    return temperature, calibrate.fit_thresholds(probabilities.max(axis=1), correct)
