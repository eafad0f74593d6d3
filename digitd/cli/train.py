"""`digitd train`: digits in, a model folder out."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitd.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digitd.training.digits import Dataset
    from digitd.training.fit import Epoch
    from digitd.training.produce import Produced

_EPILOG = """\b
Examples:
  digitd train                                    the default: cnn on MNIST, into models/cnn
  digitd train --recipe mlp --data mnist.npz      three epochs, under a minute
  digitd train --data scans/ --out models/scans   a folder of images with labels.csv
"""


@click.command(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--recipe",
    type=click.Choice(["mlp", "cnn"]),
    default="cnn",
    show_default=True,
    help="mlp: two dense layers, 97 %. cnn: six convolutions, the one that ships; knows what is no digit.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="An .npz in Keras's layout, a folder with the four IDX files, or a folder with labels.csv (file,label). "
    "Without it MNIST is downloaded once.",
)
@click.option("--epochs", type=click.IntRange(1), help="Times through the data.  [default: mlp 3, cnn 40]")
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Of everything drawn at random."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to make.  [default: models/RECIPE]")
@click.option("--force", is_flag=True, help="Replace an existing model folder.")
def train(recipe: str, data: Path | None, epochs: int | None, seed: int, out: Path | None, force: bool) -> None:
    """Train a model and save it with its report.

    Writes model.keras, model.tflite, manifest.json and report/ as one folder, whole or not at all. Progress goes to
    stderr, the result to stdout.
    """
    from digitd.model.artefact import refuse_existing
    from digitd.model.network import start_tensorflow
    from digitd.training.fit import EPOCHS
    from digitd.training.produce import produce

    target = out or Path("models") / recipe
    with _interruptible() as end_if_interrupted:

        def announce(epoch: Epoch) -> None:
            end_if_interrupted()
            _announce_epoch(epoch)

        refuse_existing(target, force=force)
        dataset = _digits(data)
        start_tensorflow()
        produced = produce(
            recipe,
            dataset,
            target,
            epochs=epochs or EPOCHS[recipe],
            seed=seed,
            force=force,
            announce=announce,
        )
    click.echo(_summary(produced, target))


@contextmanager
def _interruptible() -> Iterator[Callable[[], None]]:
    """Let SIGTERM do what Ctrl-C does: unwind, so that nothing half-written stays, and exit 130 with one line.

    SIGINT is set too, because a shell starts background jobs with it ignored. Yields a function that raises once a
    signal has come: Python drops what a handler raises while an object is being finalised, as in TensorFlow's steps.
    """
    received: list[int] = []

    def interrupt(number: int, _frame: object) -> None:
        received.append(number)
        raise KeyboardInterrupt

    def end_if_interrupted() -> None:
        if received:
            raise KeyboardInterrupt

    def report_unraisable(dropped: sys.UnraisableHookArgs) -> None:
        if dropped.exc_type is not KeyboardInterrupt:
            hook(dropped)

    hook, sys.unraisablehook = sys.unraisablehook, report_unraisable
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield end_if_interrupted
    except KeyboardInterrupt:
        click.echo("interrupted: no model was saved", err=True)
        click.get_current_context().exit(ExitCode.INTERRUPTED)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = hook


def _digits(data: Path | None) -> Dataset:
    from functools import partial

    from digitd.config import load_config
    from digitd.training.dataset import load_dataset
    from digitd.training.download import obtain_mnist
    from digitd.training.labelled import read_glyph

    path = data or obtain_mnist(announce=lambda line: click.echo(line, err=True))
    dataset = load_dataset(path, read_image=partial(read_glyph, limits=load_config().limits))
    unread = dataset.train.unread
    if unread:
        click.echo(
            f"data: {len(unread)} images gave no digit and are left out, e.g. {unread[0].file}: {unread[0].why}",
            err=True,
        )
    return dataset


def _announce_epoch(epoch: Epoch) -> None:
    minutes, seconds = divmod(round(epoch.left_s), 60)
    click.echo(
        f"epoch {epoch.number}/{epoch.of}  loss {epoch.loss:.4f}  accuracy {epoch.accuracy:.4f}  "
        f"validation {epoch.validation_accuracy:.4f}  {epoch.elapsed_s:.1f} s  left {minutes}:{seconds:02d}",
        err=True,
    )


def _summary(produced: Produced, target: Path) -> str:
    manifest, measured = produced.manifest, produced.evaluation
    threshold = manifest.thresholds["0.001"]
    return "\n".join(
        [
            f"saved      {target}",
            f"accuracy   {100 * measured.accuracy:.2f} % on {measured.count} test digits, {measured.wrong} wrong",
            f"loss       {manifest.loss:.4f}  ECE {measured.ece:.4f}",
            f"export     {manifest.export.arithmetic}, agrees with Keras on {100 * manifest.export.agreement:.2f} %",
            "accept at  " + ("no confidence" if threshold is None else f"{threshold:.4f}") + " for one error in 1,000",
        ]
    )
