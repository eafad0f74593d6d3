import io

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from digitd.annotate.png import PngEncoder

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
