"""Labelled digits from wherever they lie: an npz in Keras's layout, IDX files, or a folder of images with labels.csv.

Nothing is unpickled. What is wrong with the data is an InputError that names the file and the value found.
"""

import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitd.errors import InputError
from digitd.training.digits import Dataset, Part
from digitd.training.idx import IDX_NAMES, find_idx, read_idx
from digitd.training.labelled import read_labelled_folder

FORMATS = "an .npz with x_train, y_train, x_test, y_test; a folder with labels.csv; or a folder with the four IDX files"

_NPZ_KEYS = ("x_train", "y_train", "x_test", "y_test")


def load_dataset(path: Path, *, read_image: Callable[[Path], NDArray[np.uint8] | str]) -> Dataset:
    """Load labelled digits.

    Parameters
    ----------
    path : Path
        An .npz file, a folder with labels.csv, or a folder with the four IDX files (.gz or not).
    read_image : callable
        Makes the (28, 28) uint8 glyph of an image file, or says why there is none. Used for labels.csv.

    Raises
    ------
    InputError
        When there is nothing there, or it is not what it should be.
    """
    if path.is_file():
        return _from_npz(path)
    if (path / "labels.csv").is_file():
        return Dataset(source=path.resolve().name, train=read_labelled_folder(path, read_image=read_image))
    if path.is_dir() and any(find_idx(path, name) for name in IDX_NAMES):
        return _from_idx(path)
    found = "holds neither labels.csv nor IDX files" if path.is_dir() else "no such file or folder"
    raise InputError(f"{path}: {found}", hint=f"--data takes {FORMATS}")


def hold_out(part: Part, count: int, *, seed: int) -> tuple[Part, Part]:
    """Split a part at random into (the rest, ``count`` rows), the same way for the same seed."""
    order = np.random.default_rng(seed).permutation(len(part))
    return part.rows(np.sort(order[count:])), part.rows(np.sort(order[:count]))


def with_test_part(dataset: Dataset, *, seed: int) -> Dataset:
    """Give a data set without a test part one: a sixth of its rows, as in MNIST, at random by the seed."""
    if dataset.test is not None:
        return dataset
    if len(dataset.train) < 60:
        raise InputError(
            f"{dataset.source}: {len(dataset.train)} digits are too few to train on", hint="give 60 or more"
        )
    rest, test = hold_out(dataset.train, len(dataset.train) // 6, seed=seed)
    return replace(dataset, train=rest, test=test)


def checked_part(images: NDArray[Any], labels: NDArray[Any], *, name: str) -> Part:
    """Make a part of arrays from outside.

    Parameters
    ----------
    images : (N, 28, 28) uint8
    labels : (N,) integers, 0-9
    name : str
        What messages call them.

    Raises
    ------
    InputError
        When a shape, a type or a label is not as it should be.
    """
    if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
        raise InputError(
            f"{name}: images are {images.shape} {images.dtype}, not (N, 28, 28) uint8",
            hint="give 28x28 glyphs with 255 = ink, or the image files with a labels.csv",
        )
    if labels.shape != (len(images),) or not np.issubdtype(labels.dtype, np.integer):
        raise InputError(
            f"{name}: labels are {labels.shape} {labels.dtype} for {len(images)} images",
            hint="give one whole number an image",
        )
    if not len(images):
        raise InputError(f"{name}: holds no digits", hint=f"--data takes {FORMATS}")
    outside = labels[(labels < 0) | (labels > 9)]
    if len(outside):
        raise InputError(
            f"{name}: {len(outside)} labels lie outside 0-9, the first is {outside[0]}", hint="remove those rows"
        )
    return Part(images=np.asarray(images, np.uint8), labels=labels.astype(np.int64))


_DAMAGED = (
    OSError,
    ValueError,
    EOFError,
    MemoryError,  # a header that claims a huge array
    NotImplementedError,  # a compression that zipfile does not know
    RuntimeError,  # an encrypted archive
    tokenize.TokenError,  # a header that is no Python literal
    zipfile.BadZipFile,
    zlib.error,
)
"""What NumPy and zipfile raise on an archive that is not what it should be."""


def _from_npz(path: Path) -> Dataset:
    try:
        with path.open("rb") as stream:  # given a path, np.load leaves it open when the archive is damaged
            arrays = _keras_arrays(np.load(stream, allow_pickle=False), path)
    except _DAMAGED as error:
        raise InputError(f"{path}: not a sound .npz: {error}", hint=f"get it again; --data takes {FORMATS}") from error
    return _dataset(path.name, arrays)


def _keras_arrays(held: Any, path: Path) -> dict[str, NDArray[Any]]:  # noqa: ANN401 - whatever the file turns out to hold
    if not isinstance(held, np.lib.npyio.NpzFile):
        raise InputError(f"{path}: a single array, not an .npz", hint=f"--data takes {FORMATS}")
    missing = [key for key in _NPZ_KEYS if key not in held]
    if missing:
        raise InputError(
            f"{path}: lacks {', '.join(missing)}, holds {', '.join(held) or 'nothing'}",
            hint="use the layout of Keras's mnist.npz: " + ", ".join(_NPZ_KEYS),
        )
    return {key: held[key] for key in _NPZ_KEYS}


def _from_idx(folder: Path) -> Dataset:
    arrays = {}
    for key, name in zip(_NPZ_KEYS, IDX_NAMES, strict=True):
        found = find_idx(folder, name)
        if found is None:
            raise InputError(f"{folder}: lacks {name} (or {name}.gz)", hint="put the four IDX files in one folder")
        arrays[key] = read_idx(found)
    return _dataset(folder.resolve().name, arrays)


def _dataset(source: str, arrays: Mapping[str, NDArray[Any]]) -> Dataset:
    return Dataset(
        source=source,
        train=checked_part(arrays["x_train"], arrays["y_train"], name=f"{source}, training part"),
        test=checked_part(arrays["x_test"], arrays["y_test"], name=f"{source}, test part"),
    )
