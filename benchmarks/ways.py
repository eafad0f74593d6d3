"""The ways of reading a page that are compared: digitd's, and what a person would do without it."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from digitd.imaging.light import to_grey
from digitd.model.artefact import load_artefact, shipped_model
from digitd.model.classify import Classifier, load_classifier

DIGITD = "digitd"
PLAIN = "same model, plain resize"
CLASSIC = "mlp, plain resize"
TESSERACT = "Tesseract"
WAYS = (DIGITD, PLAIN, CLASSIC, TESSERACT)
"""The columns of the table."""

_SIDE = 28
_LEGIBLE_PX = 120
"""Tesseract is given smaller pages enlarged to this longer side, since it reads no glyphs of 20 px."""
_MARGIN = 0.1


class Way(Protocol):
    """Reads the digit on a page."""

    def read(self, page: NDArray[np.uint8]) -> str:
        """Read (H, W) or (H, W, 3) uint8 RGB; returns a digit, or something else where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainResize:
    """What most scripts do: invert, since ink is taken to be dark, and resize the whole page to 28x28."""

    classifier: Classifier

    def read(self, page: NDArray[np.uint8]) -> str:
        """Read a page, as `Way` says."""
        return str(int(np.argmax(self.classifier.probabilities(plain_glyph(page)[np.newaxis])[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tesseract:
    """The command, told to read one character that is a digit.

    Attributes
    ----------
    command : str
        Its path.
    """

    command: str

    def read(self, page: NDArray[np.uint8]) -> str:
        """Read a page, as `Way` says.

        Raises
        ------
        CalledProcessError
            When the command fails.
        """
        options = ("stdin", "stdout", "--psm", "10", "-c", "tessedit_char_whitelist=0123456789")
        png = cv2.imencode(".png", _legible(to_grey(page)))[1].tobytes()
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
        ran = subprocess.run(  # noqa: S603 - the command that the user has installed
            [self.command, *options], input=png, capture_output=True, check=True, env=environment
        )
        return ran.stdout.decode().strip()


def plain_glyph(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Invert a page and resize all of it: (28, 28) uint8, 255 = ink if ink is dark."""
    return np.asarray(cv2.resize(255 - to_grey(page), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def open_ways(classic: Path, *, tesseract: str | None) -> Mapping[str, Way]:
    """Open what is compared with digitd, by name.

    Parameters
    ----------
    classic : Path
        An artefact of the recipe ``mlp``.
    tesseract : str or None
        Path of the command; None leaves it out.
    """
    ways: dict[str, Way] = {
        PLAIN: PlainResize(classifier=load_classifier(load_artefact(shipped_model()))),
        CLASSIC: PlainResize(classifier=load_classifier(load_artefact(classic))),
    }
    if tesseract is not None:
        ways[TESSERACT] = Tesseract(command=tesseract)
    return ways


def _legible(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Enlarge a small page and give it a margin in its own colour."""
    height, width = grey.shape
    scale = _LEGIBLE_PX / max(height, width)
    if scale > 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    rim = round(_MARGIN * max(grey.shape))
    return np.asarray(cv2.copyMakeBorder(grey, rim, rim, rim, rim, cv2.BORDER_REPLICATE), np.uint8)
