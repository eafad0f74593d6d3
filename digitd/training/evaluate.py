"""How well probabilities agree with the truth. NumPy only: no TensorFlow, no files."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitd.model.calibrate import error_at_rejection, expected_calibration_error, negative_log_likelihood
from digitd.training.digits import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """One digit against the other nine.

    Attributes
    ----------
    digit, count : int
        Count: how many there are in truth.
    accuracy : float
        Share of all images rightly said to be, or not to be, this digit, 0-1.
    precision, recall : float or None
        Share that is right of those read as this digit, and of those that are it; None where there are none.
    """

    digit: int
    count: int
    accuracy: float
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What `digitd evaluate` reports.

    Attributes
    ----------
    count, wrong, unread : int
        Images in all; those read wrongly, among them those that gave no glyph.
    accuracy, error : float
        0-1.
    loss : float or None
        Negative log-likelihood in nats over the images that gave a glyph; None where none did.
    ece : float
        Expected calibration error, 15 bins.
    error_at_rejection : mapping of float to float
        Share rejected -> error among the rest. An image without a glyph is the first to be rejected.
    classes : tuple of ClassScore
    confusion : (10, 10) tuple of tuple of int
        [truth][read], images with a glyph only.
    """

    count: int
    wrong: int
    unread: int
    accuracy: float
    error: float
    loss: float | None
    ece: float
    error_at_rejection: Mapping[float, float]
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]


def evaluate(probabilities: NDArray[np.float32], part: Part) -> Evaluation:
    """Measure a classifier.

    Parameters
    ----------
    probabilities : (N, 10) float32
        What it gives for ``part.images``.
    part : Part
        Images without a glyph count as wrong, with confidence 0.
    """
    read = probabilities.argmax(axis=1)
    unread_labels = np.array([unread.label for unread in part.unread], np.int64)
    correct = np.append(read == part.labels, np.zeros(len(unread_labels), bool))
    confidence = np.append(probabilities.max(axis=1), np.zeros(len(unread_labels), np.float32))
    confusion = np.zeros((10, 10), np.int64)
    np.add.at(confusion, (part.labels, read), 1)
    return Evaluation(
        count=len(correct),
        wrong=int((~correct).sum()),
        unread=len(unread_labels),
        accuracy=float(correct.mean()),
        error=float(1 - correct.mean()),
        loss=negative_log_likelihood(probabilities, part.labels) if len(part) else None,
        ece=expected_calibration_error(confidence, correct),
        error_at_rejection=error_at_rejection(confidence, correct),
        classes=_class_scores(confusion, np.bincount(unread_labels, minlength=10)),
        confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
    )


def _class_scores(confusion: NDArray[np.int64], unread: NDArray[np.integer]) -> tuple[ClassScore, ...]:
    hits, truths, reads = confusion.diagonal(), confusion.sum(axis=1) + unread, confusion.sum(axis=0)
    count = int(truths.sum())
    return tuple(
        ClassScore(
            digit=digit,
            count=int(truths[digit]),
            accuracy=1 - float(truths[digit] + reads[digit] - 2 * hits[digit]) / count,
            precision=float(hits[digit] / reads[digit]) if reads[digit] else None,
            recall=float(hits[digit] / truths[digit]) if truths[digit] else None,
        )
        for digit in range(10)
    )
