"""The glyphs of the samples, as the normaliser of this version makes them.

A model is only as good as the normaliser that it was made for. When this fails because the normaliser has become
better, raise `NORMALISER_VERSION`, which makes older models be refused, and write the picture anew:

    python -m tests.imaging.test_golden
"""

from pathlib import Path

import cv2
import numpy as np

from digitd.config import load_config
from digitd.imaging.decode import decode_pages
from digitd.imaging.normalise import NORMALISER_VERSION, normalise
from tests.conftest import SAMPLES

GOLDEN = Path(__file__).parent / "golden" / f"samples-v{NORMALISER_VERSION}.png"


def sample_glyphs():
    """Return the glyphs of all samples in a row, (28, N x 28) uint8, 255 = ink."""
    limits = load_config(environ={}).limits
    files = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".csv")
    return np.hstack([normalise(next(decode_pages(file.read_bytes(), limits))).pixels for file in files])


def test_glyphs_of_the_samples_are_those_of_this_version():
    kept = cv2.imread(str(GOLDEN), cv2.IMREAD_GRAYSCALE)
    made = sample_glyphs()
    assert made.shape == kept.shape
    # decoders and vector units round differently; a change of the method moves whole strokes
    assert np.abs(made.astype(int) - kept).mean() < 0.5


if __name__ == "__main__":
    cv2.imwrite(str(GOLDEN), sample_glyphs())
