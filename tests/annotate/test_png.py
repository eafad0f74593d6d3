import io
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from digitd.annotate.png import PngEncoder, _file, decode_png

PICTURE = PngEncoder().encode(np.random.default_rng(7).integers(0, 256, (4, 5, 3), np.uint8))
PICTURES = st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(lambda side: arrays(np.uint8, (*side, 3)))


@given(PICTURES)
def test_any_picture_is_read_back_as_it_was_by_others(pixels):
    encoded = PngEncoder().encode(pixels)
    with Image.open(io.BytesIO(encoded)) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        assert np.array_equal(np.asarray(image), pixels)
    assert np.array_equal(cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR_RGB), pixels)


def test_pictures_of_several_sizes_do_not_disturb_each_other():
    encoder = PngEncoder()
    small, large = np.zeros((3, 4, 3), np.uint8), np.full((50, 60, 3), 200, np.uint8)
    first = encoder.encode(small)
    encoder.encode(large)
    assert encoder.encode(small) == first == PngEncoder().encode(small)


def test_picture_that_is_part_of_another_is_encoded():
    whole = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    part = whole[2:9, 3:20]
    encoded = PngEncoder().encode(part)
    assert np.array_equal(cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR_RGB), part)


@given(PICTURES)
def test_any_picture_is_read_back_as_it_was(pixels):
    assert np.array_equal(decode_png(PngEncoder().encode(pixels), *pixels.shape[:2]), pixels)


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"no picture",
        PngEncoder().encode(np.zeros((5, 4, 3), np.uint8)),
        cv2.imencode(".png", np.zeros((4, 5, 3), np.uint8))[1].tobytes(),
        PICTURE[:-1],
        PICTURE[:60] + bytes([PICTURE[60] ^ 1]) + PICTURE[61:],
        PICTURE + b"\0",
        _file(4, 5, b"no deflate stream"),
        _file(4, 5, zlib.compress(bytes(4 * 16 - 1))),
        _file(4, 5, zlib.compress(bytes(4 * 16))),  # filter None, which is not what is written here
    ],
    ids=["empty", "text", "size", "opencv", "cut", "bit", "longer", "stream", "short", "filter"],
)
def test_any_other_file_is_not_read(other):
    assert decode_png(PICTURE, 4, 5) is not None
    assert decode_png(other, 4, 5) is None
