"""Simulate pages of forms and read them: what was written, what was made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.drawn import as_png
from digitd.config import load_config
from digitd.form_reader import FormReader, form_reader
from digitd.forms.registration import prepare
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.classify import load_classifier
from digitd.training.dataset import hold_out
from digitd.training.digits import Part
from digitd.training.produce import VALIDATION_ROWS, VALIDATION_SEED
from digitd.values import Reading, Sheet, Status
from tests.forms.simulation.layout import Layout, references
from tests.forms.simulation.layouts import layouts
from tests.forms.simulation.phone import photograph
from tests.forms.simulation.scanner import scan
from tests.forms.simulation.values import Capture, mapped
from tests.forms.simulation.writing import Digits, fill
from tests.forms.simulation.wrong import KINDS, wrong_page

SCAN, PHONE = "scan", "phone"
WRONG = KINDS
_NO_DIGIT = -1
_MISLABELLED = (12_183, 59_915)
"""Rows of MNIST's training images that nobody would read as labelled: a 2 labelled 3, and a 7 labelled 4.

Found where the model contradicts a label that it has not seen, and looked at. What is fitted on them is fitted on what
no threshold can tell. MNIST's test digits stay as they are labelled.
"""
MOST_OFF_MM = 1.5
"""A quarter of a usual box; farther off, digits of neighbours may be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A page to simulate and read.

    Attributes
    ----------
    number, seed : int
        They decide everything about the page.
    layout : int
        Place of the form among the layouts.
    kind : str
        `SCAN`, `PHONE` or one of `WRONG`.
    """

    number: int
    seed: int
    layout: int
    kind: str

    def rng(self) -> Generator:
        """Return the generator of this page."""
        return np.random.default_rng([self.seed, self.number])

    @property
    def name(self) -> str:
        """Name the page, for people and for files."""
        return f"{self.number:05}-{layouts()[self.layout].template.form}-{self.kind.replace(' ', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldResult:
    """A field of a page that was found.

    Attributes
    ----------
    name : str
    written, read : str
        A character for each box, a space for an empty one.
    value : str
    status : Status
    reason : str
    doubtful : int
        Boxes that would be looked at if each were for itself.
    """

    name: str
    written: str
    read: str
    value: str
    status: Status
    reason: str
    doubtful: int

    @property
    def is_right(self) -> bool:
        """Whether the value is what was written."""
        return self.value == self.written.strip()

    @property
    def is_settled(self) -> bool:
        """Whether nobody will look at it."""
        return self.status in (Status.ACCEPTED, Status.BLANK)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What became of a page.

    Attributes
    ----------
    task : Task
    method : str
        How it was registered; empty where it was not.
    reason : str
        Why it was not.
    off_mm : float
        The farthest that the middle of a box was found from where it is, on an older version from where that has it;
        infinite where a page was found that is not there, 0 where none was found.
    fields : tuple of FieldResult
    """

    task: Task
    method: str
    reason: str
    off_mm: float
    fields: tuple[FieldResult, ...]

    @property
    def gives_values(self) -> bool:
        """Whether any digit was read on it."""
        return any(field.value for field in self.fields)

    @property
    def is_misplaced(self) -> bool:
        """Whether a box was found where another may be read in its place."""
        return self.off_mm > MOST_OFF_MM

    @property
    def wrong_values(self) -> int:
        """How many fields nobody would look at though their value is not what is written in them."""
        return sum(field.is_settled and not field.is_right for field in self.fields)


