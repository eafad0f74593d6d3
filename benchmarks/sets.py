"""Digits that were there before: MNIST's test part, and four sets of other people's handwriting."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.drawn import as_png
from benchmarks.results import Row, count_right
from benchmarks.scored import labels_in, score_folder
from benchmarks.ways import CLASSIC, DIGITD, PLAIN, TESSERACT, Way
from digitd.config import load_config
from digitd.errors import Rejection
from digitd.imaging.decode import decode_pages
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.classify import load_classifier

MNIST = "MNIST test"
REAL = "real sets"
REAL_SETS: Mapping[str, str] = {
    "hwd1000": "drawn, 28x28, black on white",
    "optdigits_orig": "scanned, 32x32 black and white, light on dark",
    "gradesheet_digits": "cut from phone photos of grade sheets, in colour",
    "semeion": "scanned, stretched to 16x16 black and white",
}
"""By folder: what it is. All images of each are read, whatever the number of rows asked for."""


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
) -> Row:
    """Write MNIST's images as PNG files, dark on light, and read them."""
    folder = work / "mnist-png"
    folder.mkdir()
    files = [folder / f"{index:05}.png" for index in range(len(digits))]
    for file, digit in zip(files, digits, strict=True):
        file.write_bytes(as_png(255 - digit))
    truth = {file.name: label for file, label in zip(files, labels, strict=True)}
    return _read_folder(folder, truth, ways, _Run(work, jobs, tesseract_rows), group=MNIST, name="PNG files")


def read_real(name: str, data: Path, ways: Mapping[str, Way], *, work: Path, jobs: int, tesseract_rows: int) -> Row:
    """Read one of `REAL_SETS`, all images that its labels.csv names."""
    folder = data / "digits" / name
    return _read_folder(folder, labels_in(folder), ways, _Run(work, jobs, tesseract_rows), group=REAL, name=name)


class _Run(NamedTuple):
    work: Path
    jobs: int
    tesseract_rows: int


def _read_folder(
    folder: Path, truth: Mapping[str, str], ways: Mapping[str, Way], run: _Run, *, group: str, name: str
) -> Row:
    found = score_folder(folder, run.work / f"out-{name.replace(' ', '-')}", jobs=run.jobs)
    labels = tuple(truth.values())
    readings = tuple(found[file] for file in truth)
    right = {DIGITD: count_right([reading.value for reading in readings], labels)}
    files = [folder / file for file in truth]
    for way_name, way in ways.items():
        some = _spread(len(files), run.tesseract_rows) if way_name == TESSERACT else range(len(files))
        right[way_name] = count_right([_read_file(files[k], way) for k in some], [labels[k] for k in some])
    return Row(group=group, name=name, right=right, note=REAL_SETS.get(name, ""), readings=readings, labels=labels)


def _spread(length: int, count: int) -> Sequence[int]:
    """Choose so many places at random, always the same ones, since sets are ordered by digit."""
    return [int(place) for place in np.sort(np.random.default_rng(0).permutation(length)[:count])]


def _read_file(file: Path, way: Way) -> str:
    """Read the first page of a file; nothing where it cannot be decoded."""
    page = next(decode_pages(file.read_bytes(), load_config(environ={}).limits))
    return "" if isinstance(page, Rejection) else way.read(page)
