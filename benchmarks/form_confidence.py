"""Make the constants of `digitd/forms/confidence.py` again: what a confidence is worth in a box, and in a whole field.

    python -m benchmarks.form_confidence [--pages 600] [--seed 21]

Pages of the simulator's six forms are filled with digits of the validation split, which the model was not trained on,
scanned and photographed, and read. Half of the pages give the constants, the other half says how good they are.
Residual risk: people who write into boxes are not MNIST's writers, and the simulator's pens are no real pens.
"""

import argparse
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digitd.form_reader import FormReader, answers_on, form_reader
from digitd.forms.boxes.cut import cut
from digitd.forms.boxes.read import glyphs_of, reads_of
from digitd.forms.confidence import eleven_calibrated, eleven_of, least_for
from digitd.forms.placed import Registration
from digitd.forms.registration.prepare import prepare
from digitd.forms.registration.register import register
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.calibrate import expected_calibration_error, fit_thresholds
from digitd.model.classify import load_classifier
from digitd.training.dataset import hold_out
from digitd.training.digits import Part
from digitd.training.produce import VALIDATION_ROWS, VALIDATION_SEED
from tests.forms.simulation.layout import references
from tests.forms.simulation.layouts import layouts
from tests.forms.simulation.phone import photograph
from tests.forms.simulation.scanner import scan
from tests.forms.simulation.values import Capture
from tests.forms.simulation.writing import Digits, fill

_PHONES = 1 / 3
"""Of the pages are photographed."""
_TEMPERATURES = np.geomspace(0.7, 3.0, 30)
_CHANCES = np.geomspace(1e-5, 1e-2, 30)
_TARGETS = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box in which something was written: the classifier's answers (10 or 20 numbers in rows), what it was."""

    answers: NDArray[np.float64]
    digit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSeen:
    """A field whose boxes all have something to read or nothing: the page it is on, its boxes, blanks all right."""

    page: int
    boxes: tuple[Box, ...]
    are_blanks_right: bool


def collect(pages: int, data: Path, rng: Generator) -> list[FieldSeen]:
    """Read simulated pages; those that are not registered are left out, which is another benchmark's subject."""
    arrays = np.load(data / "mnist.npz")
    whole = Part(images=arrays["x_train"], labels=arrays["y_train"].astype(np.int64))
    _, validation = hold_out(whole, VALIDATION_ROWS, seed=VALIDATION_SEED)
    digits = Digits.of(validation.images, validation.labels)
    classifier = load_classifier(load_artefact(shipped_model()))
    readers = [
        (
            layout,
            form_reader(classifier=classifier, form=prepare(layout.template, references(layout)), target_error=0.01),
        )
        for layout in layouts()
    ]
    found = []
    for number in range(pages):
        layout, reader = readers[number % len(readers)]
        page = int(rng.integers(len(layout.template.pages))) + 1
        is_phone = rng.random() < _PHONES
        filled = fill(layout, page, digits, rng, colour=is_phone)
        found += _seen(photograph(filled, rng) if is_phone else scan(filled, rng), reader, number)
    return found


def _seen(capture: Capture, reader: FormReader, number: int) -> list[FieldSeen]:
    registration = register(capture.picture, reader.form)
    if not isinstance(registration, Registration) or registration.page != capture.filled.page:
        return []
    fields = reader.form.template.fields_of(registration.page)
    boxes = cut(capture.picture, registration, fields, reader.blanks)
    glyphs = glyphs_of(boxes)
    answers = answers_on(reader.classifier, glyphs.pixels)
    reads = reads_of(boxes, glyphs, answers)
    by_place = defaultdict(list)
    for place, row in zip(glyphs.places, answers, strict=True):
        by_place[place].append(row)
    found, place = [], 0
    for field in fields:
        figures = capture.filled.figures[field.name]
        row = reads[field.name].boxes
        places = range(place, place + len(row))
        place += len(row)
        unreadable = any(
            not read.is_blank and (read.is_struck or not by_place[number])
            for number, read in zip(places, row, strict=True)
        )
        if unreadable:
            continue  # the rules send it to a person, whatever its confidence
        written = [
            Box(answers=np.array(by_place[p]), digit=int(figure))
            for p, read, figure in zip(places, row, figures, strict=True)
            if not read.is_blank and figure != " "
        ]
        are_right = all(read.is_blank == (figure == " ") for read, figure in zip(row, figures, strict=True))
        found.append(FieldSeen(page=number, boxes=tuple(written), are_blanks_right=are_right))
    return found


