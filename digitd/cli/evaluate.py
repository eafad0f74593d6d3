"""`digitd evaluate`: how well a model reads digits whose truth is known."""

from __future__ import annotations

from pathlib import Path

import click

_EPILOG = """\b
Examples:
  digitd evaluate models/cnn --data mnist.npz
  digitd evaluate models/cnn/model.keras --data mnist.npz
  digitd evaluate models/cnn --data scans/ --json | jq .accuracy
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
def evaluate(model: Path, data: Path, as_json: bool) -> None:
    """Measure MODEL, a model folder or the .tflite or .keras file in one.

    Prints accuracy, loss, each digit's accuracy, precision and recall, the calibration error (ECE), and the error
    that remains when the least confident 0, 1, 2, 5 and 10 % are left to a person.
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
    evaluation = measure(classifier.probabilities(part.images), part)
    if as_json:
        table = {"model": artefact.model_id, "data": dataset.source, **evaluation_json(evaluation)}
        click.echo(json.dumps(table, indent=1))
    else:
        click.echo(f"{model} (model {artefact.model_id}) on {dataset.source}\n\n{evaluation_text(evaluation, part)}")
