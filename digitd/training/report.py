"""The report of a measurement: pictures and metrics.json, drawn with Figure and Agg, never pyplot."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from digitd.model.calibrate import error_at_rejection, reliability
from digitd.training.digits import Part
from digitd.training.evaluate import Evaluation
from digitd.training.fit import Epoch
from digitd.training.robustness import Robustness
from digitd.training.wording import evaluation_json

_DPI = 90
_INK, _RIGHT, _WRONG = "#222222", "#2b6cb0", "#c05621"  # told apart by the colour-blind too


def write_report(
    folder: Path,
    part: Part,
    probabilities: NDArray[np.float32],
    evaluation: Evaluation,
    robustness: Robustness,
    *,
    history: Sequence[Epoch] = (),
) -> None:
    """Write confusion_matrix, worst_mistakes, reliability, error_reject and corruptions as PNG, and metrics.json.

    The report of a training also holds training_curve.

    Parameters
    ----------
    folder : Path
        Made when absent.
    part : Part
        What was evaluated.
    probabilities : (N, 10) float32
        For ``part.images``.
    evaluation : Evaluation
    robustness : Robustness
        No picture is made of one that measured nothing.
    history : sequence of Epoch
        Of the training, where this is its report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    read = probabilities.argmax(axis=1)
    confidence, correct = probabilities.max(axis=1), read == part.labels
    figures = {
        "confusion_matrix": _confusion_matrix(evaluation),
        "worst_mistakes": _worst_mistakes(part, read, confidence),
        "reliability": _reliability(confidence, correct, evaluation.ece),
        "error_reject": _error_reject(confidence, correct),
    }
    if robustness.corrupted:
        figures["corruptions"] = _corruptions(robustness)
    if history:
        figures["training_curve"] = _training_curve(history)
    for name, figure in figures.items():
        # without the Software entry equal reports are equal bytes on another Matplotlib
        figure.savefig(folder / f"{name}.png", dpi=_DPI, metadata={"Software": None})
    content: dict[str, object] = {"evaluation": evaluation_json(evaluation), "robustness": asdict(robustness)}
    if history:
        content["epochs"] = [asdict(epoch) for epoch in history]
    (folder / "metrics.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _new_figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _training_curve(history: Sequence[Epoch]) -> Figure:
    figure = _new_figure(9, 3.6)
    loss, accuracy = figure.subplots(1, 2)
    numbers = [epoch.number for epoch in history]
    loss.plot(numbers, [epoch.loss for epoch in history], "o-", ms=3, color=_INK, label="training")
    loss.plot(numbers, [epoch.validation_loss for epoch in history], "s--", ms=3, color=_RIGHT, label="validation")
    loss.set(xlabel="epoch", ylabel="loss")
    error = [100 * (1 - epoch.accuracy) for epoch in history]
    held_out = [100 * (1 - epoch.validation_accuracy) for epoch in history]
    accuracy.plot(numbers, error, "o-", ms=3, color=_INK, label="training")
    accuracy.plot(numbers, held_out, "s--", ms=3, color=_RIGHT, label="validation")
    accuracy.set(xlabel="epoch", ylabel="error (%)", ylim=(0, None))
    accuracy.set_yscale("symlog", linthresh=0.1)  # from 90 % to no error at all
    accuracy.yaxis.set_major_locator(FixedLocator([0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]))
    accuracy.yaxis.set_minor_locator(NullLocator())
    for axes in (loss, accuracy):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.legend()
        axes.grid(alpha=0.3)
    return figure


def _confusion_matrix(evaluation: Evaluation) -> Figure:
    figure = _new_figure(5.6, 5.6)
    axes = figure.subplots()
    matrix = np.array(evaluation.confusion)
    mistakes = matrix * (1 - np.eye(10, dtype=int))
    darkest = max(1, int(mistakes.max()))
    axes.imshow(mistakes, cmap="Oranges", vmin=0, vmax=darkest)
    for truth, read in np.argwhere(matrix > 0):
        ink = "white" if mistakes[truth, read] > 0.6 * darkest else _INK
        axes.text(read, truth, str(matrix[truth, read]), ha="center", va="center", fontsize=8, color=ink)
    axes.set(xlabel="read", ylabel="truth", xticks=range(10), yticks=range(10))
    axes.set_title(f"{evaluation.wrong} wrong of {evaluation.count}; shade: mistakes")
    return figure


def _worst_mistakes(part: Part, read: NDArray[np.integer], confidence: NDArray[np.float32]) -> Figure:
    wrong = np.flatnonzero(read != part.labels)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:40]
    figure = _new_figure(9, 6.4)
    figure.suptitle(f"the {len(worst)} most confident of {len(wrong)} mistakes: truth, read, confidence")
    for axes, row in zip(figure.subplots(5, 8).flat, [*worst, *[None] * 40], strict=False):
        axes.axis("off")
        if row is not None:
            axes.imshow(255 - part.images[row], cmap="gray", vmin=0, vmax=255)
            axes.set_title(f"{part.labels[row]}, {read[row]}, {confidence[row]:.2f}", fontsize=8, color=_WRONG)
    return figure


def _reliability(confidence: NDArray[np.float32], correct: NDArray[np.bool_], ece: float) -> Figure:
    figure = _new_figure(4.6, 4.6)
    axes = figure.subplots()
    bins = reliability(confidence, correct)
    axes.plot([0, 1], [0, 1], ":", color=_INK, label="perfect")
    axes.plot([mean for mean, *_ in bins], [accuracy for _, accuracy, *_ in bins], "o-", color=_RIGHT, label="model")
    axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02), ylim=(0, 1.02), title=f"ECE {ece:.4f}")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def _error_reject(confidence: NDArray[np.float32], correct: NDArray[np.bool_]) -> Figure:
    rates = [share / 1000 for share in range(201)]
    errors = error_at_rejection(confidence, correct, rates)
    figure = _new_figure(5.2, 3.8)
    axes = figure.subplots()
    axes.plot([100 * rate for rate in rates], [100 * errors[rate] for rate in rates], color=_RIGHT)
    axes.set(xlabel="left to a person (%)", ylabel="error among the rest (%)", ylim=(0, None))
    axes.grid(alpha=0.3)
    return figure


def _corruptions(robustness: Robustness) -> Figure:
    figure = _new_figure(6.4, 4.6)
    axes = figure.subplots()
    names, errors = list(robustness.corrupted), [100 * (1 - share) for share in robustness.corrupted.values()]
    mean, clean = float(np.mean(errors)), 100 * (1 - robustness.clean)
    axes.axvline(clean, color=_INK, ls=":", label=f"uncorrupted {clean:.2f} %", zorder=0)
    axes.axvline(mean, color=_WRONG, ls="--", label=f"mean {mean:.2f} %", zorder=0)
    bars = axes.barh(range(len(names)), errors, color=_RIGHT)
    axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=8, color=_INK, bbox={"fc": "white", "ec": "none", "pad": 0.5})
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.invert_yaxis()
    axes.set(xlabel="read wrong (%)", xlim=(0, 1.12 * max(1.0, *errors)))
    axes.legend(loc="upper right")  # the worst two of the suite are its last
    return figure
