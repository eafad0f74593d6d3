"""Make the constants of `digitd/forms/confidence.py` again: what a confidence is worth in a box, and in a whole field.

    python -m benchmarks.form_confidence [--pages 600] [--seed 21]

Pages of the simulator's six forms are filled with digits of the validation split, which the model was not trained on,
scanned and photographed, and read. Temperature and chance are fitted on boxes, thresholds on values as the rules of
their forms leave them; how good they are is told by fitting them on half of the pages, and trying them on the other.
Residual risk: people who write into boxes are not MNIST's writers, and the simulator's pens are no real pens.
"""

import argparse
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.form_pages import digits_of
from digitd.form_reader import FormReader, answers_on, form_reader
from digitd.forms.boxes.cut import cut
from digitd.forms.boxes.read import glyphs_of, reads_of
from digitd.forms.confidence import eleven_calibrated, eleven_of, least_for
from digitd.forms.placed import Registration
from digitd.forms.registration.prepare import prepare
from digitd.forms.registration.register import register
from digitd.forms.rules.judge import judge
from digitd.forms.rules.values import FieldRead
from digitd.forms.template import Field, SumRule
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.calibrate import expected_calibration_error
from digitd.model.classify import load_classifier
from digitd.values import Status
from tests.forms.simulation.layout import references
from tests.forms.simulation.layouts import layouts
from tests.forms.simulation.phone import photograph
from tests.forms.simulation.scanner import scan
from tests.forms.simulation.values import Capture
from tests.forms.simulation.writing import fill

