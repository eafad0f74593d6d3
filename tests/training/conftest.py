import gzip
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitd.training.digits import Dataset, Part


@pytest.fixture(scope="session")
def digits(mnist_rows) -> Dataset:
    """1,200 genuine MNIST digits, 1,000 to train on and 200 to test with."""
    glyphs, labels = (values[:1200] for values in mnist_rows)
    truth = labels.astype(np.int64)
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
