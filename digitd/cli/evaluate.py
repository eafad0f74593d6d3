"""`digitd evaluate`: how well a model reads digits whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from digitd.model.classify import Classifier
    from digitd.training.digits import Part
    from digitd.training.evaluate import Evaluation

_EPILOG = """\b
Examples:
  digitd evaluate models/cnn --data mnist.npz
  digitd evaluate models/cnn/model.keras --data mnist.npz
  digitd evaluate models/cnn --data scans/ --json | jq .accuracy
  digitd evaluate models/cnn --data scans/ --report report-of-scans
"""


@click.command(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    help="An .npz in Keras's layout or a folder with the four IDX files (their test part is used), "
    "or a folder with labels.csv (all of it, read as the service reads).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write pictures and metrics.json to; it also tells how well corrupted digits are read.",
)
def evaluate(model: Path, data: Path, as_json: bool, report: Path | None) -> None:
    """Measure MODEL, a model folder or the .tflite or .keras file in one.

    Prints accuracy, loss, each digit's accuracy, precision and recall, the calibration error (ECE), and the error
    that remains when the least confident 0, 1, 2, 5 and 10 % are left to a person. With --report, pictures too: the
    confusion matrix, the reliability diagram, the error-reject curve, accuracy under fifteen corruptions, and a sheet
    of the worst mistakes.
    """
    import json
    from functools import partial

    from digitd.config import load_config
    from digitd.training.dataset import load_dataset
    from digitd.training.evaluate import evaluate as measure
    from digitd.training.labelled import read_glyph
    from digitd.training.subject import open_subject
    from digitd.training.wording import evaluation_json, evaluation_text

    artefact, classifier = open_subject(model)
    dataset = load_dataset(data, read_image=partial(read_glyph, limits=load_config().limits))
    part = dataset.test or dataset.train
    probabilities = classifier.probabilities(part.images)
    evaluation = measure(probabilities, part)
    if report is not None:
        _write_report(report, classifier, part, probabilities, evaluation)
    if as_json:
        table = {"model": artefact.model_id, "data": dataset.source, **evaluation_json(evaluation)}
        click.echo(json.dumps(table, indent=1))
    else:
        click.echo(f"{model} (model {artefact.model_id}) on {dataset.source}\n\n{evaluation_text(evaluation, part)}")


def _write_report(
    folder: Path, classifier: Classifier, part: Part, probabilities: NDArray[np.float32], evaluation: Evaluation
) -> None:
    from digitd.errors import OutputError
    from digitd.training.report import write_report
    from digitd.training.robustness import measure_robustness

    try:
        folder.mkdir(parents=True, exist_ok=True)  # before the work: a folder that cannot be made costs no minute
        click.echo("measuring corrupted digits", err=True)
        write_report(folder, part, probabilities, evaluation, measure_robustness(classifier, part))
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot write the report: {error.strerror}", hint="choose another --report"
        ) from error
    click.echo(f"report: {folder}", err=True)