def tasks_of(pages: int, wrong: int, seed: int) -> list[Task]:
    """Plan so many pages, scans and photographs in turn over all layouts, and so many wrong ones."""
    count = len(layouts())
    right = [(number // 2 % count, (SCAN, PHONE)[number % 2]) for number in range(pages)]
    others = [(number // len(WRONG) % count, WRONG[number % len(WRONG)]) for number in range(wrong)]
    return [
        Task(number=number, seed=seed, layout=layout, kind=kind)
        for number, (layout, kind) in enumerate([*right, *others])
    ]


def read_all(
    tasks: Sequence[Task], *, data: Path, rows: str, jobs: int, keep: Path | None, tell: Callable[[str], None]
) -> list[PageResult]:
    """Simulate and read pages in so many processes; the results come in the order of the tasks.

    Parameters
    ----------
    data : Path
        Folder with mnist.npz.
    rows : str
        ``test`` or ``validation``: the digits to write with.
    keep : Path or None
        Folder for pictures of pages that were not read as they should be.
    """
    results = []
    with get_context("spawn").Pool(jobs, _start, (data, rows, keep)) as pool:
        for result in pool.imap(_read_task, tasks, chunksize=4):
            results.append(result)
            if len(results) % 50 == 0:
                tell(f"{len(results)} of {len(tasks)} pages")
    return results


_SETTINGS: list[tuple[Path, str, Path | None]] = []


def _start(data: Path, rows: str, keep: Path | None) -> None:
    cv2.setNumThreads(1)
    _SETTINGS[:] = [(data, rows, keep)]


def _read_task(task: Task) -> PageResult:
    data, rows, keep = _SETTINGS[0]
    digits = digits_of(data, rows)
    page = simulated(task, digits)
    result = judged(task, reader_of(task.layout).read(page.picture, 1), page)
    if keep is not None and is_failure(result):
        (keep / f"{task.name}.png").write_bytes(as_png(page.picture))
    return result


@cache
def digits_of(data: Path, rows: str) -> Digits:
    """Load the digits to write with: MNIST's test images, or those training images that training held out."""
    with np.load(data / "mnist.npz") as arrays:
        if rows == "test":
            return Digits.of(arrays["x_test"], arrays["y_test"])
        labels = arrays["y_train"].astype(np.int64)
        labels[list(_MISLABELLED)] = _NO_DIGIT
        whole = Part(images=arrays["x_train"], labels=labels)
        _, held_out = hold_out(whole, VALIDATION_ROWS, seed=VALIDATION_SEED)
        return Digits.of(held_out.images, held_out.labels)


@cache
def reader_of(layout: int) -> FormReader:
    """Open a reader of a layout with the settings that digitd has by default; once a process."""
    form = layouts()[layout]
    return form_reader(
        classifier=load_classifier(load_artefact(shipped_model())),
        form=prepare(form.template, references(form)),
        target_error=load_config(environ={}).review.target_error,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A page and the truth: its picture, what is written in the fields of the form, and where they lie, if at all."""

    picture: NDArray[np.uint8]
    written: Mapping[str, str]
    capture: Capture | None


def simulated(task: Task, digits: Digits) -> Simulated:
    """Take the picture of a page."""
    rng, forms = task.rng(), layouts()
    layout = forms[task.layout]
    if task.kind in WRONG:
        other = forms[(task.layout + int(rng.integers(1, len(forms)))) % len(forms)]
        picture, capture = wrong_page(task.kind, layout, other, digits, rng)
    else:
        capture = _captured(task.kind, layout, digits, rng)
        picture = capture.picture
    return Simulated(picture=picture, written=capture.filled.figures if capture else {}, capture=capture)


def _captured(kind: str, layout: Layout, digits: Digits, rng: Generator) -> Capture:
    page = int(rng.integers(len(layout.template.pages))) + 1
    in_colour = kind == PHONE or bool(rng.random() < 0.3)
    filled = fill(layout, page, digits, rng, colour=in_colour)
    return scan(filled, rng) if kind == SCAN else photograph(filled, rng)


def judged(task: Task, sheet: Sheet, page: Simulated) -> PageResult:
    """Compare what was read with what was written."""
    found = sheet.form_page > 0
    return PageResult(
        task=task,
        method=sheet.method,
        reason="" if found else sheet.readings[0].reason,
        off_mm=_off_mm(sheet, page.capture) if found else 0.0,
        fields=tuple(
            _field(reading, page.written.get(reading.field, "")) for reading in sheet.readings if reading.field
        ),
    )


def is_failure(result: PageResult) -> bool:
    """Tell whether a page is worth looking at: a right one was not found, or boxes or values of any are wrong."""
    is_lost = not result.method and result.task.kind not in WRONG
    return is_lost or result.is_misplaced or result.wrong_values > 0


def _field(reading: Reading, written: str) -> FieldResult:
    return FieldResult(
        name=reading.field,
        written=written,
        read="".join(box.value or " " for box in reading.boxes),
        value=reading.value,
        status=reading.status,
        reason=reading.reason,
        doubtful=sum(box.status is Status.REVIEW for box in reading.boxes),
    )


def _off_mm(sheet: Sheet, capture: Capture | None) -> float:
    """Return how far the middles of boxes were found from where they are, at most."""
    if capture is None or capture.filled.page != sheet.form_page:
        return float("inf")
    to_picture = np.array(sheet.transform).reshape(3, 3)
    farthest = 0.0
    for reading in sheet.readings:
        found = mapped(to_picture, np.array([np.mean(box.corners, axis=0) for box in reading.boxes]))
        farthest = max(farthest, float(np.linalg.norm(found - capture.centres[reading.field], axis=1).max()))
    return farthest / capture.per_mm