def fit(fields: list[FieldSeen]) -> tuple[float, float]:
    """Find the (temperature, chance) under which what was written is most likely."""
    boxes = [box for field in fields for box in field.boxes]

    def surprise(temperature: float, chance: float) -> float:
        return -sum(
            np.log(eleven_calibrated(eleven_of(box.answers), temperature, chance).mean(axis=0)[box.digit])
            for box in boxes
        )

    temperature = min(_TEMPERATURES, key=lambda tried: surprise(tried, 0.0005))
    return float(temperature), float(min(_CHANCES, key=lambda tried: surprise(temperature, tried)))


def confidences(
    fields: list[FieldSeen], temperature: float, chance: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[NDArray[np.bool_]]]:
    """Return for each field with a digit (its confidence; whether it was read right; the same for its digits)."""
    sure, right, digits_right = [], [], []
    for field in fields:
        if not field.boxes:
            continue
        rows = [eleven_calibrated(eleven_of(box.answers), temperature, chance).mean(axis=0) for box in field.boxes]
        best = [int(row[:10].argmax()) for row in rows]
        sure.append(float(np.prod([row[digit] for row, digit in zip(rows, best, strict=True)])))
        truth = [box.digit for box in field.boxes]
        right.append(field.are_blanks_right and best == truth)
        digits_right.append(np.equal(best, truth) & field.are_blanks_right)
    return np.array(sure), np.array(right), digits_right


def by_digit(
    sure: NDArray[np.float64], digits_right: list[NDArray[np.bool_]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return for each digit (what its field is sure of a digit, as `least_for` takes it; whether it was read right)."""
    counts = np.array([len(row) for row in digits_right])
    return np.repeat(1 - (1 - sure) / counts, counts), np.concatenate(digits_right)


def main() -> None:
    """Print the constants, and what they are worth on the other half of the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--seed", type=int, default=21)
    arguments = parser.parse_args()
    data = Path(os.environ.get("DIGITD_DATA", "../shared/data"))
    fields = collect(arguments.pages, data, np.random.default_rng(arguments.seed))
    first = [field for field in fields if field.page < arguments.pages // 2]
    second = [field for field in fields if field.page >= arguments.pages // 2]
    temperature, chance = fit(first)
    click.echo(f"TEMPERATURE = {temperature:.2f}\nCHANCE = {chance:.5f}")
    sure, right, digits_right = confidences(first, temperature, chance)
    thresholds = fit_thresholds(*by_digit(sure, digits_right), _TARGETS)
    click.echo(f"THRESHOLDS = {thresholds}  # {len(sure)} fields, {right.mean():.4f} right")
    sure, right, digits_right = confidences(second, temperature, chance)
    click.echo(f"other half: {len(sure)} fields, ECE {expected_calibration_error(sure, right):.4f}")
    counts = np.array([len(row) for row in digits_right])
    wrong_digits = np.array([int((~row).sum()) for row in digits_right])
    for target, least in thresholds.items():
        kept = sure >= [least_for(2.0 if least is None else least, int(count)) for count in counts]
        click.echo(
            f"  target {target}: {kept.mean():.3f} of fields accepted, {int((~right[kept]).sum())} of "
            f"{int(kept.sum())} wrong; {int(wrong_digits[kept].sum())} of {int(counts[kept].sum())} digits wrong"
        )


if __name__ == "__main__":
    main()
