"""Digits that were there before: MNIST's test part, and four sets of other people's handwriting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.drawn import as_png
from benchmarks.results import Count, Row, count_right
from benchmarks.scored import labels_in, score_folder
from benchmarks.ways import CLASSIC, DIGITD, PLAIN, TESSERACT, Way
from digitd.config import Limits
from digitd.errors import Rejection
from digitd.imaging.decode import decode_pages
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.classify import load_classifier
from digitd.values import Reading

MNIST = "MNIST test"
REAL = "real sets"


@dataclass(frozen=True, slots=True, kw_only=True)
class RealSet:
    """What a set of other people's handwriting is, and how it was used before this run; each a sentence, unended."""

    what: str
    used: str


REAL_SETS: Mapping[str, RealSet] = {
    "hwd1000": RealSet(
        what="drawn, 28x28, black on white",
        used="Looked at as a validation figure; it prompted nothing",
    ),
    "optdigits_orig": RealSet(
        what="scanned, 32x32 black and white, light on dark",
        used="Looked at as a validation figure; its thick strokes prompted the felt-pen augmentation, "
        "and its European fours, ones and nines the drawn digits of other hands",
    ),
    "gradesheet_digits": RealSet(
        what="cut from phone photos of grade sheets, in colour",
        used="Looked at as a validation figure; its flagged ones, closed twos and angular sixes prompted "
        "the drawn digits of other hands",
    ),
    "semeion": RealSet(
        what="scanned, stretched to 16x16 black and white",
        used="Looked at as a validation figure; its stretching prompted the augmentation that stretches to a square, "
        "and its European fours, ones and nines the drawn digits of other hands",
    ),
}
"""By folder. All images of each are read, whatever the number of rows asked for.

None was trained on, and no threshold or temperature was fitted on any.
"""


def load_mnist_test(data: Path, rows: int) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Load (N, 28, 28) uint8 images, 255 = ink, and their digits; fewer than all are drawn at random, always the same.

    Parameters
    ----------
    data : Path
        Holds mnist.npz in Keras's layout.
    rows : int
    """
    with np.load(data / "mnist.npz", allow_pickle=False) as arrays:
        images, labels = arrays["x_test"], arrays["y_test"]
    chosen = np.sort(np.random.default_rng(0).permutation(len(labels))[:rows])
    return images[chosen], tuple(str(label) for label in labels[chosen])


def read_arrays(digits: NDArray[np.uint8], labels: Sequence[str], classic: Path) -> Row:
    """Give MNIST's arrays to the models themselves; there is no page to prepare, in any way."""
    right = {}
    for way, folder in ((DIGITD, shipped_model()), (CLASSIC, classic)):
        read = load_classifier(load_artefact(folder)).probabilities(digits).argmax(axis=1)  # (N,)
        right[way] = count_right([str(digit) for digit in read], labels)
    return Row(group=MNIST, name="arrays", right=right | {PLAIN: right[DIGITD]})


def read_pngs(
    digits: NDArray[np.uint8],
    labels: Sequence[str],
    ways: Mapping[str, Way],
    *,
    work: Path,
    jobs: int,
    tesseract_rows: int,
    limits: Limits,
) -> Row:
    """Write MNIST's images as PNG files, dark on light, and read them."""
    folder = work / "mnist-png"
    folder.mkdir()
    files = [folder / f"{index:05}.png" for index in range(len(digits))]
    for file, digit in zip(files, digits, strict=True):
        file.write_bytes(as_png(255 - digit))
    truth = {file.name: label for file, label in zip(files, labels, strict=True)}
    readings = _score(folder, truth, work / "out-mnist", jobs)
    right = _count_in_all_ways(folder, truth, readings, ways, tesseract_rows, limits)
    return Row(group=MNIST, name="PNG files", right=right, readings=readings, labels=tuple(truth.values()))


def read_real(
    name: str,
    data: Path,
    ways: Mapping[str, Way],
    *,
    work: Path,
    jobs: int,
    tesseract_rows: int,
    limits: Limits,
) -> Row:
    """Read one of `REAL_SETS`, all images that its labels.csv names."""
    folder = data / "digits" / name
    truth = labels_in(folder)
    readings = _score(folder, truth, work / f"out-{name}", jobs)
    right = _count_in_all_ways(folder, truth, readings, ways, tesseract_rows, limits)
    return Row(
        group=REAL,
        name=name,
        right=right,
        note=REAL_SETS[name].used,
        readings=readings,
        labels=tuple(truth.values()),
    )


def _score(folder: Path, truth: Mapping[str, str], out: Path, jobs: int) -> tuple[Reading, ...]:
    found = score_folder(folder, out, jobs=jobs)
    return tuple(found[file] for file in truth)


def _count_in_all_ways(
    folder: Path,
    truth: Mapping[str, str],
    readings: Sequence[Reading],
    ways: Mapping[str, Way],
    tesseract_rows: int,
    limits: Limits,
) -> Mapping[str, Count]:
    labels = list(truth.values())
    files = [folder / file for file in truth]
    right = {DIGITD: count_right([reading.value for reading in readings], labels)}
    for name, way in ways.items():
        some = _spread(len(files), tesseract_rows) if name == TESSERACT else range(len(files))
        right[name] = count_right([_read_file(files[k], way, limits) for k in some], [labels[k] for k in some])
    return right


def _spread(length: int, count: int) -> Sequence[int]:
    """Choose so many places at random, always the same ones, since sets are ordered by digit."""
    return [int(place) for place in np.sort(np.random.default_rng(0).permutation(length)[:count])]


def _read_file(file: Path, way: Way, limits: Limits) -> str:
    """Read the first page of a file; nothing where it cannot be decoded."""
    page = next(decode_pages(file.read_bytes(), limits))
    return "" if isinstance(page, Rejection) else way.read(page)
