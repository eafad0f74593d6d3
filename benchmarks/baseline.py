"""The script that a person would write for the task, which digitd is compared with: ``python -m benchmarks.baseline``.

It is written as well as such scripts are, and where it could be slow for want of care it is given the benefit: no
progress bar, Matplotlib only where there are pictures, the file-writing back end, figures closed. It reads the model
that ships with digitd, as Keras opens it, and has all cores, as TensorFlow takes them.

The division by 255 that belongs into every such script is the first layer of that model, so it is made there.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitd.model.artefact import KERAS_NAME, shipped_model
from digitd.model.network import start_tensorflow

if TYPE_CHECKING:
    import keras

Script = Callable[[Sequence[Path], Path | None], None]
"""Reads images one after another and, given a folder, makes a picture of each in it."""


def read_digit(file: Path, model: "keras.Model") -> int:
    """Read one image as dark ink on light paper that fills the page."""
    grey = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    glyph = cv2.resize(255 - grey, (28, 28)).astype(np.float32)
    scores = model.predict(glyph.reshape(1, 28, 28), verbose=0)  # (1, 10)
    return int(np.argmax(scores))


def draw(file: Path, digit: int, folder: Path) -> None:
    """Make a picture of an image and what was read in it."""
    import matplotlib.pyplot as plt

    plt.imshow(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE), cmap="gray")
    plt.title(f"{file.name}: {digit}")
    plt.savefig(folder / file.name)
    plt.close()


def prepare() -> Script:
    """Load Keras and the model; return the loop over images."""
    model = open_model()

    def run(files: Sequence[Path], pictures: Path | None) -> None:
        if pictures is not None:
            import matplotlib as mpl

            mpl.use("Agg")
        for file in files:
            digit = read_digit(file, model)
            if pictures is not None:
                draw(file, digit, pictures)

    return run


def open_model() -> "keras.Model":
    """Open the shipped model as Keras opens it."""
    start_tensorflow()
    import keras

    return keras.models.load_model(shipped_model() / KERAS_NAME)


if __name__ == "__main__":
    loaded = open_model()
    for name in sys.argv[1:]:
        sys.stdout.write(f"{name},{read_digit(Path(name), loaded)}\n")
        sys.stdout.flush()
