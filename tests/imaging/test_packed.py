"""Windows on packed masks give what OpenCV's morphology gives."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from digitd.imaging.packed import sheet_for

MASKS = hnp.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.integers(0, 1))


@given(MASKS, st.integers(0, 9))
def test_a_mask_comes_back_as_it_was(mask, margin):
    sheet = sheet_for(*mask.shape, margin)
    assert np.array_equal(sheet.unpacked(sheet.packed(mask)), mask)


@given(MASKS, st.data())
def test_windows_grow_and_shrink_as_those_of_opencv(mask, data):
    window = data.draw(st.integers(1, 50))
    before = data.draw(st.integers(0, window - 1))
    sheet = sheet_for(*mask.shape, margin=window)
    bits = sheet.packed(mask)
    for step, kernel, anchor in (
        (1, np.ones((1, window), np.uint8), (before, 0)),
        (sheet.down, np.ones((window, 1), np.uint8), (0, before)),
    ):
        grown, shrunk = sheet.grown(bits, step, window, before), sheet.shrunk(bits, step, window, before)
        assert np.array_equal(sheet.unpacked(grown), cv2.dilate(mask, kernel, anchor=anchor))
        assert np.array_equal(sheet.unpacked(shrunk), cv2.erode(mask, kernel, anchor=anchor))