_PHONES = 1 / 3
"""Of the pages are photographed."""
_TEMPERATURES = np.geomspace(0.7, 3.0, 30)
_CHANCES = np.geomspace(1e-5, 1e-2, 30)
_TARGETS = (0.0005, 0.001, 0.002, 0.005, 0.01)
_TRIED = 1 - np.geomspace(0.5, 0.0005, 24)
"""Thresholds that are tried, for a single digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box in which a digit was written: the classifier's answers (10 numbers in rows), and the digit."""

    answers: NDArray[np.float64]
    digit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSeen:
    """A page that was registered: its fields, their rules, what was seen in them and what stands there."""

    fields: Sequence[Field]
    sums: Sequence[SumRule]
    reads: Mapping[str, FieldRead]
    figures: Mapping[str, str]
    boxes: Sequence[Box]

    def without_rules(self) -> "PageSeen":
        """Return the same page of a form that has none."""
        bare = [replace(field, allowed=None, check="", pattern="", range=None) for field in self.fields]
        return replace(self, fields=bare, sums=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a threshold makes of pages, in numbers: fields, those accepted; digits accepted, and those of them wrong."""

    fields: int
    accepted: int
    digits: int
    wrong: int

    @property
    def error(self) -> float:
        """The share of wrong digits among accepted ones, 0-1."""
        return self.wrong / max(1, self.digits)

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.accepted / self.fields:.3f} of fields accepted, {self.wrong} of {self.digits} digits wrong"


def collect(pages: int, data: Path, rng: Generator) -> list[PageSeen]:
    """Read simulated pages; those that are not registered are left out, which is another benchmark's subject."""
    digits = digits_of(data, "validation")
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
        found += _seen(photograph(filled, rng) if is_phone else scan(filled, rng), reader)
    return found


def _seen(capture: Capture, reader: FormReader) -> list[PageSeen]:
    registration = register(capture.picture, reader.form)
    if not isinstance(registration, Registration) or registration.page != capture.filled.page:
        return []
    fields = reader.form.template.fields_of(registration.page)
    inks = cut(capture.picture, registration, fields, reader.blanks)
    glyphs = glyphs_of(inks)
    answers = answers_on(reader.classifier, glyphs.pixels)
    by_place = defaultdict(list)
    for place, row in zip(glyphs.places, answers, strict=True):
        by_place[place].append(row)
    figures = capture.filled.figures
    written = [figure for field in fields for figure in figures[field.name]]
    boxes = [
        Box(answers=np.array(rows), digit=int(written[place]))
        for place, rows in by_place.items()
        if written[place] != " "
    ]
    return [
        PageSeen(
            fields=fields,
            sums=reader.form.template.rules,
            reads=reads_of(inks, glyphs, answers),
            figures=figures,
            boxes=boxes,
        )
    ]


def fit(boxes: Sequence[Box]) -> tuple[float, float]:
    """Find the (temperature, chance) under which what was written is most likely."""

    def surprise(temperature: float, chance: float) -> float:
        return -sum(
            np.log(eleven_calibrated(eleven_of(box.answers), temperature, chance).mean(axis=0)[box.digit])
            for box in boxes
        )

    temperature = min(_TEMPERATURES, key=lambda tried: surprise(tried, 0.0005))
    return float(temperature), float(min(_CHANCES, key=lambda tried: surprise(temperature, tried)))


def outcome(pages: Sequence[PageSeen], threshold: float) -> Outcome:
    """Judge pages with a threshold for single digits; fields that are blank and were left blank do not count."""
    fields = accepted = digits = wrong = 0
    for page in pages:
        verdicts = judge(page.fields, page.sums, page.reads, threshold=partial(least_for, threshold))
        for name, verdict in verdicts.items():
            figures = page.figures[name]
            if not figures.strip() and verdict.status is Status.BLANK:
                continue
            fields += 1
            if verdict.status is not Status.REVIEW:
                accepted += 1
                digits += len(figures.strip())
                read = (digit or " " for digit in verdict.digits)
                wrong += sum(one != other for one, other in zip(read, figures, strict=True))
    return Outcome(fields=fields, accepted=accepted, digits=digits, wrong=wrong)


def thresholds_for(pages: Sequence[PageSeen]) -> dict[str, float | None]:
    """Find for each target the least threshold with which no more of the accepted digits are wrong; None if none."""
    errors = [(float(threshold), outcome(pages, float(threshold)).error) for threshold in _TRIED]
    return {
        str(target): next((round(threshold, 4) for threshold, error in errors if error <= target), None)
        for target in _TARGETS
    }


def surenesses(pages: Sequence[PageSeen]) -> Iterator[tuple[float, bool]]:
    """Return for each value that was read (its confidence, whether it is right), accepted or not."""
    for page in pages:
        for name, verdict in judge(page.fields, page.sums, page.reads, threshold=partial(least_for, 0.9)).items():
            if verdict.confidence is not None:
                yield verdict.confidence, "".join(digit or " " for digit in verdict.digits) == page.figures[name]


def main() -> None:
    """Print the constants, and what they are worth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--seed", type=int, default=21)
    arguments = parser.parse_args()
    data = Path(os.environ.get("DIGITD_DATA", "../shared/data"))
    report(collect(arguments.pages, data, np.random.default_rng(arguments.seed)))


def report(pages: Sequence[PageSeen]) -> None:
    """Print what can be learnt from pages. Thresholds hold for the temperature and chance that digitd has now."""
    temperature, chance = fit([box for page in pages for box in page.boxes])
    click.echo(f"TEMPERATURE = {temperature:.2f}\nCHANCE = {chance:.5f}")
    click.echo(f"THRESHOLDS = {thresholds_for(pages)}  # {len(pages)} pages")
    sure, right = np.array(list(surenesses(pages))).T
    click.echo(f"{len(sure)} values read, ECE {expected_calibration_error(sure, right > 0):.4f}")
    halves = pages[::2], pages[1::2]
    for name, fitted, other in (("second", *halves), ("first", *halves[::-1])):
        click.echo(f"fitted on one half, on the {name}:")
        bare = [page.without_rules() for page in other]
        for target, least in thresholds_for(fitted).items():
            if least is not None:
                click.echo(f"  target {target}, {least}: {outcome(other, least)}; without rules {outcome(bare, least)}")


if __name__ == "__main__":
    main()
