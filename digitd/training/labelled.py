"""A folder of images with labels.csv, read through the same decoder and normaliser as the service."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitd.config import Limits
from digitd.errors import InputError, Rejection
from digitd.imaging.calm import is_calm
from digitd.imaging.decode import decode_pages
from digitd.imaging.normalise import normalise
from digitd.intake import read_bytes
from digitd.training.digits import Part, Unread

LABELS_NAME = "labels.csv"


def read_labelled_folder(folder: Path, *, read_image: Callable[[Path], NDArray[np.uint8] | str]) -> Part:
    """Read every image that labels.csv names.

    Parameters
    ----------
    folder : Path
        Holds labels.csv: a header ``file,label``, then one image a row, its path relative to the folder.
    read_image : callable
        Makes the (28, 28) uint8 glyph of an image file, or says why there is none.

    Raises
    ------
    InputError
        When labels.csv is not as it should be, or names an image that is not there.
    """
    images, labels, unread = [], [], []
    for file, label in list(_rows(folder)):  # all rows are checked before the first image is read
        glyph = read_image(folder / file)
        if isinstance(glyph, str):
            unread.append(Unread(file=file, label=label, why=glyph))
        else:
            images.append(glyph)
            labels.append(label)
    return Part(
        images=np.array(images, np.uint8).reshape(-1, 28, 28),
        labels=np.array(labels, np.int64),
        unread=tuple(unread),
    )


def read_glyph(path: Path, *, limits: Limits) -> NDArray[np.uint8] | str:
    """Return the (28, 28) uint8 glyph (255 = ink) on the first page of an image file, or why there is none."""
    try:
        page = next(decode_pages(read_bytes(path, limits.max_bytes), limits))
    except Rejection as rejection:
        return str(rejection)
    if isinstance(page, Rejection):
        return str(page)
    glyph = normalise(page)
    if glyph is None:
        return "blank" if is_calm(page) else "not_a_digit"  # as `digitd score` says
    return glyph.pixels


def _rows(folder: Path) -> Iterator[tuple[str, int]]:
    path = folder / LABELS_NAME
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            table = csv.DictReader(stream, strict=True)
            if not {"file", "label"} <= set(table.fieldnames or ()):
                raise InputError(f"{path}: the header is {table.fieldnames}", hint="begin it with: file,label")
            count = 0
            for count, row in enumerate(table, start=1):  # noqa: B007 - the count is used after the loop
                yield _checked_row(folder, row, f"{path}, line {table.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: not a readable CSV: {error}", hint="save it as UTF-8 CSV") from error
    if not count:
        raise InputError(f"{path}: names no images", hint="give one row an image: file,label")


def _checked_row(folder: Path, row: dict[str, str | None], where: str) -> tuple[str, int]:
    file, label = row["file"] or "", (row["label"] or "").strip()
    if len(label) != 1 or label not in "0123456789":
        raise InputError(
            f"{where}: the label of {file!r} is {label!r}, not a digit 0-9", hint="correct or remove that row"
        )
    if not file or not (folder / file).is_file():
        raise InputError(f"{where}: {file!r} is not there", hint="add the image, or remove that row")
    return file, int(label)
